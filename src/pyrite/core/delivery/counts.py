"""What became of this page's events, in numbers: for the page's author, and for the edge.

Pure. Not for what is waiting: queue.py.
"""


class Counts:
    """The counts of one outbox; *page* is this page's id."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.events = {"sent": 0, "retried": 0, "acknowledged": 0, "restored": 0}
        self.dropped: dict[str, int] = {}

    def drop(self, reason: str) -> None:
        """Count one dropped event under *reason*."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def report(self, others: dict[str, object]) -> dict[str, object]:
        """All counts, those of `dropped` by reason, and *others*."""
        others.update(self.events)
        others["dropped"] = dict(self.dropped)
        return others

    def told(self) -> dict[str, object]:
        """The delivery report for the edge; {} if nothing was retried or dropped."""
        troubled = self.dropped or self.events["retried"]
        return self.report({"page": self.page}) if troubled else {}

"""What an edge counts, for Prometheus: requests, events, bad rows, commits, what waits, and what pages tell of their deliveries."""

from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ...stores.contract import Deliveries, State

PAGES = 10_000  # of which the last word on their deliveries is remembered
COMMITS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)  # seconds
TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTED = {
    "requests": ("Requests answered.", ("action", "status")),
    "turned_away": ("Requests refused of which nothing was kept, by reason.", ("code",)),
    "events": ("Events that arrived, by what became of them.", ("outcome",)),
    "sessions": ("Sessions opened, by the source of their events.", ("source",)),
    "bad_rows": ("Bad rows kept, by reason.", ("code",)),
    "robots": ("Robots' requests and sessions, by what became of them.", ("what",)),
    "page_events": ("Events that pages have sent again, or let go of.", ("what",)),
}
TOLD = ("retried", "restored", "full", "too_large", "too_old", "consent", "refused")


class Metrics(Collector):
    """The counters of one edge; `state` tells of its store."""

    def __init__(self) -> None:
        self.state: Callable[[], State] = State
        # Plain numbers, made into metrics when they are asked for: every request counts, few look.
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._told: dict[str, dict[str, int]] = {}
        self._registry = CollectorRegistry()
        self._commits = Histogram(
            "pyrite_commit_seconds",
            "Seconds that a commit took.",
            buckets=COMMITS,
            registry=self._registry,
        )
        self._batches = Histogram(
            "pyrite_commit_batches",
            "Requests in one commit.",
            buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500),
            registry=self._registry,
        )
        self._registry.register(self)

    def answered(self, action: str, status: int) -> None:
        """A request was answered."""
        self._counts["requests", action, str(status)] += 1

    def turned_away(self, code: str) -> None:
        """A request was refused before it was read."""
        self._counts["turned_away", code] += 1

    def took(self, *, stored: int, duplicates: int) -> None:
        """Events were stored, or had been before."""
        self._counts["events", "stored"] += stored
        if duplicates:
            self._counts["events", "duplicate"] += duplicates

    def opened(self, source: str) -> None:
        """A session was opened."""
        self._counts["sessions", source] += 1

    def refused(self, codes: list[str]) -> None:
        """Bad rows were kept for these reasons."""
        for code in codes:
            self._counts["bad_rows", code] += 1

    def counted(self, counter: str, what: str, number: int = 1) -> None:
        """A dialect counts *what* by a *counter* of COUNTED that has one label."""
        self._counts[counter, what] += number

    def committed(self, batches: int, seconds: float) -> None:
        """A commit is on disk."""
        self._commits.observe(seconds)
        self._batches.observe(batches)

    def delivered(self, told: Deliveries) -> None:
        """A page has told of its deliveries, from its beginning: what is new since it told last is counted."""
        now = {"retried": told.retried, "restored": told.restored}
        for reason, number in told.dropped.items():
            # A page may say what it likes: the number of names stays small.
            name = f"dropped: {reason if reason in TOLD else 'other'}"
            now[name] = now.get(name, 0) + number
        before = self._told.pop(told.page, {})
        self._told[told.page] = now
        if len(self._told) > PAGES:
            del self._told[next(iter(self._told))]
        for what, number in now.items():
            self._counts["page_events", what] += max(0, number - before.get(what, 0))

    def text(self) -> bytes:
        """All of it, in Prometheus's text format (TYPE)."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """See prometheus_client."""
        for name, (help, labels) in COUNTED.items():
            family = CounterMetricFamily(f"pyrite_{name}", help, labels=labels)
            for key, number in list(self._counts.items()):
                if key[0] == name:
                    family.add_metric(key[1:], number)
            yield family
        state = self.state()
        for name, help, value in (
            ("batches", "Requests that wait to be written.", state.waiting),
            ("bytes", "Bytes that wait to be written.", state.bytes),
        ):
            yield GaugeMetricFamily(f"pyrite_waiting_{name}", help, value)

"""What an edge counts, for Prometheus: requests, events, bad rows, commits, what waits, and what pages tell of their deliveries."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ..stores.contract import Deliveries, State

PAGES = 10_000  # of which the last word on their deliveries is remembered
COMMITS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)  # seconds
TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one edge; *state* tells of its store."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.state: Callable[[], State] = State
        self._requests = self._counter("requests", "Requests answered.", "action", "status")
        self._events = self._counter(
            "events", "Events that arrived, by what became of them.", "outcome"
        )
        self._bad_rows = self._counter("bad_rows", "Bad rows kept, by reason.", "code")
        self._clients = self._counter(
            "page_events", "Events that pages have sent again, or let go of.", "what"
        )
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
        self._told: dict[str, dict[str, int]] = {}
        self._registry.register(_Waiting(self))

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(f"pyrite_{name}", help, labels, registry=self._registry)

    def answered(self, action: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(action, str(status)).inc()

    def took(self, *, stored: int, duplicates: int) -> None:
        """Events were stored, or had been before."""
        self._events.labels("stored").inc(stored)
        self._events.labels("duplicate").inc(duplicates)

    def refused(self, codes: list[str]) -> None:
        """Bad rows were kept for these reasons."""
        for code in codes:
            self._bad_rows.labels(code).inc()

    def committed(self, batches: int, seconds: float) -> None:
        """A commit is on disk."""
        self._commits.observe(seconds)
        self._batches.observe(batches)

    def delivered(self, told: Deliveries) -> None:
        """A page has told of its deliveries, from its beginning: what is new since it told last is counted."""
        now = {f"dropped: {reason}": number for reason, number in told.dropped.items()}
        now |= {"retried": told.retried, "restored": told.restored}
        before = self._told.pop(told.page, {})
        self._told[told.page] = now
        if len(self._told) > PAGES:
            del self._told[next(iter(self._told))]
        for what, number in now.items():
            # A page may say what it likes: the number of names stays small.
            name = what if what.removeprefix("dropped: ") in _WHAT else "dropped: other"
            self._clients.labels(name).inc(max(0, number - before.get(what, 0)))

    def text(self) -> bytes:
        """All of it, in Prometheus's text format (TYPE)."""
        return generate_latest(self._registry)


_WHAT = ("retried", "restored", "full", "too_large", "too_old", "consent", "refused")


class _Waiting(Collector):
    """What waits to be written, looked at when it is asked for."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """See prometheus_client."""
        state = self._metrics.state()
        for name, help, value in (
            ("batches", "Requests that wait to be written.", state.waiting),
            ("bytes", "Bytes that wait to be written.", state.bytes),
        ):
            gauge = GaugeMetricFamily(f"pyrite_waiting_{name}", help)
            gauge.add_metric([], value)
            yield gauge

"""The outbox without a tracker: what it returns is data, and who owns an entry hears how it ended."""

from given import NOW_MS, all_of, moment, only, problem

from pyrite.core.delivery.entry import Entry, Outcome, Request
from pyrite.core.delivery.outbox import Outbox
from pyrite.core.delivery.report import handed_on
from pyrite.core.delivery.request_builder import RequestBuilder
from pyrite.core.errors import EdgeRefused
from pyrite.core.notes import Notes
from pyrite.core.options.configure import configure
from pyrite.core.visitor.visitor import Visitor
from pyrite.core.wire import encode

DAY_MS = 86400000
ACKNOWLEDGED = '{"requestId": "r", "handle": []}'


class Owner:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def on_outcome(self, outcome, moment):
        """No effects."""
        self.told.append(outcome.entry.id)
        return []


def outbox(**limits) -> Outbox:
    """An outbox for the data stream `shop`."""
    options = {"datastreamId": "shop", "edgeDomain": "edge.site.test", "outbox": limits}
    config = configure(options)
    return Outbox(config, RequestBuilder(config, Visitor(config)), Notes(), "page")


def event(id, value=1, size=10, unloading=False, made_ms=NOW_MS, owner=None) -> Entry:
    """An entry that is an event of *size* letters."""
    text = encode({"xdm": {"_id": id, "text": "x" * size}})
    return Entry(
        id,
        head={},
        group="{}",
        text=text,
        made_ms=made_ms,
        value=value,
        unloading=unloading,
        owner=owner,
    )


def request(id, owner=None) -> Entry:
    """An entry that is a request of its own."""
    built = Request(id=id, action="collect", url="https://edge.site.test/", body={}, text="{}")
    return Entry(id, head={}, group="", text="", made_ms=NOW_MS, built=built, owner=owner)


def outcomes(steps):
    """`(id, code of the error or "")` of every outcome among *steps*."""
    found = [step for step in steps if isinstance(step, Outcome)]
    return [(one.entry.id, one.error.as_record()["code"] if one.error else "") for one in found]


def answered(box: Outbox, send, status=200, text=ACKNOWLEDGED, retry_after="", now_ms=NOW_MS):
    """The report of a response to *send*."""
    return box.answered(
        send.request, status=status, text=text, retry_after=retry_after, moment=moment(now_ms)
    )


def test_an_outcome_is_told_to_the_owner_of_its_entry_alone():
    box, one, other = outbox(), Owner(), Owner()
    box.add(request("a", one), moment())
    send = only(box.add(request("b", other), moment()), "Send")

    handed_on(answered(box, send).then, moment())

    assert (one.told, other.told) == ([], ["b"])


def test_nobody_is_told_of_what_another_page_has_left():
    box = outbox()
    record = event("a").record("shop")
    send = only(box.restored([record], moment()), "Send")

    assert answered(box, send).then == []
    assert box.report()["acknowledged"] == 1


def test_an_acknowledged_event_is_forgotten_and_ends_well():
    box = outbox()
    send = only(box.add(event("a"), moment()), "Send")
    report = answered(box, send)

    assert only(report.steps, "Forget").ids == ["a"]
    assert outcomes(report.then) == [("a", "")]
    assert box.after(report, moment()) == []
    assert box.report()["waiting"] == 0


def test_a_failure_has_no_outcome_and_after_it_comes_a_rest():
    box = outbox()
    send = only(box.add(event("a"), moment()), "Send")
    report = answered(box, send, status=503, text=problem("busy"))

    assert (report.steps, report.then) == ([], [])
    assert [later.delay_ms for later in all_of(box.after(report, moment()), "Later")] == [500, 1000]
    assert box.report()["waiting"] == 1


def test_what_waited_for_a_failure_to_pass_leaves_after_the_outcomes():
    box = outbox()
    first = only(box.add(event("a"), moment()), "Send")
    second = only(box.add(request("b"), moment()), "Send")
    box.after(answered(box, first, status=503), moment())
    report = answered(box, second)

    assert all_of(report.steps, "Send") == []
    assert outcomes(report.then) == [("b", "")]
    assert '"_id":"a"' in only(box.after(report, moment()), "Send").body


def test_a_portal_in_between_settles_the_promise_and_the_event_stays():
    box = outbox()
    send = only(box.add(event("a"), moment()), "Send")
    report = answered(box, send, status=302)

    assert outcomes(report.then) == [("a", "edge.refused")]
    assert only(box.after(report, moment()), "Log")
    assert box.report()["waiting"] == 1


def test_a_beacon_that_was_taken_ends_well_and_the_event_stays():
    box = outbox()
    send = only(box.add(event("a", unloading=True), moment()), "Send")

    assert outcomes(box.taken(send.request)) == [("a", "")]
    assert outcomes(box.taken(send.request)) == []
    assert box.report()["waiting"] == 1


def test_a_dropped_event_ends_where_it_was_dropped():
    box = outbox(maxEvents=1)
    box.add(event("a"), moment())
    steps = box.add(event("b"), moment())
    kinds = [type(step).__name__ for step in steps]

    assert outcomes(steps) == [("a", "outbox.full")]
    assert kinds.index("Outcome") == kinds.index("Forget") + 1


def test_an_event_that_is_too_large_or_too_old_ends_with_that_reason():
    box = outbox(maxBytes=100, maxAgeHours=1)
    large = box.add(event("a", size=200), moment())
    old = box.add(event("b", made_ms=NOW_MS - DAY_MS), moment())

    assert outcomes(large) == [("a", "outbox.too_large")]
    assert outcomes(old) == [("b", "outbox.too_old")]
    assert box.counts.dropped == {"too_large": 1, "too_old": 1}


def test_a_request_is_neither_kept_nor_counted_nor_bounded():
    box = outbox(maxEvents=1)
    steps = box.add(request("a"), moment()) + box.add(request("b"), moment())

    assert (all_of(steps, "Keep"), outcomes(steps)) == ([], [])
    assert box.report()["sent"] == 0


def test_an_event_that_the_edge_refuses_ends_with_its_reason_and_its_neighbour_well():
    box = outbox()
    for id in ("first", "a", "b"):
        box.add(event(id), moment())
    send = only(box.on_timer("flush", 1, moment()).steps, "Send")
    errors = [{"title": "bad", "status": 422, "report": {"eventIndex": 1}}]
    text = encode({"requestId": "q", "handle": [], "errors": errors})
    report = answered(box, send, status=200, text=text)

    assert outcomes(report.then) == [("a", ""), ("b", "edge.refused")]
    assert isinstance(report.then[1].error, EdgeRefused)


def test_time_settles_promises_and_keeps_the_event():
    box = outbox()
    box.add(event("a"), moment())
    reports = [box.ticked(moment()) for _ in range(6)]

    assert outcomes(reports[-1].then) == [("a", "network.failed")]
    assert box.report()["waiting"] == 1

"""What a page's author is told at once: no edge there, an edge of another organisation, a command of alloy's."""

from given import all_of, answer, configured, moment, only, raises, settled, ticked

from pyrite.core.commands.table import ALLOYS
from pyrite.core.errors import OptionsError
from pyrite.core.options.check import read
from pyrite.core.tracker import Tracker

ADDRESS = "https://edge.site.test/ee/v1/interact"


def lines(effects):
    """What the console gets."""
    return [log.message for log in all_of(effects, "Log")]


def sent(tracker, call=1):
    return only(tracker.command(call, "event", {"viewStart": True}, moment()), "Send")


def failed(tracker: Tracker, send):
    return tracker.failed(send.request, message="Failed to fetch", moment=moment())


def test_the_first_failure_of_a_page_is_told_at_once_with_the_address_and_no_other():
    tracker = configured()
    first = failed(tracker, sent(tracker))
    second = failed(tracker, sent(tracker, 2))

    assert lines(first) == [
        f"no answer from the edge at {ADDRESS}: Failed to fetch (is it running, and this origin listed?)"
    ]
    assert lines(second) == []
    assert settled(first, 1) is None


def test_a_first_failure_that_the_edge_explains_is_told_in_its_words():
    tracker = configured()
    text = '{"detail": "disk full", "report": {}}'
    effects = answer(tracker, sent(tracker), status=503, text=text)

    assert lines(effects) == ["the edge answered with status 503 and said 'disk full'"]


def test_a_server_that_is_no_edge_is_named_with_the_remedy():
    for status in (404, 405, 501):
        tracker = configured()
        send = sent(tracker)
        effects = []
        while send is not None and settled(effects, 1) is None:
            effects = answer(tracker, send, status=status, text="<h1>Error</h1>")
            sends = all_of(effects, "Send")
            send = sends[0] if sends else None
        ok, error = settled(effects, 1)

        assert (ok, error["code"], error["status"]) == (False, "edge.refused", status)
        assert f"set edgeDomain: no edge at {ADDRESS}" in error["message"]


def test_an_edge_that_refuses_is_no_server_without_an_edge():
    text = '{"detail": "nothing here", "code": "path.unknown", "report": {}}'
    tracker = configured()
    error = settled(answer(tracker, sent(tracker), status=404, text=text), 1)[1]

    assert "set edgeDomain" not in error["message"]


def test_an_edge_of_another_organisation_is_told_once():
    tracker = configured(orgId="MINE@AdobeOrg")
    entry = {"key": "kndctr_OTHER_AdobeOrg_identity", "value": "x", "maxAge": 1}
    foreign = {"type": "state:store", "payload": [entry, dict(entry, key="mbox")]}
    first = answer(tracker, sent(tracker), [foreign])
    second = answer(tracker, sent(tracker, 2), [foreign])

    assert len(lines(first)) == 1
    for piece in ("orgId", "kndctr_OTHER_AdobeOrg_identity", "kndctr_MINE_AdobeOrg_"):
        assert piece in lines(first)[0]
    assert lines(second) == []


def test_a_command_that_only_alloy_has_says_so():
    for name in ALLOYS:
        error = settled(configured().command(1, name, {}, moment()), 1)[1]

        assert (error["code"], error["message"]) == (
            "command.unknown",
            f"{name}: alloy has it, this build does not",
        )


def test_the_nearest_name_stands_before_the_known_ones():
    table = (("viewStart", "bool", False, ""), ("data", "object", None, ""))
    error = raises(OptionsError, lambda: read({"viewstart": True}, table, of="event"))

    assert error.message == (
        "event: options.viewstart: unknown (did you mean 'viewStart'?); known are viewStart, data"
    )


def test_what_waits_behind_a_failure_and_was_never_sent_rejects_with_the_edges_address():
    tracker = configured()
    failed(tracker, only(tracker.command(1, "event", {"type": "a"}, moment()), "Send"))
    assert all_of(tracker.command(2, "event", {"type": "b"}, moment()), "Send") == []
    ok, error = settled(ticked(tracker, 6), 2)

    assert not ok
    assert "no answer from the edge at https://edge.site.test/ee/v1/interact: Failed" in error["message"]  # fmt: skip

"""What a test has its edge do, without a browser."""

from pathlib import Path
from typing import Any

import pytest

from pyrite.edge.settings import SettingsError
from pyrite.testing import Tracking

CAPPED = """
scope = "hero"
[cap]
shown = 1
hours = 1
[[variants]]
id = "a"
items = [{type = "setText", selector = "h1", content = "Capped"}]
"""


def asked(tracking: Tracking, *scopes: str, **xdm: Any) -> list[Any]:
    """The contents of what the edge answers to one visitor who asks for *scopes*."""
    event = {
        "xdm": xdm,
        "query": {"personalization": {"decisionScopes": list(scopes)}},
    }
    visitor = {"FPID": [{"id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}]}
    answer = tracking.post({"xdm": {"identityMap": visitor}, "events": [event]}).json
    payloads = [one for handle in answer["handle"] if handle["type"] == "personalization:decisions" for one in handle["payload"]]  # fmt: skip
    return [(one, item["data"]["content"]) for one in payloads for item in one["items"]]


def test_a_scope_is_answered_with_the_items_told_last(tracking: Tracking) -> None:
    for content in ("Old", 'Wärme "1"\n'):
        tracking.answers("hero", [{"type": "setText", "selector": "h1", "content": content}])
    tracking.answers("menu", [{"schema": "json-content-item", "data": {"content": {"a": [1.5, True]}}}])  # fmt: skip

    assert [content for _, content in asked(tracking, "hero")] == ['Wärme "1"\n']
    assert [content for _, content in asked(tracking, "menu")] == [{"a": [1.5, True]}]
    with pytest.raises(ValueError, match="leave the field out"):
        tracking.answers("hero", [{"content": None}])


def test_a_mistake_in_an_experience_is_told_and_changes_nothing(tracking: Tracking) -> None:
    tracking.experience(CAPPED)

    with pytest.raises(SettingsError, match="setTxt"):
        tracking.experience(CAPPED.replace("setText", "setTxt"))
    assert len(asked(tracking, "hero")) == 1


def test_time_passes_at_the_edge_for_caps(tracking: Tracking) -> None:
    tracking.experience(CAPPED)
    [(offer, _)] = asked(tracking, "hero")
    short = {name: offer[name] for name in ("id", "scope", "scopeDetails")}
    decisioning = {"propositions": [short], "propositionEventType": {"display": 1}}

    assert asked(tracking, _experience={"decisioning": decisioning}) == []
    assert [(one.id, one.scope) for one in tracking.shown] == [(offer["id"], "hero")]
    assert asked(tracking, "hero") == []
    tracking.clock.advance(minutes=61)
    assert len(asked(tracking, "hero")) == 1
    with pytest.raises(ValueError, match="expected time that passes"):
        tracking.clock.advance(minutes=-1)


def test_a_status_stores_nothing_until_it_is_back(tracking: Tracking) -> None:
    tracking.status(503, retry_after=30)
    answer = tracking.post({"events": [{"xdm": {"eventType": "one"}}]})
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert tracking.events == []

    tracking.back()
    assert tracking.post({"events": [{"xdm": {"eventType": "one"}}]}).status == 200
    assert [request.status for request in tracking.requests] == [503, 200]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda tracking: tracking.consent("in"), "whose consent"),
        (lambda tracking: tracking.consent("yes", org="shop"), "expected 'in', 'out' or 'pending'"),
        (lambda tracking: tracking.identify(fpid="1"), "expected a UUID"),
    ],
)
def test_what_makes_no_sense_is_refused(tracking: Tracking, call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(tracking)


KEY = "9d2b1c57-6b86-4c5c-9d54-6d1d1a9f7a11"
DOWNLOAD = '[events.Download]\nid = "{FA72E131-3CFD-481C-8E15-04496E9586D9}"\n'


def test_time_that_passes_ends_sessions(tmp_path: Path) -> None:
    (tmp_path / "definitions.toml").write_text(DOWNLOAD)
    jss = {"enabled": True, "definitions": str(tmp_path / "definitions.toml"), "keys": {KEY: {"origins": "*"}}}  # fmt: skip
    tracking = Tracking({"jss": jss})
    try:
        path = f"/sitecore/api/jss/track/event?sc_apikey={KEY}"
        first = tracking.post([{"eventId": "Download"}], path, origin="https://shop.example")
        cookies = "; ".join([one.partition(";")[0] for one in first.headers["set-cookie"].split(", ") if "=" in one])  # fmt: skip
        named = {"origin": "https://shop.example", "cookie": cookies}
        tracking.post([{"eventId": "Download"}], path, **named)
        [session] = tracking.sessions
        assert (session.events, session.is_open(int(tracking.clock() * 1000))) == (2, True)

        tracking.clock.advance(minutes=21)
        tracking.post([{"eventId": "Download"}], path, **named)

        old, new = tracking.sessions
        assert (old.id, old.events, new.events) == (session.id, 2, 1)
        assert not old.is_open(int(tracking.clock() * 1000))
    finally:
        tracking.close()

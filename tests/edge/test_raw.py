"""Every command of a raw queue comes out of it: as an event, or refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asked import post, stored
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pyrite.core.errors import TrackerError
from pyrite.edge.adobe import early as raw
from pyrite.edge.settings import Limits

Maker = Callable[..., TestClient]

NOW_MS = 1_795_157_627_711


def queue(*commands: Any, config: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    return {
        "commands": [["configure", {"datastreamId": "shop"} | (config or {})], *commands],
        "facts": {"url": "https://shop.test/a", "cookie": "pyrite_fpid=device-9"} | facts,
        "sentAt": NOW_MS,
    }


def ran(given: Any, *, unloading: bool = False) -> tuple[list[str], list[int]]:
    """The ids that come out, in order, and the places of those refused."""
    body, refused = raw.run(given, "shop", now_ms=NOW_MS, unloading=unloading)
    return [event["xdm"]["_id"] for event in body["events"]], [place for place, _ in refused]


@pytest.mark.parametrize("action", ["interact", "collect"])
def test_all_events_of_a_queue_are_stored_and_not_only_what_leaves_at_once(
    edge: Maker, action: str
) -> None:
    client = edge(limits=Limits())
    ids = [f"id-{number:02d}" for number in range(20)]
    commands = [["event", {"type": "t", "data": {"n": id}}, id, NOW_MS] for id in ids]
    response = post(client, action, {"raw": queue(*commands)})

    assert response.status_code == (200 if action == "interact" else 204)
    assert [one.id for one in stored(client)] == ids


def test_events_that_wait_for_a_view_or_for_others_come_out_in_order() -> None:
    view = {"viewStart": True, "xdm": {"web": {"webPageDetails": {"viewName": "cart"}}}}
    commands = [
        ["event", {"viewStart": True}, "page", NOW_MS],
        ["event", {"type": "between"}, "between", NOW_MS],
        ["event", view, "view", NOW_MS],
        ["event", {"personalization": {"includeRenderedPropositions": True}}, "report", NOW_MS],
        ["sendEvent", {"renderDecisions": True}, "last", NOW_MS],
    ]
    context = {"context": ["web", "highEntropyUserAgentHints"]}

    for config in ({}, context):
        for unloading in (False, True):
            found, refused = ran(queue(*commands, config=config), unloading=unloading)
            assert (found, refused) == (["page", "between", "view", "report", "last"], [])


def test_commands_of_a_wrong_shape_are_refused_one_by_one() -> None:
    good = ["event", {"type": "t"}, "good", NOW_MS]
    odd: list[Any] = [5, [], ["event"], ["event", 7], ["setConsent", {}], ["configure", {}], ["event", {}, 7], None]  # fmt: skip

    assert ran(queue(*odd, good)) == (["good"], list(range(1, len(odd) + 1)))
    early = [{"datastreamId": "shop"}, [*odd, good], ["https://a.test/"] + [None] * 10, "d-1", 1]
    assert ran(early) == (["good"], list(range(1, len(odd) + 1)))


def test_an_event_that_is_there_twice_comes_out_twice_and_its_refused_twin_is_refused() -> None:
    twice = [["event", {"type": "t"}, "same", 0], ["event", {"typ": "t"}, "same", 0], ["event", {"type": "u"}, "same", 0]]  # fmt: skip

    assert ran(queue(*twice)) == (["same", "same"], [2])


def test_an_outbox_that_is_too_small_for_the_page_is_not_for_the_edge() -> None:
    small = {"outbox": {"maxEvents": 1, "maxBytes": 10, "maxAgeHours": 1}}
    commands = [["event", {"data": {"n": "x" * 500}}, f"id-{number}", 0] for number in range(5)]

    assert ran(queue(*commands, config=small))[1] == []


def test_a_queue_whose_page_wants_to_see_its_events_is_refused(edge: Maker) -> None:
    client = edge()
    given = queue(["event", {}, "id", 0], config={"onBeforeEventSend": "function"})
    response = post(client, "collect", {"raw": given})

    assert response.json()["code"] == "body.raw"
    assert "onBeforeEventSend" in response.json()["detail"]
    assert len(list(client.app.state.store.bad_rows())) == 1  # type: ignore[attr-defined]


def test_more_commands_than_events_are_taken_are_refused_before_they_run(edge: Maker) -> None:
    client = edge()
    response = post(client, "collect", {"raw": queue(*[["event", {"x": 1}]] * 50)})

    assert (response.status_code, response.json()["code"]) == (413, "body.too_many")


def test_cookies_that_are_no_texts_are_read_past(edge: Maker) -> None:
    client = edge()
    facts = ["https://shop.test/a", "", ["pyrite_new=device-8", 5, None], *[None] * 8]
    early = [{"datastreamId": "shop"}, [["event", {}, "id", 1]], facts, "device-9", 10]

    assert post(client, body={"raw": early}).status_code == 200
    assert stored(client)[0].visitor == "device-8"


def test_the_place_of_a_refused_command_is_told_and_its_row_can_be_run_alone(edge: Maker) -> None:
    client = edge()
    commands = [["event", {"type": "t"}, "good", 0], ["event", {"typo": 1}, "bad", 0]]
    response = post(client, "collect", {"raw": queue(*commands)})
    [row] = client.app.state.store.bad_rows()  # type: ignore[attr-defined]

    assert response.json()["errors"][0]["detail"] == "$.raw.commands[2]"
    assert row.visitor == "device-9"
    alone = json.loads(row.body)["raw"]
    assert alone["commands"][1] == commands[1]
    alone["commands"][1][1] = {"type": "mended"}
    assert ran(alone) == (["bad"], [])


VALUES: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3) | st.just({}) | st.just([])  # fmt: skip
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.text(max_size=3) | VALUES,
        "viewStart": st.booleans() | VALUES,
        "renderDecisions": st.booleans(),
        "documentUnloading": st.booleans() | VALUES,
        "mergeId": VALUES,
        "xdm": VALUES
        | st.fixed_dictionaries(
            {},
            optional={
                "_id": st.sampled_from(["a", "b", "", 5, None]),
                "eventType": VALUES,
                "web": VALUES | st.just({"webPageDetails": {"viewName": "v"}}),
            },
        ),
        "data": VALUES | st.dictionaries(st.text(max_size=3), VALUES, max_size=2),
        "personalization": VALUES
        | st.fixed_dictionaries(
            {},
            optional={
                "includeRenderedPropositions": st.booleans(),
                "decisionScopes": st.lists(st.text(max_size=2), max_size=2),
                "surfaces": VALUES,
            },
        ),
        "edgeConfigOverrides": VALUES | st.just({"datastreamId": "other"}),
        "typo": VALUES,
    },
)
COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["event", "sendEvent", "event", "setConsent", 7]),
        OPTIONS | VALUES,
        st.sampled_from(["a", "b", "", "c", 5]),
        st.integers(0, 10) | VALUES,
    ).map(list)
    | VALUES,
    max_size=8,
)
CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "context": st.lists(st.sampled_from(["web", "device", "highEntropyUserAgentHints"]), max_size=3),
        "outbox": st.fixed_dictionaries({}, optional={"maxEvents": st.integers(0, 2), "maxBytes": st.integers(0, 50)}),
        "decisioningMethod": st.sampled_from(["on-device", "server-side"]),
        "prehidingStyle": st.text(max_size=2),
        "edgeConfigOverrides": st.just({"datastreamId": "x"}),
    },
)  # fmt: skip
FACTS = st.fixed_dictionaries({}, optional=dict.fromkeys(("url", "referrer", "hints", "timezoneOffset", "device", "online"), VALUES))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(COMMANDS, CONFIGS, FACTS, st.booleans())
def test_events_out_and_refused_are_the_commands_in(
    commands: list[Any], config: dict[str, Any], facts: dict[str, Any], unloading: bool
) -> None:
    try:
        body, refused = raw.run(
            queue(*commands, config=config, **facts), "shop", now_ms=NOW_MS, unloading=unloading
        )
    except TrackerError:  # the whole queue is refused, and kept
        return
    places = [place for place, _ in refused]

    assert len(body["events"]) + len(refused) == len(commands)
    assert sorted(set(places)) == places
    assert all(why for _, why in refused)

"""What nobody foresaw: it becomes a problem and a bad row, costs no other event, and never undoes what is stored."""

import gc
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asked import PAGE, event, handles, post, stored
from starlette.testclient import TestClient

from pyrite.edge.adobe.arrival import Source
from pyrite.edge.adobe.events import read
from pyrite.edge.experiences.results import Counts
from pyrite.edge.http.problems import Problem
from pyrite.edge.ingest.arrival import Arrival
from pyrite.edge.ingest.schemas import Check, Violation
from pyrite.edge.ingest.violations import check_events
from pyrite.edge.replay import replay
from pyrite.edge.settings import Datastream, Edge, Limits, Settings
from pyrite.stores.contract import BadRow, Batch, Visitor, Written
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

SECRET = "the visitor's own words"


def bad(client: TestClient) -> list[Any]:
    return list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]


class Failing(MemoryStore):
    """A store with a fault of its own that nobody has thought of."""

    def write(self, batch: Batch, done: Written) -> None:
        if batch.events:
            raise ZeroDivisionError(SECRET)
        super().write(batch, done)

    def visitor(self, datastream: str, visitor: str) -> Visitor | None:
        raise ZeroDivisionError(SECRET)


def test_the_unexpected_is_a_problem_and_a_bad_row_and_tells_no_secret(
    edge: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    client = edge(store=Failing())
    body = {"events": [event("a", data={"n": SECRET})]}
    with caplog.at_level(logging.ERROR):
        response = post(client, "collect", body)

    assert (response.status_code, response.json()["code"]) == (500, "edge.failed")
    assert response.headers["content-type"] == "application/problem+json"
    assert [json.loads(row.body) for row in bad(client)] == [body]
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text + response.text


@pytest.mark.parametrize(
    "body",
    [b"{", {"events": [5]}, {"events": [5, 5]}, {"events": [{"xdm": 5}, {}]}, {"raw": 5}, b" " * 9000],
    ids=["no JSON", "its only event", "all events", "one of them", "a queue", "too large"],
)  # fmt: skip
def test_what_is_refused_is_not_held_until_the_next_garbage_collection(
    edge: Maker, body: Any
) -> None:
    client = edge()
    post(client)
    gc.freeze()  # only what is made from here on is looked at
    gc.disable()
    try:
        assert post(client, "collect", body).status_code in (207, 400, 413)
        held = [one for one in gc.get_objects() if isinstance(one, (Problem, Arrival))]
    finally:
        gc.enable()
        gc.unfreeze()

    assert held == []


def test_other_addresses_answer_with_a_problem_too(edge: Maker) -> None:
    store = MemoryStore()
    client = edge(store=store)

    def state() -> Any:
        raise ZeroDivisionError(SECRET)

    store.state = state  # type: ignore[method-assign]
    response = client.get("/ready")

    assert (response.status_code, response.json()["code"]) == (500, "edge.failed")
    assert SECRET not in response.text


def test_a_body_that_comes_again_and_again_is_kept_once(edge: Maker) -> None:
    client = edge(store=Failing())
    for _ in range(5):
        assert post(client, "collect").status_code == 500

    assert len(bad(client)) == 1


def test_a_page_on_another_host_may_read_that_the_edge_failed(edge: Maker) -> None:
    response = post(edge(store=Failing()), "collect", headers={"origin": "https://shop.test"})

    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == "https://shop.test"


class Tripping(Check):
    """A check with a fault of its own."""

    def violations(self, type: str, event: dict[str, Any]) -> list[Violation]:
        rate = 1 / event["data"]["n"]
        return [] if rate else [Violation("", "", "")]


def test_an_accident_with_one_event_costs_none_of_its_neighbours() -> None:
    source = Source(
        datastream="shop", org="shop", request_id="r", action="collect", url="/", cookie="", received_ms=1
    )  # fmt: skip
    events = [event(f"e{number}", data={"n": number}) for number in range(3)]
    content = json.dumps({"events": events}).encode()
    arrival = read(content, source, Limits())
    check_events(arrival, Tripping({}, Datastream()))

    assert [one.id for one in arrival.events] == ["e1", "e2"]
    assert [(index, problem.status) for index, problem in arrival.refused] == [(0, 500)]
    assert json.loads(arrival.bad_rows[0].body)["events"] == [events[0]]


def test_decisions_that_fail_do_not_undo_what_is_stored(edge: Maker, tmp_path: Path) -> None:
    class Unreadable(MemoryStore):
        def visitor(self, datastream: str, visitor: str) -> Visitor | None:
            raise ZeroDivisionError

    folder = tmp_path / "experiences"
    folder.mkdir()
    (folder / "a.toml").write_text(
        '[audience]\nvisitor = "new"\n[[variants]]\nid = "a"\n[[variants.items]]\ntype = "setText"\nselector = "h1"\ncontent = "x"\n'
    )
    client = edge(store=Unreadable())
    response = post(client, body={"events": [event("a", query=PAGE)]})

    assert response.status_code == 200
    assert response.json()["warnings"][0]["code"] == "edge.failed"
    assert handles(response, "state:store")
    assert [one.id for one in stored(client)] == ["a"]


def test_a_listener_that_raises_is_logged_and_hears_of_the_next_event(
    edge: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def listen(found: Any) -> None:
        heard.append(found.id)
        if found.id != "c":
            raise ValueError("a fault of the listener's")

    client = edge(listener=listen)
    response = post(client, "collect", {"events": [event("a"), event("b"), event("c")]})

    assert response.status_code == 204
    assert heard == [one.id for one in stored(client)] == ["a", "b", "c"]
    assert caplog.text.count("a listener failed") == 2


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"xdm": {"timestamp": "9999-12-31T23:59:59Z"}, "sentAt": 0}, 0),
        ({"xdm": {"timestamp": "0001-01-01T00:00:00+14:00"}, "sentAt": 9_000_000_000_000_000}, 0),
        ({"xdm": {"timestamp": "2026-11-20T06:53:47.711Z"}, "sentAt": -(2**53)}, 1_795_157_627_711),
        ({"xdm": {"timestamp": "x" * 1000}, "sentAt": 10**300}, 0),
        ({"xdm": {"timestamp": 5}, "sentAt": True}, 0),
    ],
)  # fmt: skip
def test_a_time_is_within_the_years_that_calendars_have(
    edge: Maker, body: dict[str, Any], kept: int
) -> None:
    client = edge()
    sent = {"events": [{"xdm": body["xdm"]}], "meta": {"sentAt": body["sentAt"]}}
    assert post(client, "collect", sent).status_code == 204
    found = stored(client)[0]

    assert found.made_ms == (kept or found.received_ms)


@pytest.mark.parametrize(
    "stamp", ["²", "9" * 5000, "1٣", ""], ids=["superscript", "long", "arabic", "empty"]
)
def test_an_address_with_an_odd_identity_in_it_is_an_event_like_any_other(
    edge: Maker, stamp: str
) -> None:
    client = edge(limits=Limits())
    url = f"https://shop.test/?adobe_mc=TS%3D{stamp}%7CMCMID%3D{stamp}%7CMCORGID%3Dshop"
    queue = {
        "commands": [["configure", {"datastreamId": "shop"}], ["event", {}, "id", 1]],
        "facts": {"url": url},
        "sentAt": 2,
    }

    assert post(client, "collect", {"raw": queue}).status_code == 204
    assert [one.id for one in stored(client)] == ["id"]


ODD_XDM: list[dict[str, Any]] = [
    {"web": "x"}, {"web": {"webPageDetails": 5}}, {"web": {"webPageDetails": {"URL": ["x"]}}}, {"eventType": 5},
    {"identityMap": "x"}, {"identityMap": {"FPID": "[/x]"}}, {"identityMap": {"FPID": [{"id": "[/x]"}, 5, {"id": 7}]}},
    {"_experience": 5}, {"_experience": {"decisioning": {"propositions": 5, "propositionEventType": {"display": 1}}}},
    {"_experience": {"decisioning": {"propositions": [5, {"scopeDetails": {"activity": 5}}], "propositionEventType": {"display": 1}}}},
    {"_experience": {"decisioning": {"propositions": [{"scopeDetails": {"decisionProvider": "PYR", "activity": {"id": [1]}, "experience": {"id": {}}}}], "propositionEventType": {"display": {}, "interact": 1}}}},
    {"placeContext": {"localTimezoneOffset": 10**300}}, {"timestamp": {}},
]  # fmt: skip


def test_events_with_odd_values_are_stored_decided_for_and_counted(edge: Maker) -> None:
    client = edge(
        settings=Edge(experiences="nowhere"), limits=Limits(), store=(store := MemoryStore())
    )
    for number, xdm in enumerate(ODD_XDM):
        body = {"events": [{"xdm": {"_id": f"e{number}"} | xdm, "data": {"total": [xdm]}, "query": PAGE}]}  # fmt: skip
        assert post(client, body=body).status_code == 200, xdm
    goal = {"type": "", "data": {"total": {"min": 1}, "a.b": "x"}}
    record = {"id": "a", "name": "a", "variants": [{"id": "v", "items": [], "weight": 1}], "goal": goal}  # fmt: skip
    counts = Counts([record])
    counts.add(store.events())

    assert len(stored(client)) == len(ODD_XDM)
    assert counts.results() == []


@pytest.mark.parametrize("url", ["//[/v1/collect?configId=shop", "", "?", "/ee/v1/collect?configId=%ff&configId=", "\0"])  # fmt: skip
def test_a_row_with_an_odd_address_is_told_or_taken_when_it_is_replayed(url: str) -> None:
    store = MemoryStore()
    row = BadRow(received_ms=1, code="x", path="", message="", url=url, body=b'{"events":[{}]}', id=1)  # fmt: skip
    [found] = replay(store, [row], Settings())

    assert found.stored == 1 or (found.problem and found.problem.detail)


def test_rows_with_more_events_than_one_body_may_hold_are_replayed_whole(edge: Maker) -> None:
    client = edge()  # takes three
    body = {"events": [event(f"e{number}") for number in range(7)]}
    assert post(client, "collect", body).status_code == 413
    store: Any = client.app.state.store  # type: ignore[attr-defined]
    [found] = replay(store, bad(client), Settings(limits=Limits(events=3)))

    assert found.stored == 7
    assert len(stored(client)) == 7


def test_events_that_come_with_a_question_for_an_identity_are_stored(edge: Maker) -> None:
    client = edge()
    body = {"events": [event("a"), 5], "query": {"identity": {"fetch": ["ECID"]}}}
    response = post(client, "identity/acquire", body)

    assert response.status_code == 207
    assert ([one.id for one in stored(client)], len(bad(client))) == (["a"], 1)


# ---- what answers tell ---------------------------------------------------------------------------------------------


def test_of_many_refused_events_five_are_told_at_length_and_each_by_its_place(edge: Maker) -> None:
    client = edge(limits=Limits())
    long = "x" * 5000
    response = post(client, "collect", {"events": [{long: 1, "xdm": [long]} for _ in range(50)]})
    errors = response.json()["errors"]

    assert [one["report"]["eventIndex"] for one in errors] == list(range(50))
    assert [len(one["title"]) > len("event.shape") for one in errors] == [True] * 5 + [False] * 45
    assert len(response.content) < 12_000


def test_of_many_refused_commands_five_are_told_and_the_others_counted(edge: Maker) -> None:
    client = edge(limits=Limits())
    commands = [["event", {"type": "t"}, "good", 0]] + [["event", {"typo": 1}]] * 50
    queue = {"commands": [["configure", {"datastreamId": "shop"}], *commands], "facts": {}}
    response = post(client, "collect", {"raw": queue})

    assert len(bad(client)) == 50
    assert len(response.json()["errors"]) == 6
    assert response.json()["errors"][5]["title"].startswith("45 more commands were refused")


def test_a_refused_command_is_told_with_its_place(edge: Maker) -> None:
    client = edge()
    commands = [["event", {"type": "t"}, "good", 0], ["event", {"typ": 1}, "bad", 0]]
    queue = {"commands": [["configure", {"datastreamId": "shop"}], *commands], "facts": {}}
    [error] = post(client, "collect", {"raw": queue}).json()["errors"]

    assert error["detail"] == "$.raw.commands[2]"
    assert error["type"] == "https://pyrite.dev/problems/body.raw"


def test_a_bad_row_keeps_its_own_event_and_who_sent_it(edge: Maker) -> None:
    client = edge()
    body = {
        "events": [event("a"), 5],
        "pad": "x" * 3000,
        "meta": {"sentAt": 1_795_157_627_711, "state": {"domain": "x"}},
        "xdm": {"identityMap": {"FPID": [{"id": "device-1"}], "mail": [{"id": "y" * 500}]}},
    }
    post(client, "collect", body)
    [row] = bad(client)

    assert json.loads(row.body) == {
        "events": [5],
        "xdm": {"identityMap": {"FPID": [{"id": "device-1"}]}},
        "meta": {"sentAt": 1_795_157_627_711},
    }
    assert row.visitor == "device-1"


def test_an_events_type_in_its_data_counts_where_its_xdm_has_none(edge: Maker) -> None:
    client = edge()
    post(client, "collect", {"events": [{"data": {"type": "order"}}, {"xdm": {"eventType": 5}, "data": {"type": "o2"}}]})  # fmt: skip

    assert [one.type for one in stored(client)] == ["order", "o2"]


def test_identities_too_large_for_each_event_are_bounded_and_that_is_said(edge: Maker) -> None:
    client = edge()
    many = {"mail": [{"id": "x" * 4000}], "FPID": [{"id": "device-1"}]}
    response = post(client, "collect", {"xdm": {"identityMap": many}, "events": [event("a"), event("b")]})  # fmt: skip
    alone = post(client, "collect", {"xdm": {"identityMap": many}, "events": [event("c")]})
    found = [json.loads(one.body)["xdm"]["identityMap"] for one in stored(client)]

    assert response.json()["warnings"][0]["type"].endswith("identities.too_large")
    assert found == [{"FPID": [{"id": "device-1"}]}] * 2 + [many]
    assert alone.status_code == 204

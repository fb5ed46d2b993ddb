"""What an edge does with clocks that are wrong, bodies that are packed, deliveries that are told of, and with too much."""

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

from asked import event, post, stored
from starlette.testclient import TestClient

from pyrite.edge.settings import Edge, Limits
from pyrite.stores.contract import Batch, State, StoreUnavailable, Written
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

HOUR_MS = 3_600_000


def made(sent_ms: int, made_ms: int) -> dict[str, Any]:
    """A body sent at *sent_ms*, with an event made at *made_ms*, by the page's clock."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(made_ms / 1000)) + ".000Z"
    xdm = {"_id": "e1", "timestamp": stamp}
    return {"events": [{"xdm": xdm}], "meta": {"sentAt": sent_ms}}


def test_a_clock_that_is_wrong_by_hours_is_corrected_and_both_times_are_kept(edge: Maker) -> None:
    client = edge()
    now_ms = int(time.time()) * 1000
    for skew_ms in (-5 * HOUR_MS, 5 * HOUR_MS):
        body = made(now_ms + skew_ms, now_ms + skew_ms - 60_000)
        body["events"][0]["xdm"]["_id"] = str(skew_ms)
        post(client, "collect", body)
        found = stored(client)[-1]
        assert abs(found.made_ms - (now_ms - 60_000)) < 5000
        assert json.loads(found.body)["xdm"]["timestamp"] == body["events"][0]["xdm"]["timestamp"]


def test_a_clock_within_a_minute_is_taken_at_its_word(edge: Maker) -> None:
    client = edge()
    now_ms = int(time.time()) * 1000
    post(client, "collect", made(now_ms - 30_000, now_ms - 40_000))

    assert stored(client)[0].made_ms == now_ms - 40_000


def test_an_event_that_waited_for_days_keeps_its_time(edge: Maker) -> None:
    client = edge()
    now_ms = int(time.time()) * 1000
    post(client, "collect", made(now_ms, now_ms - 72 * HOUR_MS))

    assert stored(client)[0].made_ms == now_ms - 72 * HOUR_MS


def test_a_body_may_be_packed_with_gzip_and_needs_no_header(edge: Maker) -> None:
    client = edge()
    packed = gzip.compress(json.dumps({"events": [event()]}).encode())

    assert post(client, "collect", packed, headers={"content-type": ""}).status_code == 204
    assert [one.id for one in stored(client)] == ["e1"]


def test_gzip_that_is_cut_or_becomes_too_large_is_refused_and_kept(edge: Maker) -> None:
    client = edge()
    bomb = gzip.compress(b" " * 50_000_000)
    cut = gzip.compress(json.dumps({"events": [event()]}).encode())[:-12]

    assert post(client, "collect", bomb).json()["code"] == "body.too_large"
    assert post(client, "collect", cut).json()["code"] == "body.gzip"
    assert post(client, "collect", b"\x1f\x8bnonsense").json()["code"] == "body.gzip"
    assert [row.body for row in client.app.state.store.bad_rows()][1] == cut  # type: ignore[attr-defined]


def test_each_event_that_is_refused_is_named_by_its_place(edge: Maker) -> None:
    client = edge()
    answer = post(client, "collect", {"events": [event("a"), "no", event("b")]})
    assert answer.status_code == 207
    assert [error["report"] for error in answer.json()["errors"]] == [{"eventIndex": 1}]

    answer = post(client, "collect", {"events": ["no", {"xdm": []}]})
    assert answer.status_code == 207
    assert [error["report"]["eventIndex"] for error in answer.json()["errors"]] == [0, 1]
    assert len(list(client.app.state.store.bad_rows())) == 3  # type: ignore[attr-defined]


def test_what_pages_tell_of_their_deliveries_is_kept_and_counted_once(edge: Maker) -> None:
    client = edge(settings=Edge(metrics=True))
    told = {"page": "p1", "sent": 5, "retried": 2, "acknowledged": 1, "restored": 0}
    for dropped in ({"full": 1}, {"full": 1}, {"full": 4, "odd\n": 2}):
        body = {"events": [event()], "meta": {"delivery": told | {"dropped": dropped}}}
        assert post(client, "collect", body).status_code == 204
    kept = list(client.app.state.store.deliveries("shop"))  # type: ignore[attr-defined]
    text = client.get("/metrics").text

    assert [(one.page, one.retried, one.dropped) for one in kept] == [
        ("p1", 2, {"full": 4, "odd\n": 2})
    ]
    assert 'pyrite_page_events_total{what="dropped: full"} 4.0' in text
    assert 'pyrite_page_events_total{what="dropped: other"} 2.0' in text
    assert 'pyrite_page_events_total{what="retried"} 2.0' in text


def test_nonsense_about_deliveries_costs_no_event(edge: Maker) -> None:
    client = edge()
    for delivery in (
        5,
        {"page": 7},
        {"page": "p", "sent": "x", "dropped": [1]},
        {"page": "x" * 500},
    ):
        answer = post(client, "collect", {"events": [event()], "meta": {"delivery": delivery}})
        assert answer.status_code == 204


def test_metrics_count_requests_events_and_bad_rows_and_are_off_unless_asked_for(
    edge: Maker,
) -> None:
    client = edge(settings=Edge(metrics=True))
    post(client, "collect")
    post(client, "collect")
    post(client, "collect", b"{")
    text = client.get("/metrics").text

    for line in (
        'pyrite_requests_total{action="collect",status="204"} 2.0',
        'pyrite_requests_total{action="collect",status="400"} 1.0',
        'pyrite_events_total{outcome="stored"} 1.0',
        'pyrite_events_total{outcome="duplicate"} 1.0',
        'pyrite_bad_rows_total{code="body.json"} 1.0',
        "pyrite_waiting_batches 0.0",
    ):
        assert line in text.splitlines()
    assert edge().get("/metrics").status_code == 404


class Broken(MemoryStore):
    """A store whose disk is full until it is `mended`."""

    mended = False

    def write(self, batch: Batch, done: Written) -> None:
        if self.mended:
            super().write(batch, done)
        else:
            done(StoreUnavailable("the store can't write now: disk full"))

    def state(self) -> State:
        return State(failure="" if self.mended else "disk full")


def test_an_edge_that_can_not_store_is_alive_and_not_ready_and_says_so(edge: Maker) -> None:
    store = Broken()
    client = edge(store=store)
    answer = post(client)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert client.get("/health").status_code == 200
    ready = client.get("/ready")
    assert (ready.status_code, "disk full" in ready.json()["reason"]) == (503, True)
    store.mended = True
    assert client.get("/ready").json() == {"ok": True, "waiting": 0}
    assert post(client).status_code == 200


def test_a_store_with_too_much_to_write_is_not_ready(edge: Maker) -> None:
    store = MemoryStore()
    store.state = lambda: State(waiting=9000)  # type: ignore[method-assign]

    assert edge(store=store).get("/ready").status_code == 503


def test_too_many_requests_under_way_are_answered_at_once(edge: Maker) -> None:
    client = edge(limits=Limits(requests=1))
    store: Any = client.app.state.store  # type: ignore[attr-defined]
    write = store.write
    answers = []

    def nested(batch: Batch, done: Written) -> None:
        store.write = write
        answers.append(post(client))  # while the first one is under way
        write(batch, done)

    store.write = nested
    assert post(client).status_code == 200
    assert (answers[0].status_code, answers[0].json()["code"]) == (503, "edge.busy")
    assert post(client).status_code == 200


def test_a_bad_row_says_what_class_of_address_it_came_from_and_no_more(edge: Maker) -> None:
    from pyrite.edge.http.call import address_class

    found = [address_class(host) for host in ("127.0.0.1", "10.1.2.3", "2001:4860::1", "unix", "")]
    assert found == ["loopback", "private", "public", "", ""]
    client = edge()
    post(client, "collect", b"{")
    assert [row.client for row in client.app.state.store.bad_rows()] == [""]  # type: ignore[attr-defined]


def test_an_address_that_is_no_text_is_a_problem_like_any_other(edge: Maker) -> None:
    client = edge()
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/ee/v1/x", "raw_path": b"", "query_string": b"\xff", "headers": [],
        "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80), "client": None, "root_path": "",
    }  # fmt: skip
    told: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    asyncio.run(client.app(scope, receive, send))  # type: ignore[arg-type]
    assert told[0]["status"] == 404

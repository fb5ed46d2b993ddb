"""The seam for wire protocols, by a second dialect of which the edge itself knows nothing."""

import ast
import asyncio
import json
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from asked import event, post, stored
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import Scope

import pyrite
from pyrite.edge.adobe.reader import Reader as Adobe
from pyrite.edge.http.call import Call, Route, query_of, raw_path_of
from pyrite.edge.http.cors import Cors
from pyrite.edge.http.problems import Problem
from pyrite.edge.ingest.arrival import Arrival
from pyrite.edge.ingest.dialect import Dialect, Reader
from pyrite.edge.ingest.replay import replay
from pyrite.edge.replay import replay as replay_by_ours
from pyrite.edge.settings import Datastream, Edge, Limits, Settings
from pyrite.stores.contract import (
    IDENTIFY,
    BadRow,
    Batch,
    Event,
    Link,
    Receipt,
    SessionStep,
    StoreUnavailable,
    Visit,
    Written,
)
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

INGEST = Path(pyrite.__file__).parent / "edge" / "ingest"


GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")  # fmt: skip


class Pixel:
    """As small as one can be: an image whose address is the event, `GET /px/{type}?s={data stream}&v={visitor}&…`."""

    name = "pixel"
    cors = Cors(methods="GET")

    def match(self, scope: Scope) -> Route | None:
        """One step after /px/, in which an encoded slash is a letter of the type."""
        start, _, type = raw_path_of(scope).removeprefix("/").partition("/")
        return Route("pixel", ("GET",)) if start == "px" and type and "/" not in type else None

    def turns_away(self, call: Call) -> Problem | None:
        """Pages of one host, of which one kind may not even read that; and whoever sends no data stream."""
        origin = call.header(b"origin")
        if origin.endswith("evil.test"):
            return Problem(403, "pixel.origin", "no", hidden=origin.startswith("http:"))
        return Problem(401, "pixel.key", "no") if b"k=0" in call.scope["query_string"] else None

    def read(self, call: Call, content: bytes) -> Arrival:
        """One event, with the parameters as its data."""
        data = query_of(content)
        stream, visitor = data.pop("s", ""), data.pop("v", "")
        if not stream:
            raise Problem(400, "pixel.stream", "expected a data stream as 's'", path="$.s")
        type = unquote(call.scope["path"]).rpartition("/px/")[2]
        id = data.pop("id", "") or str(uuid.uuid4())
        event = Event(
            source=self.name, datastream=stream, id=id, type=type, url="", visitor=visitor,
            made_ms=call.received_ms, received_ms=call.received_ms, body=json.dumps({"data": data}),
        )  # fmt: skip
        session, person = data.pop("session", ""), data.pop("person", "")
        step = SessionStep(
            datastream=stream, source=self.name, visitor=visitor, id=session, at_ms=call.received_ms, idle_ms=60_000
        )  # fmt: skip
        link = Link(
            datastream=stream, source=visitor, target=person, made_ms=call.received_ms, how=IDENTIFY
        )
        return Arrival(
            datastream=stream,
            events=[event],
            visit=Visit(datastream=stream, visitor=visitor, seen_ms=call.received_ms),
            session=step if session else None,
            links={link: None} if person else {},
        )

    def answer(self, arrival: Arrival, receipt: Receipt) -> Response:
        """The image; how many events were new for whoever looks."""
        return Response(GIF, media_type="image/gif", headers={"x-new": str(len(receipt.new))})

    def refuse(self, call: Call, problem: Problem) -> Response:
        """The image, for a page shows no other."""
        said = {"x-code": problem.code}
        return Response(GIF, problem.status, said, media_type="image/gif")

    def whose(self, call: Call, content: bytes) -> tuple[str, str]:
        """Its parameter v."""
        return query_of(content).get("v", ""), ""


def bad(client: TestClient) -> list[Any]:
    return list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]


def test_another_dialect_is_stored_beside_the_trackers_and_answered_in_its_own_way(
    edge: Maker,
) -> None:
    client = edge(dialects=[Pixel()])
    answer = client.get("/px/open?s=shop&v=device-1&id=p1&mail=a%20b")
    post(client, "collect", {"events": [event("e1")]})

    assert (answer.status_code, answer.content) == (200, GIF)
    assert (answer.headers["content-type"], answer.headers["x-new"]) == ("image/gif", "1")
    found = stored(client)
    assert [(one.id, one.source) for one in found] == [("p1", "pixel"), ("e1", "web")]
    assert (found[0].type, found[0].visitor) == ("open", "device-1")
    assert json.loads(found[0].body) == {"data": {"mail": "a b"}}
    assert client.app.state.store.visitor("shop", "device-1")  # type: ignore[attr-defined]
    again = client.get("/px/open?s=shop&v=device-1&id=p1")
    assert again.headers["x-new"] == "0"


def test_it_is_on_disk_before_it_is_answered(edge: Maker) -> None:
    class Full(MemoryStore):
        def write(self, batch: Batch, done: Written) -> None:
            done(StoreUnavailable("the disk is full"))

    answer = edge(store=Full(), dialects=[Pixel()]).get("/px/open?s=shop")

    assert (answer.status_code, answer.content) == (503, GIF)


def test_its_events_have_sessions_of_which_listeners_and_metrics_hear(edge: Maker) -> None:
    heard: list[tuple[str, str]] = []
    client = edge(
        settings=Edge(metrics=True),
        listener=lambda found: heard.append((found.id, found.session)),
        dialects=[Pixel()],
    )
    for id in ("p1", "p2", "p2"):
        client.get(f"/px/open?s=shop&v=device-1&id={id}&session=s-{id}&person=crm:1")
    store = client.app.state.store  # type: ignore[attr-defined]

    assert heard == [("p1", "s-p1"), ("p2", "s-p1")]
    assert [(one.id, one.events) for one in store.sessions("device-1")] == [("s-p1", 2)]
    assert store.names_of("crm:1") == ["crm:1", "device-1"]
    assert 'pyrite_sessions_total{source="pixel"} 1.0' in client.get("/metrics").text


def test_what_it_refuses_is_kept_with_its_source_and_goes_back_to_it(edge: Maker) -> None:
    store = MemoryStore()
    client = edge(store=store, dialects=[Pixel()])
    assert client.get("/px/open?v=device-1&id=p1&" + "x" * 600).status_code == 400
    [row] = bad(client)
    assert (row.source, row.code, row.visitor) == ("pixel", "pixel.stream", "device-1")
    assert row.body == b"v=device-1&id=p1&" + b"x" * 600

    mended = replace(row, body=b"s=shop&" + row.body)
    readers: list[Reader[Any]] = [Adobe(Settings()), Pixel()]
    [unknown] = replay_by_ours(store, [mended], Settings())
    [first] = replay(store, [mended], Settings(), readers)
    [again] = replay(store, [mended], Settings(), readers)

    assert unknown.problem
    assert "no dialect reads rows of 'pixel'; known are jss, web" in unknown.problem.detail
    assert (first.stored, again.stored, again.duplicates) == (1, 0, 1)
    assert [(one.source, one.type) for one in stored(client)] == [("pixel", "open")]
    assert bad(client) == []


def test_schemas_hold_for_it(edge: Maker, tmp_path: Path) -> None:
    schema = tmp_path / "open.json"
    schema.write_text('{"properties": {"data": {"required": ["mail"]}}}')
    for violations, status, counts in (("refuse", 422, (0, 1)), ("warn", 200, (1, 0))):
        stream = Datastream(schemas={"open": str(schema)}, violations=violations)  # type: ignore[arg-type]
        client = edge(datastreams={"shop": stream}, dialects=[Pixel()])

        assert client.get("/px/open?s=shop").status_code == status
        assert (len(stored(client)), len(bad(client))) == counts
        assert [row.code for row in bad(client)] == ["schema.violated"] * counts[1]


def test_limits_metrics_and_listeners_are_the_same_for_it(edge: Maker) -> None:
    heard: list[str] = []
    client = edge(
        settings=Edge(metrics=True),
        limits=Limits(header_bytes=2000),
        listener=lambda found: heard.append(found.source),
        dialects=[Pixel()],
    )
    statuses = [
        client.get("/px/open?s=shop").status_code,
        client.get("/px/open?s=").status_code,
        client.get("/px/open?s=shop&" + "x" * 3000).status_code,
        client.post("/px/open?s=shop").status_code,
        client.get("/px/open?s=shop", headers={"origin": "https://evil.test"}).status_code,
        client.get("/px/open?s=shop&k=0").status_code,
    ]
    counted = client.get("/metrics").text

    assert statuses == [200, 400, 431, 405, 403, 401]
    assert heard == ["pixel"]
    for line in (
        'pyrite_requests_total{action="pixel",status="200"} 1.0',
        'pyrite_requests_total{action="pixel",status="400"} 1.0',
        'pyrite_events_total{outcome="stored"} 1.0',
        'pyrite_bad_rows_total{code="pixel.stream"} 1.0',
        'pyrite_turned_away_total{code="pixel.origin"} 1.0',
        'pyrite_turned_away_total{code="pixel.key"} 1.0',
    ):
        assert line in counted


def test_requests_under_way_are_counted_over_all_dialects(edge: Maker) -> None:
    class Slow(MemoryStore):
        """Writes when it is told to."""

        def __init__(self) -> None:
            super().__init__()
            self.begun: Future[None] = Future()
            self.waiting: list[tuple[Batch, Written]] = []

        def write(self, batch: Batch, done: Written) -> None:
            self.waiting.append((batch, done))
            self.begun.set_result(None)

        def finish(self) -> None:
            for batch, done in self.waiting:
                super().write(batch, done)

    store = Slow()
    app = edge(store=store, limits=Limits(requests=1), dialects=[Pixel()]).app

    async def both() -> list[int]:
        first = asyncio.create_task(asked(app, "/px/open", b"s=shop"))
        await asyncio.wrap_future(store.begun)
        second = await asked(app, "/px/open", b"s=shop")
        store.finish()
        return [await first, second]

    assert asyncio.run(both()) == [200, 503]


async def asked(app: Any, path: str, query: bytes) -> int:
    statuses: list[int] = []

    async def send(message: Any) -> None:
        if "status" in message:
            statuses.append(message["status"])

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": [], "http_version": "1.1"}  # fmt: skip
    await app(scope, receive, send)
    return statuses[0]


def test_a_page_may_read_its_answers_and_is_told_its_methods(edge: Maker) -> None:
    client = edge(dialects=[Pixel()])
    origin = {"origin": "https://elsewhere.test"}
    told = client.options("/px/open", headers=origin)

    assert told.status_code == 204
    assert told.headers["access-control-allow-methods"] == "GET"
    answer = client.get("/px/open?s=shop", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "https://elsewhere.test"


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_page_reads_why_it_is_refused_unless_the_dialect_hides_that(
    edge: Maker, method: str
) -> None:
    client = edge(dialects=[Pixel()])
    told, hidden = [
        client.request(method, "/px/open?s=shop", headers={"origin": origin})
        for origin in ("https://evil.test", "http://evil.test")
    ]

    assert (told.status_code, hidden.status_code) == (403, 403)
    assert told.headers["access-control-allow-origin"] == "https://evil.test"
    assert told.headers["x-code"] == hidden.headers["x-code"] == "pixel.origin"
    assert not [name for name in hidden.headers if name.startswith("access-control")]
    assert "access-control-allow-methods" not in told.headers


@pytest.mark.parametrize("prefix", ["", "/t", "/a b", "/v1/x"])
def test_addresses_are_told_apart_as_they_were_sent_wherever_the_edge_is_mounted(
    edge: Maker, prefix: str
) -> None:
    inner: Any = edge(dialects=[Pixel()]).app
    client = TestClient(Starlette(routes=[Mount(prefix, inner)]))
    one = client.get(prefix + "/px/a%2Fb?s=shop")
    two = client.get(prefix + "/px/a/b?s=shop")
    ours = client.post(prefix + "/ee/v1/collect?configId=shop", content=b'{"events":[{}]}')

    assert (one.status_code, two.status_code, ours.status_code) == (200, 404, 204)
    assert [(found.source, found.type) for found in inner.state.store.events()] == [
        ("pixel", "a/b"),
        ("web", ""),
    ]


def test_files_are_for_every_page_also_where_the_prefix_looks_like_an_address(edge: Maker) -> None:
    client = TestClient(Starlette(routes=[Mount("/v1/x", edge().app)]))

    answer = client.get("/v1/x/alloy.js", headers={"origin": "https://elsewhere.test"})
    assert answer.status_code == 200


def test_a_dialect_that_comes_later_has_the_addresses_that_ours_only_knows(edge: Maker) -> None:
    class Versioned(Pixel):
        def match(self, scope: Any) -> Any:
            return super().match({**scope, "raw_path": b"/px/open"}) if "/v1/p" in scope["path"] else None  # fmt: skip

    client = edge(dialects=[Versioned()])
    assert client.get("/api/v1/p?s=shop").content == GIF
    assert client.get("/api/v1/other?s=shop").status_code == 404


def test_an_accident_of_its_own_is_answered_by_it_and_kept_once(edge: Maker) -> None:
    class Faulty(Pixel):
        def read(self, call: Any, content: bytes) -> Any:
            raise ZeroDivisionError

    client = edge(dialects=[Faulty()])
    answers = [client.get("/px/open?s=shop") for _ in range(3)]

    assert [(one.status_code, one.content) for one in answers] == [(500, GIF)] * 3
    assert [(row.source, row.code) for row in bad(client)] == [("pixel", "edge.failed")]


def test_a_dialect_says_what_row_is_kept_of_a_refusal_and_that_none_may_be(edge: Maker) -> None:
    class Choosing(Pixel):
        def read(self, call: Any, content: bytes) -> Any:
            problem = Problem(422, "pixel.no", "no")
            problem.row = BadRow(
                received_ms=1, code="own", path="", message="", url="", body=b"own", source="pixel", context='{"a":1}',
            )  # fmt: skip
            raise problem

        def refuse(self, call: Any, problem: Any) -> Any:
            problem.is_private = b"private" in call.scope["query_string"]
            return super().refuse(call, problem)

    client = edge(dialects=[Choosing()])
    for query in ("s=shop", "s=shop&private"):
        assert client.get(f"/px/open?{query}").status_code == 422

    assert [(row.code, row.body, row.context) for row in bad(client)] == [
        ("own", b"own", '{"a":1}')
    ]


def test_events_of_one_place_are_refused_together_and_others_counted(
    edge: Maker, tmp_path: Path
) -> None:
    class Double(Pixel):
        """Two events of each place, and one beside the first."""

        def read(self, call: Any, content: bytes) -> Any:
            one = super().read(call, content)
            [event] = one.events
            kinds = [(0, "good"), (0, "bad"), (1, "good"), (1, "good")]
            found = Placed(datastream=one.datastream, events=[
                replace(event, id=f"e{number}", type=kind) for number, (_, kind) in enumerate(kinds)
            ])  # fmt: skip
            found.beside = [(0, replace(event, id="b0")), (1, replace(event, id="b1"))]
            found.counted = {"robots": "dropped"}
            return found

    class Placed(Arrival):
        def places(self) -> list[int]:
            return [0, 0, 1, 1]

        def refuse(self, place: int, error: Exception) -> None:
            assert isinstance(error, Problem)
            self.refused.append((place, error))

    schema = tmp_path / "bad.json"
    schema.write_text('{"required": ["nothing"]}')
    client = edge(
        settings=Edge(metrics=True),
        datastreams={"shop": Datastream(schemas={"bad": str(schema)})},
        dialects=[Double()],
    )
    client.get("/px/open?s=shop")

    assert [one.id for one in stored(client)] == ["e2", "e3", "b1"]
    assert 'pyrite_robots_total{what="dropped"} 1.0' in client.get("/metrics").text


def test_a_part_of_the_trackers_events_may_be_anothers() -> None:
    class Shouts:
        def __call__(self, found: Any, event: Event, arrival: Any, call: Any) -> list[Event]:
            if found == "no":
                raise Problem(422, "shout.no", "no")
            arrival.memory["count"] = arrival.memory.get("count", 0) + 1
            return [replace(event, type=found), replace(event, id=event.id + "+", type="echo")]

        def hides(self, content: bytes) -> bytes:
            return content

    settings = Settings()
    call = Call(
        {"type": "http", "method": "POST", "path": "/ee/v1/collect", "query_string": b"configId=shop", "headers": []},
        None,  # type: ignore[arg-type]
        Route("collect"),
    )  # fmt: skip
    body = {"events": [event("a", shout="hey"), event("b"), event("c", shout="no"), event("d", shout="ho")]}  # fmt: skip
    arrival = Adobe(settings, {"shout": Shouts()}).read(call, json.dumps(body).encode())

    assert [(one.id, one.type) for one in arrival.everything()] == [
        ("a", "hey"), ("b", "t"), ("d", "ho"), ("a+", "echo"), ("d+", "echo"),
    ]  # fmt: skip
    assert [(place, problem.code) for place, problem in arrival.refused] == [(2, "shout.no")]
    assert arrival.memory == {"count": 2}


def test_the_rooms_for_every_dialect_name_none() -> None:
    words = ("/v1/", "configId", "requestId", "handle", "pixel", "adobe", "jss", "ibexa")
    for file in sorted(INGEST.glob("*.py")):
        tree = ast.parse(file.read_text())
        code = "\n".join(ast.unparse(node) for node in tree.body if not isinstance(node, ast.Expr))
        for word in words:
            assert word not in code, f"{file.name} knows {word!r}"


def test_both_are_dialects() -> None:
    pixel: Dialect[Any] = Pixel()

    assert pixel.name == "pixel"

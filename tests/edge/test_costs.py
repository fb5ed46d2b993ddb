"""No body costs more than a fixed number of times its size: in time, on disk, in its answer. Nothing grows as a product of two
sizes that a client chooses.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asked import post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pyrite.edge.settings import Datastream, Edge, Limits, Settings
from pyrite.stores.contract import Batch, Written
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

TIMES = 30  # bytes on disk, and in the answer, for each byte that came
BASE = 250_000  # and so many whatever came: a hundred events, each with its row, its reason, its place in the answer
SECONDS_A_BYTE = 20e-6  # generous: the slowest of these takes a tenth of it
SECONDS = 1.0
MANY = 100  # events that an edge takes in one body
NOW_MS = 1_795_157_627_711


class Counting(MemoryStore):
    """A store that counts the bytes it is given."""

    taken = 0

    def write(self, batch: Batch, done: Written) -> None:
        for event in batch.events:
            self.taken += sum(map(len, (event.body, event.type, event.url, event.id, event.visitor, *event.shown)))  # fmt: skip
        for row in batch.bad_rows:
            self.taken += sum(map(len, (row.body, row.message, row.path, row.url, row.visitor)))
        if batch.deliveries:
            self.taken += len(json.dumps(batch.deliveries.dropped)) + len(batch.deliveries.page)
        super().write(batch, done)


@pytest.fixture
def costly(edge: Maker, tmp_path: Path) -> TestClient:
    """An edge with experiences and a schema, each of which makes work of events."""
    folder = tmp_path / "experiences"
    folder.mkdir()
    for number in range(3):
        (folder / f"e{number}.toml").write_text(
            '[audience]\nquery = { a = "b" }\nnot = { url = ["x", "y"] }\n' if number else ""
            '[[variants]]\nid = "a"\n[[variants.items]]\ntype = "setHtml"\nselector = "h1"\ncontent = "' + "x" * 2000 + '"\n'
        )  # fmt: skip
    schema = tmp_path / "schema.json"
    each = {"additionalProperties": {"$ref": "#/$defs/each"}, "type": "object", "maxProperties": 0}
    schema.write_text(json.dumps({"$defs": {"each": each}, "properties": {"data": {"$ref": "#/$defs/each"}}}))  # fmt: skip
    streams = {
        "shop": Datastream(),
        "warned": Datastream(schemas={"*": str(schema)}, violations="warn"),
        "refused": Datastream(schemas={"*": str(schema)}),
    }
    return edge(
        store=Counting(),
        limits=Limits(),
        settings=Edge(experiences=str(folder)),
        datastreams=streams,
    )


def check(client: TestClient, content: bytes, *, stream: str = "shop", action: str = "interact") -> int:  # fmt: skip
    """Send *content*, and see that its cost is in proportion; the answer's status."""
    store: Any = client.app.state.store  # type: ignore[attr-defined]
    before = store.taken
    started = time.process_time()
    response = post(client, body=content, path=f"/ee/v1/{action}?configId={stream}&requestId=r")
    seconds = time.process_time() - started
    taken = store.taken - before

    assert response.status_code < 500, response.text
    assert taken <= TIMES * len(content) + BASE, (taken, len(content))
    assert len(response.content) <= TIMES * len(content) + BASE, len(response.content)
    assert seconds <= SECONDS_A_BYTE * len(content) + SECONDS, (seconds, len(content))
    status: int = response.status_code
    return status


def names(size: int, length: int = 6) -> list[str]:
    """Different names of *length* characters or more, *size* characters in all."""
    return [str(number).rjust(length, "n") for number in range(size // length)]


def raw(config: dict[str, Any] | None = None, *commands: Any, **facts: Any) -> dict[str, Any]:
    given = [["configure", {"datastreamId": "shop"} | (config or {})], *(commands or EVENTS)]
    return {"raw": {"commands": given, "facts": {"url": "https://a.test/"} | facts, "sentAt": NOW_MS}}  # fmt: skip


EVENTS = [["event", {}, f"id-{number}", NOW_MS] for number in range(MANY)]
PAGE = {"personalization": {"decisionScopes": ["__view__"], "schemas": []}}


def events(*, count: int = MANY, **parts: Any) -> list[Any]:
    return [{"xdm": {"_id": f"e{number}"}} | parts for number in range(count)]


def shown(size: int) -> dict[str, Any]:
    """XDM that reports *size* characters of different experiences as displayed."""
    propositions = [
        {"scopeDetails": {"decisionProvider": "PYR", "activity": {"id": name}}} for name in names(size)
    ]  # fmt: skip
    return {"_experience": {"decisioning": {"propositions": propositions, "propositionEventType": {"display": 1}}}}  # fmt: skip


def text(size: int) -> str:
    return "x" * size


def deep(size: int, levels: int = 60) -> Any:
    """*size* characters, and *levels* objects around them."""
    value: Any = text(size)
    for _ in range(levels):
        value = {"n": value}
    return value


HOSTILE: dict[str, Callable[[int], Any]] = {
    "a long unknown option": lambda size: raw({text(size): 1}),
    "many unknown options": lambda size: raw(dict.fromkeys(names(size), 1)),
    "long unknown options of each command": lambda size: raw({}, *[["event", {text(size // MANY): 1}]] * MANY),
    "many unknown options of each command": lambda size: raw({}, *[["event", dict.fromkeys(names(size // MANY), 1)]] * MANY, EVENTS[0]),
    "more commands than are taken": lambda size: raw({}, *[["event", {"x": 1}]] * (size // 16)),
    "refused commands of a page with long facts": lambda size: raw({}, EVENTS[0], *[["event", {"x": 1}]] * 99, url=text(size), cookie="kndctr_" + text(size)),
    "refused commands and a long configuration": lambda size: raw({"prehidingStyle": text(size)}, EVENTS[0], *[["event", {"x": 1}]] * 99),
    "commands of a wrong shape": lambda size: raw({}, EVENTS[0], *[[text(size // MANY)]] * 99),
    "a page's long address": lambda size: raw(url="https://a.test/" + text(size), referrer=text(size)),
    "a page's long facts": lambda size: raw(timezone=text(size), topDomain=text(size), device=text(size), hints={"model": text(size)}),
    "facts that nobody asks for": lambda size: raw(None, **dict.fromkeys(names(size), 1)),
    "a page's many cookies": lambda size: raw(cookie="; ".join([f"{name}=1" for name in names(size)])),
    "a page's many cookies of ours": lambda size: raw(cookie="; ".join([f"kndctr_shop_{name}=1" for name in names(size)])),
    "long overrides": lambda size: raw({"edgeConfigOverrides": {"x": text(size)}}),
    "many contexts": lambda size: raw({"context": ["device"] * (size // 9)}),
    "a long organisation": lambda size: raw({"orgId": text(size)}),
    "a long domain": lambda size: raw({"edgeDomain": text(size)}),
    "many scopes": lambda size: raw({}, ["event", {"viewStart": True, "decisionScopes": names(size), "personalization": {"surfaces": ["web://" + name for name in names(size)]}}]),
    "refused events and a long rest": lambda size: {"pad": text(size), "events": [5] * MANY},
    "refused events and long identities": lambda size: {"xdm": {"identityMap": {text(size): [{"id": text(size)}]}}, "events": [5] * MANY},
    "refused events with a long part": lambda size: {"events": [{"xdm": [text(size // MANY)]}] * MANY},
    "identities for each event": lambda size: {"xdm": {"identityMap": {"FPID": [{"id": "d1"}], "mail": [{"id": text(size)}]}}, "events": events()},
    "many identities for each event": lambda size: {"xdm": {"identityMap": {name: [] for name in names(size)}}, "events": [{}] * MANY},
    "identities of one name for each event": lambda size: {"xdm": {"identityMap": {"FPID": [{"id": name} for name in names(size)]}}, "events": [{}] * MANY},
    "events that ask": lambda size: {"events": events(query=PAGE), "pad": text(size)},
    "events that ask with a long address": lambda size: {"events": [{"xdm": {"web": {"webPageDetails": {"URL": "https://a.test/?" + "&".join(names(size // MANY))}}}, "query": PAGE}] * MANY},
    "scopes of each event": lambda size: {"events": events(query={"personalization": {"decisionScopes": names(size // MANY)}})},
    "an address with many parameters": lambda size: {"events": [{"xdm": {"web": {"webPageDetails": {"URL": "https://a.test/?" + "&".join([name + "=%41" for name in names(size)])}}}, "query": PAGE}]},
    "displays of many experiences": lambda size: {"events": [{"xdm": shown(size)}]},
    "many reasons of dropped events": lambda size: {"events": [{}], "meta": {"delivery": {"page": "p", "dropped": dict.fromkeys(names(size), 1)}}},
    "long reasons of dropped events": lambda size: {"events": [{}], "meta": {"delivery": {"page": "p", "dropped": {text(size): 1}}}},
    "many cookies in the body": lambda size: {"events": [{}], "meta": {"state": {"entries": [{"key": name, "value": "v"} for name in names(size)]}}},
    "a long cookie in the body": lambda size: {"events": [{}], "meta": {"state": {"entries": [{"key": "kndctr_shop_identity", "value": "A" * size}]}}},
    "a long consent": lambda size: {"consent": [{"standard": text(size)}], "events": [5] * MANY},
    "long keys that a schema forbids": lambda size: {"events": events(data={text(size // MANY): 1})},
    "many keys that a schema forbids": lambda size: {"events": events(data=dict.fromkeys(names(size // MANY), 1))},
    "long values that a schema forbids at each level": lambda size: {"events": [{"data": deep(size)}]},
    "more events than are taken": lambda size: {"events": [{}] * (size // 3)},
    "events that hold nothing": lambda size: {"events": [{}] * MANY},
    "long ids": lambda size: {"events": [{"xdm": {"_id": text(size // MANY)}}] * MANY},
    "long types": lambda size: {"events": [{"xdm": {"eventType": text(size // MANY)}}] * MANY},
    "a long time": lambda size: {"events": [{"xdm": {"timestamp": text(size)}}], "meta": {"sentAt": int("9" * 300)}},
    "lists too deep": lambda size: {"events": [{"data": {"n": [[["HERE"]]]}}], "pad": [[]] * (size // 4)},
}  # fmt: skip
TEXTS: dict[str, Callable[[int], str]] = {
    "brackets that are never closed": lambda size: "[" * size,
    "objects that are never closed": lambda size: '{"a":' * (size // 5),
    "brackets that were never opened": lambda size: "]" * size,
    "brackets closed wrongly": lambda size: "[}" * (size // 2),
    "an event of brackets": lambda size: '{"events":[{"data":{"n":' + "[" * (size // 2) + "]" * (size // 2) + "}}]}",
    "many lists just too deep": lambda size: '{"events":[{"data":{"n":' + "[" * 62 + ",".join(["[[1]]"] * (size // 6)) + "]" * 62 + "}}]}",
    "brackets in texts": lambda size: '{"events":[{"data":{"n":"' + "[" * size + '"}}]}',
    "texts with brackets": lambda size: '{"events":[{"data":{"n":[' + ",".join(['"["'] * (size // 4)) + "]}}]}",
    "a text that is never closed": lambda size: '{"events":["' + '\\"[' * (size // 3),
    "backslashes": lambda size: '{"events":["' + "\\" * size,
    "texts never closed, with brackets": lambda size: "[" * 70 + '"[' * (size // 2),
    "halves of characters": lambda size: '{"events":[{"data":{"n":"' + "\\ud83d" * (size // 6) + '"}}]}',
    "numbers beyond": lambda size: '{"events":[{"data":{"n":[' + ",".join(["1e999"] * (size // 6)) + "]}}]}",
    "a number without end": lambda size: '{"events":[{"data":{"n":' + "9" * size + "}}]}",
    "a fraction without end": lambda size: '{"events":[{"data":{"n":1.' + "9" * size + "}}]}",
    "spaces": lambda size: " " * size,
    "nothing": lambda size: "\0" * size,
    "escapes": lambda size: '{"events":[{"data":{"n":"' + "\\u0041" * (size // 6) + '"}}]}',
}  # fmt: skip
SIZES = (100, 30_000)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_costs_a_bounded_number_of_times_its_size(
    costly: TestClient, name: str
) -> None:
    for size in SIZES:
        content = json.dumps(HOSTILE[name](size)).encode()
        for stream in ("warned", "refused") if "schema" in name else ("shop",):
            check(costly, content, stream=stream)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_bytes_cost_a_bounded_number_of_times_their_size(
    costly: TestClient, name: str
) -> None:
    for size in SIZES:
        check(costly, TEXTS[name](size).encode())


PLACES = st.lists(st.tuples(st.sampled_from(sorted(HOSTILE)), st.integers(0, 20_000)), min_size=2, max_size=4)  # fmt: skip


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(PLACES)
def test_hostile_bodies_put_together_cost_a_bounded_number_of_times_their_size(
    costly: TestClient, parts: list[tuple[str, int]]
) -> None:
    body: dict[str, Any] = {}
    for name, size in parts:
        body |= HOSTILE[name](size)
    check(costly, json.dumps(body).encode())


def test_the_settings_bound_what_is_said_of_them_too() -> None:
    from pyrite.core.options.suggest import did_you_mean

    known = list(Settings.__struct_fields__)
    assert did_you_mean(text(1_000_000), known) == ""

"""From bytes to a body's value: legal JSON is mended where it can't be kept as it is; what is too deep is one event's mistake."""

import gzip
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from asked import event, handles, post, stored
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pyrite.edge.http.problems import Problem
from pyrite.edge.ingest import bodies
from pyrite.edge.replay import replay
from pyrite.edge.settings import Datastream, Limits, Settings

Maker = Callable[..., TestClient]

LEVELS = 20  # that the fixture's edge takes


def bad(client: TestClient) -> list[Any]:
    return list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]


def nested(levels: int, inner: str = "1") -> str:
    return "[" * levels + inner + "]" * levels


def body(*data: str) -> bytes:
    """A body with an event for each JSON text of *data*, with the ids e0, e1, …"""
    events = [
        f'{{"xdm":{{"_id":"e{number}"}},"data":{{"n":{text}}}}}' for number, text in enumerate(data)
    ]
    return ('{"events":[' + ",".join(events) + "]}").encode()


MENDED: list[tuple[str, str, Any]] = [
    ("half of an emoji", r'"cut \ud83d"', "cut \ufffd"),
    ("the other half", r'"\ude00 cut"', "\ufffd cut"),
    ("halves in the wrong order", r'"\ude00\ud83d"', "\ufffd\ufffd"),
    ("a half before a whole one", r'"\ud83d\ud83d\ude00"', "\ufffd😀"),
    ("a half as a key", r'{"\uD83D": 1}', {"\ufffd": 1}),
    ("a half behind an escaped backslash", r'"\\\ud83d \\ud83d"', "\\\ufffd \\ud83d"),
    ("a number that no double holds", "1e400", None),
    ("one below zero", "-1e999", None),
    ("a whole one", "9" * 4301, None),
    ("many, and good ones beside", "[1e400, 2.5, 1e-400, 7, -1E+500]", [None, 2.5, 0.0, 7, None]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kept"), [row[1:] for row in MENDED], ids=[row[0] for row in MENDED])  # fmt: skip
def test_legal_json_that_can_not_be_kept_as_it_is_is_mended_and_taken_and_that_is_said(
    edge: Maker, text: str, kept: Any
) -> None:
    client = edge()
    response = post(client, "collect", body("1", text, '"good"'))

    assert response.status_code == 200
    assert [json.loads(one.body)["data"]["n"] for one in stored(client)] == [1, kept, "good"]
    assert [one["type"] for one in response.json()["warnings"]] == [
        "https://pyrite.dev/problems/body.mended"
    ]
    assert bad(client) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_read_past(edge: Maker, encoding: str) -> None:
    client = edge()
    response = post(client, "collect", body('"ü"').decode().encode(encoding))

    assert "byte order mark" in response.json()["warnings"][0]["title"]
    assert json.loads(stored(client)[0].body)["data"] == {"n": "ü"}


def test_a_raw_queue_with_half_an_emoji_is_taken(edge: Maker) -> None:
    client = edge()
    queue = (
        '{"raw":[{"datastreamId":"shop"},[["event",{"data":{"n":"\\ud83d"}},"id",1]],'
        '["https://shop.test/","",null,null,1,1,"",1,1,"UTC",0],"d",2]}'
    )
    response = post(client, "collect", queue.encode(), path="/ee/v1/collect")

    assert response.status_code == 200
    assert json.loads(stored(client)[0].body)["data"] == {"n": "\ufffd"}


@pytest.mark.parametrize(
    "text",
    ['{"events":[{"data":{"n":NaN}}]}', '{"events":[Infinity]}', '{"events":[{"data":"\\ud8"}]}', '["\\ud83d",1e400,NaN]', '{"a":"\\ud8"""}'],
)  # fmt: skip
def test_what_is_no_json_is_refused_all_the_same(edge: Maker, text: str) -> None:
    assert post(edge(), "collect", text.encode()).json()["code"] == "body.json"


@pytest.mark.parametrize("levels", [LEVELS, 100, 200, 5000])
def test_one_event_that_is_too_deep_is_refused_alone_and_its_neighbours_are_stored(
    edge: Maker, levels: int
) -> None:
    client = edge(limits=Limits(depth=LEVELS))
    response = post(client, "collect", body("1", nested(levels), '"["'))

    assert response.status_code == 207
    assert [one.id for one in stored(client)] == ["e0", "e2"]
    assert [one["report"] for one in response.json()["errors"]] == [{"eventIndex": 1}]
    row = bad(client)[0]
    assert (row.code, row.path) == ("event.too_deep", "$.events[1]")
    assert nested(levels).encode() in row.body


def test_what_was_too_deep_is_replayed_whole_once_the_edge_takes_it(edge: Maker) -> None:
    client = edge()
    post(client, "collect", body("1", nested(LEVELS)))
    store: Any = client.app.state.store  # type: ignore[attr-defined]
    settings = Settings(datastreams={"shop": Datastream()}, limits=Limits(depth=50))
    found = list(replay(store, bad(client), settings))

    assert [one.stored for one in found] == [1]
    assert nested(LEVELS) in stored(client)[1].body


def test_a_level_that_the_edge_takes_is_not_too_deep(edge: Maker) -> None:
    client = edge()
    deepest = (
        LEVELS - 4
    )  # below the body, its events, the event, its data; and one without anything inside

    assert post(client, "collect", body(nested(deepest, '"]]{["'))).status_code == 204
    assert post(client, "collect", body(nested(deepest + 2))).status_code == 400


def test_what_is_too_deep_beside_the_events_costs_none_of_them(edge: Maker) -> None:
    client = edge()
    content = (
        b'{"events":[{"xdm":{"_id":"e"}}],"xdm":{"identityMap":{"FPID":[{"id":"d1"}]}},"meta":'
        + nested(2000).encode()
        + b"}"
    )
    response = post(client, "collect", content)

    assert "beside the events became null" in response.json()["warnings"][0]["title"]
    assert [(one.id, one.visitor) for one in stored(client)] == [("e", "d1")]


def test_a_command_of_a_raw_queue_that_is_too_deep_is_refused_alone(edge: Maker) -> None:
    client = edge()
    commands = '["configure",{"datastreamId":"shop"}],["event",{"data":{"n":1}},"a",1],'
    deep = f'["event",{{"data":{{"n":{nested(300)}}}}},"b",1]'
    content = f'{{"raw":{{"commands":[{commands}{deep}],"facts":{{}},"sentAt":2}}}}'
    response = post(client, "collect", content.encode())

    assert response.status_code == 207
    assert [one.id for one in stored(client)] == ["a"]
    assert [(row.code, nested(300).encode() in row.body) for row in bad(client)] == [
        ("event.too_deep", True)
    ]


@pytest.mark.parametrize("content", ["[" * 3000, "[" * 100_000, '{"events":' * 3000, "[" * 3000 + "]" * 2999], ids=len)  # fmt: skip
def test_brackets_that_are_never_closed_are_refused(edge: Maker, content: str) -> None:
    client = edge(limits=Limits())
    assert post(client, "collect", content.encode()).status_code == 400


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.integers(-5, 5) | st.text('ab"\\[]{}\ud83d\ude00😀', max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\[', max_size=2), inner, max_size=3),
        max_leaves=20,
    )
)  # fmt: skip
def test_the_slow_way_reads_what_the_fast_one_does_and_puts_back_what_it_cut(value: Any) -> None:
    whole = json.loads(json.dumps(value))
    content = json.dumps({"events": [whole]}).encode()
    found = bodies._mended(content, 2)
    [event] = found.value["events"]
    back = found.original(json.dumps(event).encode())

    assert len(found.value["events"]) == 1
    assert found.is_cut(event) == (depth(whole) > 1)
    assert mended(json.loads(back)) == mended(whole)


def depth(value: Any) -> int:
    """Levels of lists and objects in *value*."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None  # fmt: skip
    return 0 if inner is None else 1 + max([depth(one) for one in inner], default=0)


def mended(value: Any) -> str:
    """*value* as text, with U+FFFD for halves of characters."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# ---- gzip --------------------------------------------------------------------------------------------------------------


def test_a_small_body_that_becomes_too_large_out_of_gzip_is_refused(edge: Maker) -> None:
    client = edge()  # takes 5,000 bytes
    bomb = gzip.compress(b" " * 1_000_000)

    assert len(bomb) < 2000
    assert post(client, "collect", bomb).json()["code"] == "body.too_large"
    assert bad(client)[0].body == bomb


def test_what_is_as_large_as_a_body_may_be_out_of_gzip_is_taken() -> None:
    noise = random.Random(1).randbytes(30_000)  # repeated further back than half a window
    content = noise + noise
    limits = Limits(body_bytes=len(content))

    assert bodies.unpacked(gzip.compress(content), limits) == content
    assert bodies.unpacked(gzip.compress(noise) + gzip.compress(noise), limits) == content
    for packed in (gzip.compress(content + b"x"), gzip.compress(content) + gzip.compress(b"x")):
        with pytest.raises(Problem) as refusal:
            bodies.unpacked(packed, limits)
        assert refusal.value.code == "body.too_large"


def test_what_stands_behind_gzip_is_not_dropped(edge: Maker) -> None:
    client = edge()
    packed = gzip.compress(json.dumps({"events": [event("a")]}).encode())

    assert post(client, "collect", packed + b"rest").json()["code"] == "body.gzip"
    assert post(client, "collect", packed + gzip.compress(b" ") * 200).status_code == 400
    assert post(client, "interact", packed + gzip.compress(b"\n")).status_code == 200
    assert handles(post(client, "interact", packed), "state:store")

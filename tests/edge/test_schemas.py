"""What a data stream expects of its events."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asked import post
from starlette.testclient import TestClient

from pyrite.edge.ingest.schemas import Schemas
from pyrite.edge.replay import replay
from pyrite.edge.settings import Datastream, Edge, Limits, Settings, SettingsError, read
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]


class Total(msgspec.Struct):
    total: float


class Order(msgspec.Struct):
    """What an order looks like, as a Python team writes it down."""

    data: Total


@pytest.fixture
def order(tmp_path: Path) -> str:
    """A JSON Schema of orders, in a file."""
    file = tmp_path / "order.json"
    total = {"type": "number", "minimum": 0}
    data = {"type": "object", "required": ["total"], "properties": {"total": total}}
    file.write_text(json.dumps({"type": "object", "properties": {"data": data}}))
    return str(file)


def event(id: str, type: str = "order", **data: Any) -> dict[str, Any]:
    return {"xdm": {"_id": id, "eventType": type}, "data": data}


def made(edge: Maker, **options: Any) -> TestClient:
    return edge(datastreams={"shop": Datastream(**options)})


def test_an_event_that_its_schema_does_not_allow_is_refused_and_kept(
    edge: Maker, order: str
) -> None:
    client = made(edge, schemas={"order": order})
    events = [event("a", total=5), event("b", total=-1), event("c", type="other", total="x")]
    answer = post(client, "collect", {"events": events})
    store = client.app.state.store  # type: ignore[attr-defined]

    assert answer.status_code == 207
    assert answer.json()["errors"] == [
        {
            "type": "https://pyrite.dev/problems/schema.violated",
            "status": 422,
            "title": f"event 'order' is not what {order} describes: .data.total: -1 is less than the minimum of 0",
            "detail": "$.events[1].data.total",
            "report": {"eventIndex": 1},
        }
    ]
    assert [one.id for one in store.events()] == ["a", "c"]
    assert [(row.code, row.path) for row in store.bad_rows()] == [
        ("schema.violated", "$.events[1].data.total")
    ]


def test_a_single_one_is_refused_with_422_and_can_be_replayed_once_the_schema_allows_it(
    edge: Maker, order: str
) -> None:
    store = MemoryStore()
    client = edge(store=store, datastreams={"shop": Datastream(schemas={"order": order})})
    assert post(client, "collect", {"events": [event("a")]}).status_code == 422
    now = Settings(datastreams={"shop": Datastream(schemas={"order": order})})
    still = list(replay(store, list(store.bad_rows()), now))
    Path(order).write_text("{}")
    then = list(replay(store, list(store.bad_rows()), now))

    assert still[0].problem
    assert then[0].stored == 1


def test_in_development_it_is_stored_and_the_page_is_told(edge: Maker, order: str) -> None:
    client = made(edge, schemas={"order": order}, violations="warn")
    answer = post(client, "collect", {"events": [event("a")]})

    assert answer.status_code == 200
    assert answer.json()["warnings"] == [
        {
            "type": "https://pyrite.dev/problems/schema.violated",
            "status": 200,
            "title": f"event 'order' is not what {order} describes: .data: \"total\" is a required property",
            "detail": "$.events[0].data",
            "report": {"eventIndex": 0},
        }
    ]
    assert post(client, "collect", {"events": [event("b", total=1)]}).status_code == 204
    assert len(list(client.app.state.store.events())) == 2  # type: ignore[attr-defined]


def test_a_python_type_is_a_schema_too_and_a_star_is_for_all_others(edge: Maker) -> None:
    client = made(edge, schemas={"*": f"{__name__}:Order"})

    assert post(client, "collect", {"events": [event("a", type="x", total="5")]}).status_code == 422
    assert post(client, "collect", {"events": [event("b", type="y", total=5)]}).status_code == 204


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nowhere.json", "No such file"),
        ("no.such.module:Order", "No module named"),
        (f"{__name__}:Nothing", "has no attribute"),
        ("broken.json", "Expecting"),
        ("wrong.json", "not valid under any of the schemas"),
    ],
)
def test_a_schema_that_can_not_be_read_names_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "wrong.json").write_text('{"type": "nonsense"}')
    (tmp_path / "pyrite.toml").write_text(f'[datastreams.shop.schemas]\norder = "{source}"\n')

    with pytest.raises(SettingsError) as error:
        Schemas(read(tmp_path / "pyrite.toml"))
    assert str(error.value).startswith(f"datastreams.shop.schemas.order: {source!r}: expected")
    assert said in str(error.value)


def test_a_page_under_development_is_given_the_schemas_and_what_becomes_of_violations(
    edge: Maker, order: str
) -> None:
    shop = Datastream(schemas={"order": order, "*": f"{__name__}:Order"}, violations="warn")
    client = edge(settings=Edge(development=True), datastreams={"shop": shop})
    told = client.get("/ee/v1/schemas?configId=shop").json()

    assert sorted(told["schemas"]) == ["*", "order"]
    assert told["schemas"]["order"] == json.loads(Path(order).read_text())
    assert "Order" in told["schemas"]["*"]["$defs"]
    assert told["violations"] == "warn"
    assert client.get("/ee/v1/schemas?configId=other").json()["schemas"] == {}
    assert 'src="/t/check.js"' in client.app.state.head(prefix="/t")  # type: ignore[attr-defined]


def test_an_edge_that_is_not_under_development_tells_nobody_its_schemas(
    edge: Maker, order: str
) -> None:
    client = made(edge, schemas={"order": order})

    assert client.get("/ee/v1/schemas?configId=shop").status_code == 404
    assert "check.js" not in client.app.state.head()  # type: ignore[attr-defined]


def test_of_many_violations_five_are_told_and_of_a_large_event_one(
    edge: Maker, tmp_path: Path
) -> None:
    file = tmp_path / "none.json"
    file.write_text('{"properties": {"data": {"additionalProperties": {"type": "string"}}}}')
    client = edge(limits=Limits(), datastreams={"shop": Datastream(schemas={"*": str(file)})})
    small = dict.fromkeys("abcdefgh", 1)
    large = {**small, "long": ["x" * 30_000]}
    said = [
        post(client, "collect", {"events": [{"data": data}]}).json()["detail"]
        for data in (small, large)
    ]

    assert [text.count("is not of type") for text in said] == [5, 1]
    assert max(map(len, said)) <= 1000

"""How an edge says how it does, over a real database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from asked import event, post
from starlette.testclient import TestClient

from pyrite.stores.sqlite import FILE, SqliteStore

Maker = Callable[..., TestClient]


def test_an_edge_whose_database_went_is_not_ready_until_it_has_another(
    edge: Maker, tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "data")
    client = edge(store=store)
    assert post(client).status_code == 200
    assert client.get("/ready").status_code == 200
    (tmp_path / "data" / FILE).unlink()
    ready = client.get("/ready")
    assert (ready.status_code, "was removed" in ready.json()["reason"]) == (503, True)
    assert client.get("/ready").status_code == 200
    assert post(client, body={"events": [event("again")]}).status_code == 200
    assert [one.id for one in store.events()] == ["again"]
    store.close()


def test_an_edge_whose_database_lost_a_table_is_not_ready(edge: Maker, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    client = edge(store=store)
    for table in ("events", "bad_rows"):
        with closing(sqlite3.connect(tmp_path / "data" / FILE)) as other:
            other.execute(f"DROP TABLE {table}")
        assert client.get("/ready").status_code == 503
        assert client.get("/ready").status_code == 200
    assert post(client).status_code == 200
    store.close()

"""An edge inside another app: what its own lifespan would do is done all the same."""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from asked import post
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

import pyrite
from pyrite.edge.settings import Edge, Settings, Store
from pyrite.stores.contract import Batch, Event
from pyrite.stores.sqlite import FILE, SqliteStore

Maker = Callable[..., TestClient]

OLD = Event(
    datastream="shop", id="old", type="t", url="", visitor="v1", made_ms=1, received_ms=1, body="{}"
)


def starlette(edge: Starlette) -> Starlette:
    return Starlette(routes=[Mount("/t", edge)])


def fastapi(edge: Starlette) -> FastAPI:
    outer = FastAPI()
    outer.mount("/t", edge)
    return outer


def itself(edge: Starlette) -> Starlette:
    return edge


@pytest.mark.parametrize("mounted", [starlette, fastapi, itself])
def test_what_is_too_old_goes_wherever_an_edge_is_mounted(
    built: Path, tmp_path: Path, mounted: Callable[[Starlette], Starlette]
) -> None:
    settings = Settings(edge=Edge(data=str(tmp_path / "data")), store=Store(keep_days=1))
    app = pyrite.edge(settings=settings)
    store = app.state.store
    store.submit(Batch(events=(OLD,))).result(5)
    prefix = "" if mounted is itself else "/t"
    with TestClient(mounted(app)) as client:
        end = time.monotonic() + 20
        while list(store.events()) and time.monotonic() < end:
            assert client.get(f"{prefix}/health").status_code == 200
        assert list(store.events()) == []
    store.close()


def test_the_steady_deleting_goes_on_where_another_loop_takes_over(
    built: Path, tmp_path: Path
) -> None:
    settings = Settings(edge=Edge(data=str(tmp_path / "data")), store=Store(keep_days=1))
    app = pyrite.edge(settings=settings)
    client = TestClient(starlette(app))  # a loop for each request
    for id in ("one", "two"):
        app.state.store.submit(Batch(events=(OLD,))).result(5)
        end = time.monotonic() + 20
        while list(app.state.store.events()) and time.monotonic() < end:
            client.get("/t/health")
        assert list(app.state.store.events()) == [], id
    app.state.store.close()


def test_the_store_closes_with_an_app_that_nobody_holds_any_longer(
    built: Path, tmp_path: Path
) -> None:
    own = pyrite.edge(data=tmp_path / "own").state.store
    given = SqliteStore(tmp_path / "given")
    pyrite.edge(store=given)
    gc.collect()

    assert own.state().failure == "the store is closed"
    assert given.state().failure == ""
    given.close()


def test_the_store_closes_with_the_interpreter(built: Path, tmp_path: Path) -> None:
    script = f"""
import pathlib, pyrite, pyrite.edge.app
from starlette.applications import Starlette
from starlette.routing import Mount
from pyrite.stores.contract import Batch, Event
pyrite.edge.app.built_files = lambda: pathlib.Path({str(built)!r})
edge = pyrite.edge(data={str(tmp_path / "data")!r})
host = Starlette(routes=[Mount("/t", edge)])
event = Event(datastream="s", id="e1", type="t", url="", visitor="v", made_ms=1, received_ms=1, body="{{}}")
edge.state.store.submit(Batch(events=(event,))).result(5)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, env=os.environ)
    left = [file.name for file in (tmp_path / "data").iterdir()]
    store = SqliteStore(tmp_path / "data")
    found = [event.id for event in store.events()]
    store.close()

    assert left == [FILE]  # the log was worked in
    assert found == ["e1"]


def test_settings_may_be_a_dict_of_the_form_of_the_file(built: Path, tmp_path: Path) -> None:
    values = {"edge": {"data": str(tmp_path / "data"), "origins": ["https://shop.test"]}}
    app = pyrite.edge(settings=values)
    answer = post(TestClient(app), headers={"origin": "https://shop.test"})
    app.state.store.close()

    assert answer.status_code == 200
    assert (tmp_path / "data" / FILE).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"egde": {}}, "settings: unknown key 'egde'; known are edge"),
        ({"edge": {"port": 70000}}, "settings: edge.port: expected `int` <= 65535"),
        ({"edge": {"prot": 1}}, "did you mean 'port'?"),
        ({"personalization": {"preview_secret": "x"}}, "expected at least 16 bytes, got 1"),
        ({"personalization": {"preview_secret": "   "}}, "preview_secret: expected at least 16 bytes"),
    ],
)  # fmt: skip
def test_a_dict_with_a_mistake_is_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match="settings: ") as refused:
        pyrite.edge(settings=values)

    assert said in str(refused.value)


def test_an_empty_key_of_preview_links_is_replaced_and_a_short_one_refused(
    built: Path, tmp_path: Path
) -> None:
    from pyrite.edge.experiences.preview import KEY_FILE, Previews, secret_in

    for empty in ("", "\n", "  "):
        (tmp_path / KEY_FILE).write_text(empty)
        forged = Previews(lambda text=empty: text, hours=1).link("https://a.test/", experience="e", variant="v")  # type: ignore[misc]  # fmt: skip
        made = secret_in(tmp_path)
        assert len(made) > 30
        assert (tmp_path / KEY_FILE).read_text() == made
        assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0
        with pytest.raises(ValueError, match="was not signed by this edge"):
            Previews(lambda key=made: key, hours=1).read(forged.partition("=")[2])  # type: ignore[misc]
    for short in ("x", "secret\n"):
        (tmp_path / KEY_FILE).write_text(short)
        with pytest.raises(ValueError, match=r"preview\.key: expected a secret of at least 16"):
            pyrite.edge(data=tmp_path)
        with pytest.raises(ValueError, match="remove it, and one is made"):
            Previews(lambda: secret_in(tmp_path), hours=1).read("token")


def test_a_key_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    from pyrite.edge.experiences.preview import KEY_FILE, secret_in

    made = secret_in(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)

    assert secret_in(tmp_path) == made
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0

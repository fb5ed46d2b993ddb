"""An edge inside another app, and one that uvicorn makes: where its tags point to, and what it reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from pyrite.edge.settings import Edge

Maker = Callable[..., TestClient]


def script_of(app: Any) -> str:
    """The address of the tracker in the tags of an edge."""
    return str(app.state.head().partition('async src="')[2].partition('"')[0])


@pytest.mark.parametrize("make", [Starlette, FastAPI])
def test_the_tags_of_a_mounted_edge_name_its_own_addresses_before_any_request(
    edge: Maker, make: Callable[[], Any]
) -> None:
    app: Any = edge().app
    outer = make()
    outer.mount("/t", app)

    assert script_of(app) == "/t/alloy.js"
    assert TestClient(outer).get(script_of(app)).status_code == 200


def test_a_mount_in_a_mount_and_a_middleware_between_are_found(edge: Maker) -> None:
    app: Any = edge().app
    inner = Starlette(routes=[Mount("/t", CORSMiddleware(app))])
    outer = Starlette(routes=[Mount("/a", routes=[Mount("/b", inner)])])

    assert script_of(app) == "/a/b/t/alloy.js"
    assert TestClient(outer).get(script_of(app)).status_code == 200


def test_a_prefix_that_the_server_tells_wins_over_the_mount(edge: Maker) -> None:
    app: Any = edge().app
    outer = Starlette(routes=[Mount("/t", app)])
    TestClient(outer, root_path="/proxied").get("/proxied/t/health")

    assert script_of(app) == "/proxied/t/alloy.js"
    assert 'src="https://cdn.test/alloy.js"' in app.state.head(prefix="https://cdn.test")


def test_an_edge_that_is_not_mounted_is_at_the_root(edge: Maker) -> None:
    assert script_of(edge().app) == "/alloy.js"


def test_an_edge_that_uvicorn_makes_reads_the_settings_where_it_is_started(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyrite.toml").write_text('[edge]\nregion = "or2"\n[datastreams.shop]\n')
    monkeypatch.chdir(tmp_path)
    config = uvicorn.Config("pyrite:edge", factory=True, log_config=None)
    config.load()
    app: Any = config.loaded_app.app
    app.state.store.close()

    assert app.state.settings.edge == Edge(region="or2")
    assert list(app.state.settings.datastreams) == ["shop"]

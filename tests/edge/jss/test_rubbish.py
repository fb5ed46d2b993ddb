"""Whatever comes by whatever address: the service takes it or refuses it, and never fails."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from service import EVENT, FLUSH, HUMAN, KEY, settings
from starlette.testclient import TestClient

import pyrite
from pyrite.edge.settings import Edge, Settings
from pyrite.stores.memory import MemoryStore

BASES = (EVENT, FLUSH, HUMAN, "/sitecore/api/layout/render/jss", "/sitecore/api/jss/track/why", "/sitecore/api/jss/track/profile")  # fmt: skip
KEYS = ("eventId", "goalId", "outcomeId", "campaignId", "pageId", "url", "currencyCode", "monetaryValue")  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ITEMS = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, VALUES)) | VALUES
COOKIES = st.sampled_from(["", "SC_ANALYTICS_GLOBAL_COOKIE=x", "SC_ANALYTICS_GLOBAL_COOKIE=" + "a" * 32 + "|True", "ASP.NET_SessionId=", "pyrite_fpid=device-1; kndctr_a_consent=general=in"])  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("jss")
    (folder / "built").mkdir()
    for name in ("manifest.json", "base-early.js", "alloy.js"):
        (folder / "built" / name).write_text('{"lane": "compiled", "files": {}}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pyrite.edge.app.built_files", lambda: folder / "built")
        wanted = Settings(jss=settings(folder), edge=Edge(development=True))
        yield TestClient(pyrite.edge(settings=wanted, store=MemoryStore()))


@tries(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.binary(max_size=60) | st.lists(ITEMS, max_size=4) | ITEMS, st.sampled_from(BASES[:2]))
def test_no_body_makes_it_fail(client: TestClient, body: Any, path: str) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(f"{path}?sc_apikey={KEY}", content=content)

    assert answer.status_code < 500


@tries(max_examples=60, deadline=None)
@given(
    st.sampled_from(BASES),
    st.sampled_from(["GET", "POST", "OPTIONS", "HEAD", "PUT"]),
    TEXTS,
    st.dictionaries(st.sampled_from(["sc_apikey", "item", "eid", "origin", "tracking", "sc_lang", "x"]), TEXTS, max_size=4),
    st.booleans(),
    COOKIES,
    st.sampled_from(["", "null", "https://app.example", "x" * 300, "http://[::1"]),
)  # fmt: skip
def test_no_address_makes_it_fail(
    client: TestClient, base: str, method: str, more: str, query: dict[str, str], keyed: bool, cookie: str, origin: str
) -> None:  # fmt: skip
    pairs = [f"{name}={quote(value)}" for name, value in query.items()] + [f"sc_apikey={KEY}"] * keyed  # fmt: skip
    headers = {"cookie": cookie} | ({"origin": origin} if origin else {})
    answer = client.request(method, f"{base}{quote(more)}?{'&'.join(pairs)}", headers=headers)

    assert answer.status_code < 500

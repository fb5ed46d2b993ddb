"""Whose word an edge takes for who really asks."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from pyrite.edge.http.server import config
from pyrite.edge.settings import Edge, Ibexa, IbexaCustomer, SettingsError

Maker = Callable[..., TestClient]
IBEXA = Ibexa(
    enabled=True, user_secret="s" * 16, customers={"00000": IbexaCustomer(datastream="shop")}
)
FORWARDED = {"x-forwarded-for": "8.8.8.8, 10.0.0.7", "x-forwarded-proto": "https"}


def kept(client: TestClient, sender: str, headers: dict[str, str], path: str) -> Any:
    """The bad row of a call at *path* from the address *sender*."""

    async def send(message: Any) -> None: ...

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{"}

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"configId=shop", "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "http_version": "1.1",
        "client": (sender, 5), "server": ("192.168.0.1", 80), "root_path": "",
    }  # fmt: skip
    app: Any = client.app
    asyncio.run(app(scope, receive, send))
    return list(app.state.store.bad_rows())[-1]


@pytest.mark.parametrize("path", ["/ee/v1/interact", "/api/00000/rate/x/1/1"])
@pytest.mark.parametrize(
    ("trusted", "sender", "seen"),
    [
        ([], "127.0.0.1", "loopback"),
        ([], "10.0.0.7", "private"),
        (["10.0.0.0/8"], "10.0.0.7", "public"),
        (["10.0.0.7"], "10.0.0.7", "public"),
        (["10.0.0.8"], "10.0.0.7", "private"),
        (["127.0.0.1"], "10.0.0.7", "private"),
    ],
)
def test_only_proxies_that_are_named_are_believed_by_every_dialect(
    edge: Maker, path: str, trusted: list[str], sender: str, seen: str
) -> None:
    client = edge(settings=Edge(trusted_proxies=trusted), ibexa=IBEXA)

    assert kept(client, sender, FORWARDED, path).client == seen


def test_whoever_comes_by_several_proxies_is_the_last_that_is_not_one_of_them(edge: Maker) -> None:
    client = edge(settings=Edge(trusted_proxies=["10.0.0.0/8"]))
    spoofed = {"x-forwarded-for": "127.0.0.1, 8.8.8.8, 10.1.1.1"}

    assert kept(client, "10.0.0.7", spoofed, "/ee/v1/interact").client == "public"


@pytest.mark.parametrize(("trusted", "secure"), [(["10.0.0.7"], True), ([], False)])
def test_the_scheme_is_the_visitors(edge: Maker, trusted: list[str], secure: bool) -> None:
    client = edge(settings=Edge(trusted_proxies=trusted), ibexa=IBEXA)
    behind = TestClient(client.app, base_url="http://edge.test", client=("10.0.0.7", 5))
    answer = behind.get("/api/00000/click/_me/1/1", headers=FORWARDED)

    assert ("Secure" in answer.headers["set-cookie"]) is secure


def test_the_server_itself_believes_nobody() -> None:
    assert config(None, host="127.0.0.1", port=8000).proxy_headers is False


@pytest.mark.parametrize("proxy", ["shop.test", "10.0.0.1/8", "", "*"])
def test_what_is_no_address_is_refused(proxy: str) -> None:
    with pytest.raises(SettingsError, match="trusted_proxies"):
        Edge(trusted_proxies=[proxy])

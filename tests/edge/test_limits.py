"""What requests may bring, whatever they ask for: headers, cookies, bodies under way."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asked import event, handles, post, stored
from starlette.testclient import TestClient

from pyrite.core.visitor.identity import identity_cookie
from pyrite.edge.settings import Limits

Maker = Callable[..., TestClient]

ECID = "68360022426352377510923813804667928661"
OURS = "kndctr_ORG_AdobeOrg_identity=" + identity_cookie(ECID)


def others(size: int) -> str:
    """Cookies of other software, *size* bytes of them."""
    return "; ".join([f"other{number}=" + "x" * 990 for number in range(size // 1000)])


@pytest.mark.parametrize("size", [0, 20_000, 60_000, 120_000])
def test_cookies_of_others_are_read_past_and_ours_is_found_among_them(
    edge: Maker, size: int
) -> None:
    client = edge()
    cookies = f"{others(size)}; {OURS}; {others(3000)}"
    response = post(client, headers={"cookie": cookies})

    assert response.status_code == 200
    assert handles(response, "state:store")[0]["value"] == identity_cookie(ECID)
    assert stored(client)[0].visitor == ECID


def test_cookies_in_several_headers_are_all_read(edge: Maker) -> None:
    client = edge()
    headers = [("content-type", "text/plain"), ("cookie", OURS), ("cookie", "a=b")]
    response = client.post(
        "/ee/v1/interact?configId=shop", content=b'{"events":[{}]}', headers=headers
    )

    assert response.status_code == 200
    assert stored(client)[0].visitor == ECID


def test_of_our_own_cookies_a_bounded_number_is_kept(edge: Maker) -> None:
    many = "; ".join([f"kndctr_ORG_AdobeOrg_{number}=" + "x" * 900 for number in range(100)])

    assert post(edge(), headers={"cookie": f"{OURS}; {many}"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"x-big": "y" * 20_000}, {"cookie": "y" * 140_000}, {f"x-{n}": "y" * 900 for n in range(20)}],
    ids=["one", "cookies", "many"],
)
def test_headers_without_end_are_refused_at_every_address(
    edge: Maker, headers: dict[str, str]
) -> None:
    client = edge()
    for path in ("/ee/v1/interact", "/ee/v1/x", "/health", "/ready", "/alloy.js", "/nowhere"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (431, "headers.too_large"), path


def test_an_address_without_end_is_refused_too(edge: Maker) -> None:
    client = edge()
    for path in ("/health?" + "x" * 20_000, "/" + "x" * 20_000):
        assert client.get(path).status_code == 431


class Slow:
    """An edge with bodies that arrive in pieces, and are never finished."""

    def __init__(self, client: TestClient) -> None:
        self._app: Any = client.app
        self.tasks: list[asyncio.Task[int]] = []

    def send(self, size: int) -> None:
        """Begin a body, of which *size* bytes arrive and then nothing."""
        self.tasks.append(asyncio.create_task(self._send(size)))

    async def _send(self, size: int) -> int:
        pieces = [b" " * min(1000, size - at) for at in range(0, size, 1000)]
        told: list[Any] = []
        scope = {
            "type": "http", "method": "POST", "path": "/ee/v1/collect", "raw_path": b"", "query_string": b"configId=shop",
            "headers": [(b"content-type", b"text/plain")], "http_version": "1.1", "scheme": "http",
            "server": ("127.0.0.1", 80), "client": None, "root_path": "",
        }  # fmt: skip

        async def receive() -> Any:
            if not pieces:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": pieces.pop(), "more_body": True}

        async def send(message: Any) -> None:
            told.append(message)

        await self._app(scope, receive, send)
        status: int = told[0]["status"]
        return status


def test_the_bodies_under_way_are_bounded_together_and_their_room_is_free_again(
    edge: Maker,
) -> None:
    client = edge(limits=Limits(body_bytes=100_000, flight_bytes=500_000))

    async def run() -> list[int]:
        slow = Slow(client)
        for _ in range(20):
            slow.send(90_000)
        await asyncio.sleep(0)
        while len([task for task in slow.tasks if task.done()]) < 15:
            await asyncio.sleep(0)
        refused = [task.result() for task in slow.tasks if task.done()]
        for task in slow.tasks:
            task.cancel()
        await asyncio.gather(*slow.tasks, return_exceptions=True)
        return refused

    assert asyncio.run(run()) == [503] * 15
    assert post(client, body={"events": [event()], "pad": "x" * 95_000}).status_code == 200


def test_what_comes_out_of_gzip_counts_among_the_bodies_under_way(edge: Maker) -> None:
    import gzip

    client = edge(limits=Limits(body_bytes=1_000_000, flight_bytes=100_000))
    answer = post(client, body=gzip.compress(b" " * 900_000))

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert post(client).status_code == 200


def test_too_many_requests_under_way_refuse_files_as_well_and_the_edge_is_alive(
    edge: Maker,
) -> None:
    client = edge(limits=Limits(requests=1))
    store: Any = client.app.state.store  # type: ignore[attr-defined]
    write = store.write
    found: dict[str, int] = {}

    def nested(*given: Any) -> None:
        store.write = write
        for path in ("/alloy.js", "/health"):  # while the first one is under way
            found[path] = client.get(path).status_code
        write(*given)

    store.write = nested
    assert post(client).status_code == 200
    assert found == {"/alloy.js": 503, "/health": 200}

"""Tests of web servers: the clients that the fixture gives, and what the servers' senders send to its edge."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pyrite.serverside import BOTTOM, RelaySettings, Sender, Views, relay, views_wsgi
from pyrite.testing import AsyncTracking, Tracking

CUSTOMER = "00000"
SETTINGS = {"ibexa": {"enabled": True, "customers": {CUSTOMER: {"keys": {"k1": "s" * 32}, "level": "server"}}}}  # fmt: skip


class RealEdge:
    """An edge that stands for the one in production: nothing of a test may come to it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def production() -> Iterator[RealEdge]:
    made = RealEdge()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def tracking() -> Iterator[Tracking]:
    made = Tracking(SETTINGS)
    yield made
    made.close()


def sold(request: Any) -> dict[str, Any]:
    return {"kind": "buy", "user": "4711", "itemtype": 1, "item": 77, "fullprice": "12.45EUR"}


def wsgi_app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("content-type", "text/html")])
    return [b"thank you"]


def test_what_a_wsgi_app_sends_comes_to_the_test_and_not_to_production(
    tracking: Tracking, production: RealEdge
) -> None:
    with Sender(
        production.url, customer=CUSTOMER, key="k1:" + "s" * 32, technique=BOTTOM
    ) as sender:
        client = tracking.wsgi(views_wsgi(wsgi_app, sender, event=sold))

        with tracking.expect_event("ibexa.buy", source="ibexa") as bought:
            assert client.get("/bought").text == "thank you"

        assert bought[0].body["ibexa"]["price"] == "12.45"
        assert bought[0].way == "server"
        assert sender.counts() == {"queued": 0, "sent": 1, "failed": 0, "dropped": {}}
        tracking.no_more_events()
    assert production.asked == []


def test_an_asgi_app_begins_and_ends_and_its_views_are_counted(
    tracking: Tracking, production: RealEdge
) -> None:
    lived: list[str] = []

    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello", media_type="text/html")

    class Life:
        def __init__(self, app: Any) -> None: ...

        async def __aenter__(self) -> None:
            lived.append("begun")

        async def __aexit__(self, *details: object) -> None:
            lived.append("ended")

    sender = Sender(production.url, datastream="shop")
    app = Views(Starlette(routes=[Route("/page", page)], lifespan=Life), sender)
    client = tracking.asgi(app)
    assert client.get("/page", headers={"accept": "text/html"}).text == "hello"

    tracking.expect_event("web.webpagedetails.pageViews", where=lambda event: event.url.endswith("/page"))  # fmt: skip
    tracking.check()
    tracking.close()
    assert lived == ["begun", "ended"]
    sender.close()
    assert production.asked == []


def test_what_is_under_way_is_waited_for_before_nothing_is_said_to_come(tracking: Tracking) -> None:
    with Sender("https://edge.example", datastream="shop") as sender:
        tracking.senders()
        tracking.slow(0.2)
        sender.event("view", url="https://shop.example/")

        with pytest.raises(AssertionError, match="expected no event"):
            tracking.expect_no_event().check()


def test_what_an_edge_that_is_down_has_not_taken_ends_with_the_test(production: RealEdge) -> None:
    sender = Sender(production.url, datastream="shop")
    tracking = Tracking()
    tracking.senders()
    tracking.down()
    sender.event("view", url="https://shop.example/")
    with pytest.raises(AssertionError, match="waiting in senders of this process: 1"):
        tracking.expect_event("view", within=0.1).check()
    tracking.close()

    sender.event("sold", url="https://shop.example/sold")
    sender.close()
    assert production.asked != []
    assert sender.counts()["sent"] == 1


def test_events_that_wait_for_production_do_not_come_to_a_test(
    tracking: Tracking, production: RealEdge, tmp_path: Any
) -> None:
    before = Sender("http://127.0.0.1:9", datastream="shop", queue=tmp_path / "queue")
    before.event("view", url="https://shop.example/")
    tracking.senders()
    before.event("sold", url="https://shop.example/sold")

    tracking.expect_event("sold").check()
    tracking.no_more_events()
    tracking.close()
    assert before.counts()["queued"] == 1
    before.close(0)


def test_a_relay_of_the_app_passes_pages_requests_on_to_the_test(tracking: Tracking) -> None:
    settings = RelaySettings(upstream="https://edge.example", datastream="shop", path="t/e", kinds=["view"])  # fmt: skip
    client = tracking.asgi(relay(settings))
    body = json.dumps({"kind": "view", "url": "http://testserver/"})
    answer = client.post("/t/e", content=body, headers={"origin": "http://testserver", "content-type": "application/json"})  # fmt: skip

    assert answer.status_code == 204, answer.text
    tracking.expect_event("view").check()


def test_a_coroutine_test_has_a_client_of_its_own() -> None:
    tracking = AsyncTracking()

    async def test() -> None:
        sender = Sender("https://edge.example", datastream="shop")

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})  # fmt: skip
            await send({"type": "http.response.body", "body": b"hello"})

        async with tracking.asgi(Views(app, sender)) as client:
            assert (await client.get("/page")).text == "hello"
        await tracking.expect_event("web.webpagedetails.pageViews")
        sender.close()

    try:
        asyncio.run(test())
    finally:
        tracking.close()

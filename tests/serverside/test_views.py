"""Requests become views: by ASGI and WSGI alike, at the technique's time, with nobody named who does not want it."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from pyrite.serverside import Seen, Sender, Views, views_wsgi
from pyrite.serverside.message import Message
from pyrite.serverside.worker import Answer

HTML = "text/html; charset=utf-8"


class Spy(Sender):
    """A sender that only says when an event was handed to be sent."""

    def __init__(self, log: list[str], technique: str = "queued") -> None:
        super().__init__(
            "https://edge.example",
            customer="1",
            technique=technique,
            transport=lambda one: Answer(status=200),
        )
        self._line.worker.put = lambda message: log.append(f"sent {message.target}")  # type: ignore[method-assign]


def event(seen: Seen) -> dict[str, Any] | None:
    return {"kind": "click", "itemtype": 1, "item": 77} if seen.is_page else None


def by_asgi(sender: Sender, log: list[str], *, headers: dict[str, str], type: str = HTML, status: int = 200, inside: bool = False, fails: bool = False) -> None:  # fmt: skip
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if inside:
            sender.event("basket", itemtype=1, item=5)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"Content-Type", type.encode())],
            }
        )
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        if fails:
            raise RuntimeError("in the middle")
        await send({"type": "http.response.body", "body": b"b"})

    async def send(message: Any) -> None:
        log.append(message["type"].rpartition(".")[2] + message.get("body", b"").decode())

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/p",
        "query_string": b"",
        "headers": pairs,
        "scheme": "https",
    }
    asyncio.run(Views(app, sender, event=event)(scope, None, send))  # type: ignore[arg-type]


def by_wsgi(sender: Sender, log: list[str], *, headers: dict[str, str], type: str = HTML, status: int = 200, inside: bool = False, fails: bool = False) -> None:  # fmt: skip
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response(f"{status} OK", [("Content-Type", type)])
        if inside:
            sender.event("basket", itemtype=1, item=5)
        yield b"a"
        if fails:
            raise RuntimeError("in the middle")
        yield b"b"

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/p",
        "wsgi.url_scheme": "https",
    }
    environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}

    def start_response(status: str, headers: Any, *rest: Any) -> None:
        log.append("start")

    body = views_wsgi(app, sender, event=event)(environ, start_response)
    try:
        for piece in body:
            log.append("body" + piece.decode())
    finally:
        body.close()  # type: ignore[attr-defined]


WAYS = pytest.mark.parametrize("ask", [by_asgi, by_wsgi], ids=["asgi", "wsgi"])


@WAYS
def test_a_view_of_page_bottom_leaves_after_the_last_byte_and_what_handlers_send_with_it(
    ask: Any,
) -> None:
    log: list[str] = []
    ask(Spy(log, "bottom"), log, headers={}, inside=True)

    sent = [line for line in log if line.startswith("sent")]
    assert log[-2:] == sent
    assert [line.split("/")[3] for line in sent] in (["click", "basket"], ["basket", "click"])


@WAYS
@pytest.mark.parametrize("technique", ["asynchronous", "queued"])
def test_other_techniques_begin_before_the_last_byte(ask: Any, technique: str) -> None:
    log: list[str] = []
    ask(Spy(log, technique), log, headers={})

    assert [line[:4] for line in log].index("sent") < log.index("bodyb")


@WAYS
def test_a_response_that_breaks_off_keeps_nothing_held(ask: Any) -> None:
    log: list[str] = []
    with pytest.raises(RuntimeError, match="middle"):
        ask(Spy(log, "bottom"), log, headers={}, inside=True, fails=True)

    assert len([line for line in log if line.startswith("sent")]) == 2


NO_VIEWS = [
    {"type": "application/json"},
    {"status": 404},
    {"headers": {"sec-purpose": "prefetch;prerender"}},
    {"headers": {"sec-fetch-dest": "iframe"}},
]


@WAYS
@pytest.mark.parametrize("given", NO_VIEWS, ids=str)
def test_what_is_no_page_that_somebody_sees_is_no_view(ask: Any, given: dict[str, Any]) -> None:
    log: list[str] = []
    ask(Spy(log), log, **{"headers": {}, **given})

    assert not [line for line in log if line.startswith("sent")]


COOKIE = "pyrite_fpid=device-1"
WHO = [
    ({"cookie": COOKIE}, "device-1"),
    ({"cookie": "pyrite_pid=pixel-1"}, "pixel-1"),
    ({"cookie": "pyrite_pid=pixel-1; pyrite_fpid=device-1"}, "device-1"),
    ({}, "not_defined"),
    ({"cookie": COOKIE, "sec-gpc": "1"}, "not_defined"),
    ({"cookie": COOKIE, "dnt": "1"}, "not_defined"),
    ({"cookie": COOKIE + "; kndctr_shop_consent=general=out"}, "not_defined"),
    ({"cookie": COOKIE + "; kndctr_shop_consent=general%3Din", "sec-gpc": "1"}, "device-1"),
]


@WAYS
@pytest.mark.parametrize(("headers", "user"), WHO, ids=str)
def test_the_visitor_is_named_only_where_they_may_be(
    ask: Any, headers: dict[str, str], user: str
) -> None:
    log: list[str] = []
    ask(Spy(log), log, headers=headers)

    assert [line for line in log if f"/click/{user}/1/77" in line]


@WAYS
def test_a_description_that_fails_hurts_no_page(
    ask: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(seen: Seen) -> dict[str, Any] | None:
        raise KeyError("item")

    monkeypatch.setitem(globals(), "event", wrong)
    log: list[str] = []
    ask(Spy(log), log, headers={})

    assert log[-1] == "bodyb"
    assert "not counted" in caplog.text


def test_a_name_that_describe_gives_is_dropped_where_nobody_may_be_named() -> None:
    from pyrite.serverside.seen import described

    seen = Seen(method="GET", path="/", headers={"sec-gpc": "1"}, content_type=HTML)

    assert described(lambda _: {"kind": "click", "user": "4711"}, seen, default="in") == {
        "kind": "click",
        "user": "",
    }


def test_of_who_may_not_be_named_no_identity_and_no_campaign_is_told_and_no_login() -> None:
    from pyrite.serverside.seen import described

    seen = Seen(method="GET", path="/", headers={"dnt": "1"}, content_type=HTML)
    view = {
        "kind": "view",
        "url": "https://shop.example/p?gclid=1",
        "xdm": {"identityMap": {"EMAIL": [{"id": "a"}]}, "web": {}},
    }
    login = {"kind": "login", "user": "device-1", "target": "4711"}

    assert described(lambda _: view, seen, default="in") == {
        "kind": "view",
        "user": "",
        "url": "https://shop.example/p",
        "xdm": {"web": {}},
    }
    assert described(lambda _: login, seen, default="in") is None


def test_a_page_view_of_a_data_stream_has_the_pages_address() -> None:
    taken: list[Message] = []

    def take(message: Message) -> Answer:
        taken.append(message)
        return Answer(status=200)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/html")],
            }
        )

    async def nothing(message: Any) -> None: ...

    sender = Sender("https://edge.example", datastream="shop", transport=take)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/p",
        "query_string": b"a=1",
        "headers": [(b"host", b"shop.example")],
        "scheme": "https",
    }
    asyncio.run(Views(app, sender)(scope, None, nothing))  # type: ignore[arg-type]
    sender.close()

    assert '"URL":"https://shop.example/p?a=1"' in taken[0].body

"""Requests that a page in memory sends, and edges that answer them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..core.wire import decode, encode


@dataclass(frozen=True)
class Request:
    """One POST of a page; *is_beacon*: nobody reads the answer."""

    url: str
    body: str
    headers: dict[str, str]
    is_beacon: bool = False

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return decode(self.body)


@dataclass(frozen=True)
class Response:
    """What an edge answers; names of *headers* in lower case."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


Edge = Callable[[Request], Response | None]  # None: the network fails


def accepting(request: Request) -> Response:
    """An edge that accepts whatever comes and decides nothing."""
    if "/collect?" in request.url:
        return Response(204)
    return Response(200, encode({"requestId": "r", "handle": []}))


def served(app: Any) -> Edge:
    """The ASGI app *app* as an edge: `served(pyrite.edge(store=MemoryStore()))`."""

    def answer(request: Request) -> Response:
        return asyncio.run(_ask(app, request))

    return answer


async def _ask(app: Any, request: Request) -> Response:
    scheme, _, rest = request.url.partition("://")
    host, _, address = rest.partition("/")
    path, _, query = ("/" + address).partition("?")
    headers = {"host": host, "content-type": "text/plain;charset=UTF-8"} | request.headers
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": (host, 443),
    }
    messages = [{"type": "http.request", "body": request.body.encode(), "more_body": False}]
    answers: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        answers.append(message)

    await app(scope, receive, send)
    start = answers[0]
    body = b"".join(message.get("body", b"") for message in answers[1:])
    answer_headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Response(start["status"], body.decode(), answer_headers)

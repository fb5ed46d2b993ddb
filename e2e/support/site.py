"""A site for one test: its pages, a real edge with a real database, and faults that can be switched on.

Everything that happened can be waited for: nothing here sleeps.
"""

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

import pyrite
from pyrite.edge.settings import Edge, Settings
from pyrite.stores.contract import Event
from pyrite.stores.sqlite import SqliteStore

from . import lanes
from .server import Server

HEAD = """<!doctype html><meta charset="utf-8"><title>page</title>
<script src="/base.js"></script><script async src="/alloy.js"></script>
"""
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css",
         ".wasm": "application/wasm", ".json": "application/json"}  # fmt: skip
WAIT_S = 20


@dataclass
class Seen:
    """One request that reached the site."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)

    @property
    def json(self) -> Any:
        """The body as JSON, unpacked if need be."""
        content = bytes(self.body)
        return json.loads(gzip.decompress(content) if self.is_packed else content)

    @property
    def is_packed(self) -> bool:
        """Whether the page has packed the body with gzip."""
        return self.body.startswith(b"\x1f\x8b")

    @property
    def is_beacon(self) -> bool:
        """Whether the browser sent it with sendBeacon: those go without CORS."""
        return self.headers.get("sec-fetch-mode") == "no-cors"


@dataclass
class Fault:
    """What happens to requests whose path holds *part*: an answer of another status, or no answer until `release`."""

    part: str
    status: int = 0
    times: int = 1_000_000
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    body: bytes | None = None
    half: bool = False  # carried out, but the answer breaks off
    delay_s: float = 0  # how much later it is carried out
    released: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Let go of the requests that are held."""
        self.released.set()


class Site:
    """Serves pages and an edge; `url(path)` is where."""

    def __init__(
        self,
        folder: Path,
        *,
        certificate: str | None = None,
        settings: Settings | None = None,
        prefix: str = "",
        lane: str = "",
    ) -> None:
        """*lane* is what `/alloy.js` is (see lanes.py); the build's own choice when empty."""
        self.folder = folder
        served = lane if lane in lanes.PUBLIC else ""
        self.prefix = prefix
        self.pages: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.folders: dict[str, Path] = {}
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.refuses_preflights = False
        self.store = SqliteStore(folder / "data")
        self._changed = threading.Condition()
        self.experiences = folder / "experiences"
        self.experiences.mkdir(parents=True, exist_ok=True)
        chosen = settings or Settings(edge=Edge(experiences=str(self.experiences)))
        self.edge = pyrite.edge(
            settings=replace(chosen, edge=replace(chosen.edge, lane=served)),
            store=self.store,
            experiences=self.experiences,
            listener=lambda event: self._notify(),
        )
        if lane in lanes.PYTHON:
            self.folders.update(lanes.folders(lane))
            content = lanes.script(lane).encode()
            self.pages["/alloy.js"] = (content, {"content-type": TYPES[".js"]})
        self.server = Server(self, certificate=certificate)

    def __enter__(self) -> "Site":
        self.server.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        for fault in self.faults:
            fault.release()
        self.server.__exit__(None, None, None)
        self.store.close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The address of *path* here."""
        return f"{self.server.origin.replace('127.0.0.1', host)}{path}"

    def page(self, html: str, path: str = "/page", **headers: str) -> str:
        """Serve *html* at *path*; returns its address."""
        self.pages[path] = (
            html.encode(),
            {"content-type": TYPES[".html"]}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        return self.url(path)

    def tracked(
        self, script: str, body: str = "<h1>Hello</h1>", path: str = "/page", **options: Any
    ) -> str:
        """Serve a page with the tracker, configured, running *script*; returns its address."""
        configure = json.dumps({"datastreamId": "shop"} | options)
        html = f'{HEAD}<body>{body}<script>window.log = [];\nalloy("configure", {configure});\n{script}</script>'
        return self.page(html, path)

    def file(self, path: str, content: bytes | str, type: str = ".js") -> str:
        """Serve *content* at *path*."""
        self.pages[path] = (
            content.encode() if isinstance(content, str) else content,
            {"content-type": TYPES[type]},
        )
        return self.url(path)

    def experience(self, name: str, text: str) -> None:
        """Put an experience in force."""
        (self.experiences / f"{name}.toml").write_text(text)

    def render(self, *items: dict[str, Any]) -> None:
        """Put an experience in force that carries out *items* (type, selector, content) on every page."""
        self.experience("rendered", _toml([{"id": "a", "items": list(items)}]))

    def fault(self, part: str, **what: Any) -> Fault:
        """Switch a fault on."""
        self.faults.append(Fault(part, **what))
        return self.faults[-1]

    # ---- what happened ----

    def wait(self, holds: Callable[[], Any], what: str) -> Any:
        """What *holds* returns, once that is true; fails after 20 s with what was seen so far."""
        with self._changed:
            if self._changed.wait_for(holds, WAIT_S):
                return holds()
        raise AssertionError(
            f"never {what}; requests: {[f'{seen.method} {seen.path}' for seen in self.seen]}; events: {self._stored()}"
        )

    def poll(self, look: Callable[[], Any], what: str, within_s: float) -> Any:
        """What *look* gives, once that is true: for what happens in a browser that tells nothing by itself."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if seen := look():
                return seen
            with self._changed:
                self._changed.wait(0.1)
        raise AssertionError(f"never {what}; requests: {[seen.path for seen in self.seen]}")

    def events(self, count: int, type: str | None = None) -> list[dict[str, Any]]:
        """The first *count* stored events (of *type*), once there are that many; each `{id, type, visitor, xdm, data}`."""
        return list(
            self.wait(
                lambda: found if len(found := self._stored(type)) >= count else None,
                f"{count} events of {type}",
            )[:count]
        )

    def all_events(self, type: str | None = None) -> list[dict[str, Any]]:
        """The events stored by now."""
        return self._stored(type)

    def requests(self, part: str, count: int = 1) -> list[Seen]:
        """The first *count* requests whose path holds *part*, once there are that many."""

        def found() -> list[Seen] | None:
            seen = [one for one in list(self.seen) if part in one.path]
            return seen if len(seen) >= count else None

        return list(self.wait(found, f"{count} requests of {part}")[:count])

    def _stored(self, type: str | None = None) -> list[dict[str, Any]]:
        def record(event: Event) -> dict[str, Any]:
            body: dict[str, Any] = json.loads(event.body)
            return {
                "id": event.id,
                "type": event.type,
                "visitor": event.visitor,
                "url": event.url,
                "data": {},
            } | body

        return [record(event) for event in self.store.events() if type in (None, event.type)]

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # ---- ASGI ----

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pages first, then folders, then the edge; faults before all."""
        if scope["type"] != "http":
            await self.edge(scope, receive, send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        seen = Seen(scope["method"], scope["path"], scope["query_string"].decode(), headers)

        async def noted() -> Any:
            message = await receive()
            seen.body.extend(message.get("body", b""))
            return message

        self.seen.append(seen)
        self._notify()
        if self.refuses_preflights and scope["method"] == "OPTIONS":
            await _respond(send, 403, b"", {})
            return
        fault = next(
            (fault for fault in self.faults if fault.part in scope["path"] and fault.times > 0),
            None,
        )
        if fault and not fault.released.is_set():
            fault.times -= 1
            if fault.body is not None:
                await _respond(send, 200, fault.body, fault.headers)
                return
            if fault.status:
                await noted()
                await _respond(
                    send,
                    fault.status,
                    b"{}",
                    {
                        "access-control-allow-origin": headers.get("origin", "*"),
                        "access-control-allow-credentials": "true",
                    }
                    | fault.headers,
                )
                return
            if fault.half:
                send = _breaking_off(send)
            elif fault.delay_s:
                await asyncio.sleep(fault.delay_s)
            else:
                while not fault.released.is_set():
                    await asyncio.sleep(0.005)
            if fault.cut:
                return
        await self._serve(scope, noted, send)
        self._notify()

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if path in self.pages:
            await _respond(send, 200, *self.pages[path])
            return
        for root, folder in self.folders.items():
            if path.startswith(root + "/"):
                file = (folder / path[len(root) + 1 :]).resolve()
                if file.is_file() and folder.resolve() in file.parents:
                    await _respond(
                        send,
                        200,
                        file.read_bytes(),
                        {"content-type": TYPES.get(file.suffix, "application/octet-stream")},
                    )
                    return
        if self.prefix:
            from starlette.applications import Starlette
            from starlette.routing import Mount

            await Starlette(routes=[Mount(self.prefix, self.edge)])(scope, receive, send)
            return
        await self.edge(scope, receive, send)


def _breaking_off(send: Any) -> Any:
    """*send*, but what it says is longer than what comes, and then the connection ends."""

    async def half(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [item for item in message["headers"] if item[0].lower() != b"content-length"]
            message = message | {"status": 200, "headers": [*kept, (b"content-length", b"5000")]}
        else:
            message = message | {"body": b'{"requestId": "', "more_body": False}
        await send(message)

    return half


async def _respond(send: Any, status: int, body: bytes, headers: dict[str, str]) -> None:
    encoded = [
        (name.encode(), value.encode())
        for name, value in {"content-length": str(len(body)), **headers}.items()
    ]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def _toml(variants: list[dict[str, Any]]) -> str:
    """Variants as TOML, whose strings JSON's are."""
    lines = []
    for variant in variants:
        lines.append(f"[[variants]]\nid = {json.dumps(variant['id'])}")
        for item in variant["items"]:
            lines.append("[[variants.items]]")
            lines.extend(f"{key} = {_value(value)}" for key, value in item.items())
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{json.dumps(key)} = {_value(inner)}" for key, inner in value.items())
            + " }"
        )
    return json.dumps(value, ensure_ascii=False)

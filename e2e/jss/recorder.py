"""A loopback server that stands in for a JSS service: keeps every request as it came, and answers as a test says.

The standard library's server, whose requests keep their target to the byte (`/event?` as well). Not an edge: site.py has ours.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAIT_S = 20
TYPES = {"mjs": "text/javascript", "js": "text/javascript"}


@dataclass
class Request:
    """One request as it came."""

    method: str
    target: str  # path and query
    headers: dict[str, str]
    body: str

    def seen(self) -> dict[str, str]:
        """What two clients that do the same have in common: target, body, and the headers that a client chooses."""
        names = ("content-type", "accept", "cookie")
        told = {name: self.headers[name] for name in names if name in self.headers}
        return {"method": self.method, "target": self.target, "body": self.body} | told


@dataclass
class Answer:
    """What requests get."""

    status: int = 200
    body: str = ""
    type: str = "application/json"
    cookie: str = ""
    hidden: bool = False  # without CORS, so that the page may not read it


@dataclass
class Recorder:
    """Serves `pages`, and takes everything else for a call of a tracking client."""

    pages: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    preflights: list[Request] = field(default_factory=list)
    answer: Answer = field(default_factory=Answer)
    preflights_wait_for: str = ""  # a page that has to be asked for after them

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._served: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> "Recorder":
        self._thread.start()
        return self

    def __exit__(self, *details: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def origin(self, host: str = "127.0.0.1") -> str:
        """Its address by the name *host*."""
        return f"http://{host}:{self._server.server_port}"

    def forget(self) -> None:
        """Begin anew."""
        self.requests.clear()
        self.preflights.clear()
        self.answer = Answer()
        self.preflights_wait_for = ""
        self._served.clear()

    def note(self, request: Request) -> None:
        """Keep a request."""
        with self._changed:
            (self.preflights if request.method == "OPTIONS" else self.requests).append(request)
            self._changed.notify_all()

    def serve(self, path: str) -> str:
        """The page at *path*, noted as served."""
        with self._changed:
            self._served.append(path)
            self._changed.notify_all()
        return self.pages[path]

    def hold_preflight(self) -> None:
        """Return when the page that preflights wait for was served, once for each of them."""
        with self._changed:
            count, path = len(self.preflights), self.preflights_wait_for
            self._changed.wait_for(lambda: not path or self._served.count(path) >= count, WAIT_S)

    def wait(self, count: int) -> list[Request]:
        """The requests, once there are *count*."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, WAIT_S), (
                self.requests
            )
        return self.requests


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            if self.path in recorder.pages:
                kind = TYPES.get(self.path.rpartition(".")[2], "text/html; charset=utf-8")
                self._respond(200, {"content-type": kind}, recorder.serve(self.path))
                return
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length).decode()
            recorder.note(Request(self.command, self.path, headers, body))
            cors = {
                "access-control-allow-origin": headers.get("origin", "*"),
                "access-control-allow-credentials": "true",
                "access-control-allow-headers": "content-type",
            }
            if self.command == "OPTIONS":
                recorder.hold_preflight()
                self._respond(204, cors, "")
                return
            answer = recorder.answer
            told = {"content-type": answer.type} | ({} if answer.hidden else cors)
            if answer.cookie:
                told["set-cookie"] = answer.cookie
            self._respond(answer.status, told, answer.body)

        do_GET = do_POST = do_OPTIONS = handle_any  # noqa: N815

        def _respond(self, status: int, headers: dict[str, str], body: str) -> None:
            content = body.encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("content-length", str(len(content)))
            # A page that is left does not wait for an answer.
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal of a test."""

    return Handler

"""Events of a web server reach a real edge, once each, whatever becomes of it; and no page waits for them."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn
from support.edge_process import EdgeProcess, free_port, stored

from pyrite.serverside import BOTTOM, Sender, Views, views_wsgi

ROUNDS = 2
PAGE = b"<h1>page</h1>" + b"." * 20_000 + b"</html>"


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeProcess]:
    with EdgeProcess(tmp_path / "data") as running:
        yield running


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_killed_again_and_again_the_edge_has_every_event_of_a_queue_once(
    edge: EdgeProcess, tmp_path: Path
) -> None:
    upstream = f"http://127.0.0.1:{edge.port}"
    sent = []
    with Sender(upstream, datastream="shop", queue=tmp_path / "queue") as sender:
        for _ in range(ROUNDS):
            for number in range(100):
                sent.append(sender.event("view", data={"number": number}))
            reached = sender.counts()["sent"] + 20
            until(lambda reached=reached: sender.counts()["sent"] >= reached)  # type: ignore[misc]
            edge.end(signal.SIGKILL)
            sent += [sender.event("view while it is down") for _ in range(10)]
            edge.start()
        until(lambda: sender.counts()["queued"] == 0)
        counts = sender.counts()
    found = stored(edge.folder)

    assert sorted(found) == sorted(sent)
    assert counts["dropped"] == {}


def test_what_a_process_had_no_time_to_send_the_next_one_sends(
    edge: EdgeProcess, tmp_path: Path
) -> None:
    upstream = f"http://127.0.0.1:{edge.port}"
    edge.end(signal.SIGKILL)
    with Sender(upstream, datastream="shop", queue=tmp_path / "queue") as sender:
        sent = [sender.event("view") for _ in range(20)]
        sender.close(0)
    edge.start()

    with Sender(upstream, datastream="shop", queue=tmp_path / "queue") as later:
        until(lambda: later.counts()["queued"] == 0)

    assert sorted(stored(edge.folder)) == sorted(sent)


class Silence:
    """A collector that takes connections and says nothing, or 204 once *released*; `heard` is called with the first bytes of each."""

    def __init__(
        self,
        heard: Callable[[bytes], None] = lambda first: None,
        released: threading.Event | None = None,
    ) -> None:
        self._heard = heard
        self._released = released
        self.asked: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.upstream = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            self._threads.append(
                threading.Thread(target=self._hear, args=(connection,), daemon=True)
            )
            self._threads[-1].start()

    def _hear(self, connection: socket.socket) -> None:
        first = connection.recv(65536)
        self.asked.append(first)
        self._heard(first)
        if self._released is not None and self._released.wait(60):
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(10)
        self._socket.close()
        for one in self._open:
            one.close()
        for thread in self._threads:
            thread.join(10)


Serving = Callable[[Sender], tuple[int, Callable[[], None]]]


def by_asgi(sender: Sender) -> tuple[int, Callable[[], None]]:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(PAGE))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": PAGE})

    port = free_port()
    config = uvicorn.Config(Views(page, sender), port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)

    def end() -> None:
        server.should_exit = True
        thread.join(10)

    return port, end


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: pytest's output is not for requests."""


def by_wsgi(sender: Sender) -> tuple[int, Callable[[], None]]:
    def page(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(
            "200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))]
        )
        return [PAGE]

    server = make_server("127.0.0.1", 0, views_wsgi(page, sender), handler_class=_Quiet)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join(10)

    return server.server_port, end


def ask(port: int, path: str = "/page") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.sendall(
        f"GET {path}".encode() + b" HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
    )
    return client


def whole(client: socket.socket) -> bytes:
    found = b""
    while piece := client.recv(65536):
        found += piece
    client.close()
    return found


WAYS = pytest.mark.parametrize("serve", [by_asgi, by_wsgi], ids=["asgi", "wsgi"])


@WAYS
def test_of_page_bottom_the_visitor_has_the_last_byte_before_the_collector_has_the_first(
    serve: Serving,
) -> None:
    there: list[bool] = []
    clients: list[socket.socket] = []
    told = threading.Event()

    def heard(first: bytes) -> None:
        # What the visitor's computer has received, read or not.
        there.append(clients[0].recv(len(PAGE) * 2, socket.MSG_PEEK).endswith(b"</html>"))
        told.set()

    collector = Silence(heard)
    with Sender(collector.upstream, datastream="shop", technique=BOTTOM, timeout_s=0.2) as sender:
        port, end = serve(sender)
        clients.append(ask(port))

        assert told.wait(20)
        assert there == [True]
        assert whole(clients[0]).endswith(PAGE)
        end()
    collector.close()


@WAYS
@pytest.mark.parametrize("technique", ["bottom", "asynchronous", "queued"])
def test_a_collector_that_says_nothing_holds_up_no_page_and_loses_nothing(
    serve: Serving, technique: str, tmp_path: Path
) -> None:
    collector = Silence()
    sender = Sender(collector.upstream, datastream="shop", technique=technique, timeout_s=30)
    port, end = serve(sender)
    begun = time.monotonic()
    pages = [whole(ask(port)) for _ in range(100)]
    took_s = time.monotonic() - begun

    assert all(page.endswith(PAGE) for page in pages)
    assert took_s < 30, "one page that waits for the collector takes 30 s"
    until(lambda: sender.counts()["queued"] == 100)
    end()
    collector.close()
    sender.close(0)


@WAYS
@pytest.mark.parametrize("technique", ["bottom", "asynchronous", "queued"])
def test_a_page_is_whole_before_the_collector_answers_and_its_event_arrives_once(
    serve: Serving, technique: str
) -> None:
    released = threading.Event()
    collector = Silence(released=released)
    with Sender(collector.upstream, datastream="shop", technique=technique, timeout_s=60) as sender:
        port, end = serve(sender)
        assert whole(ask(port)).endswith(PAGE)
        until(lambda: len(collector.asked) == 1)
        assert sender.counts()["sent"] == 0
        released.set()
        until(lambda: sender.counts()["sent"] == 1)
        end()

    assert len(collector.asked) == 1
    collector.close()


def test_the_edge_refuses_one_event_and_takes_its_neighbours(tmp_path: Path) -> None:
    with EdgeProcess(tmp_path / "data") as edge:
        upstream = f"http://127.0.0.1:{edge.port}"
        with Sender(upstream, datastream="shop") as sender:
            good = [sender.event("view"), sender.event("view")]
            sender.event("view", eid="x" * 200)  # longer than an id may be
            good.append(sender.event("view"))
            until(lambda: sender.counts()["queued"] == 0)
            counts = sender.counts()

        assert sorted(stored(edge.folder)) == sorted(good)
        assert counts["dropped"] == {"refused": 1}
        assert counts["sent"] == 3

"""A free port of 127.0.0.1 where a browser's whole traffic goes through, as through any HTTP proxy.

What comes encrypted is decrypted with a certificate of its own; the context ignores that nobody knows it. Not for what becomes of a
request: *app* answers all of them, and gate.py is that.
"""

import asyncio
import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import trustme
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

T = TypeVar("T")
HEAD_BYTES = 262_144
CHUNK_BYTES = 65_536
TLS_HANDSHAKE = 0x16  # the first byte of whatever speaks TLS
START_S = 10


class _Connection(HttpToolsProtocol):
    """uvicorn's, whose requests can end it without an answer: `scope["state"]["abort"]()`."""

    def connection_made(self, transport: Any) -> None:
        self.app_state = {"abort": transport.abort}
        super().connection_made(transport)


class Port:
    """Listens until it is closed; `number` is the port."""

    def __init__(self, app: Any) -> None:
        self._config = uvicorn.Config(
            app, http=_Connection, ws="none", lifespan="off", log_config=None, access_log=False
        )
        self._config.load()
        self._state = ServerState()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = run(asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_BYTES))
        self.number: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """End every connection."""
        run(self._end())

    async def _end(self) -> None:
        self._server.close()
        tasks = [*self._tasks, *self._state.tasks]
        for task in tasks:
            task.cancel()
        for connection in list(self._state.connections):
            connection.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner: asyncio.StreamWriter | None = None
        # A browser that goes away in the middle of anything is what these tests are about.
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                first = await reader.readuntil(b"\r\n\r\n")
                if first.startswith(b"CONNECT "):
                    target = first.split(b" ", 2)[1].decode("latin-1")
                    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    first = await reader.read(CHUNK_BYTES)
                    if not first:
                        return
                    if first[0] == TLS_HANDSHAKE:
                        source, inner = await self._answering(tls_context())
                    else:  # WebSockets that are not encrypted
                        host, _, port = target.rpartition(":")
                        source, inner = await asyncio.open_connection(host.strip("[]"), int(port))
                else:
                    source, inner = await self._answering(None)
                inner.write(first)
                await asyncio.gather(_pipe(reader, inner), _pipe(source, writer))
        finally:
            writer.close()
            if inner:
                inner.close()

    async def _answering(
        self, tls: ssl.SSLContext | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One end of a connection whose other end the app answers."""
        ours, theirs = socket.socketpair()
        streams = await asyncio.open_connection(sock=ours)

        def answering() -> _Connection:
            return _Connection(config=self._config, server_state=self._state, app_state={})

        async def accept() -> None:
            # With TLS it is there only once the handshake is done, for which both ends are needed.
            with contextlib.suppress(OSError):
                await asyncio.get_running_loop().connect_accepted_socket(answering, theirs, ssl=tls)

        task = asyncio.get_running_loop().create_task(accept())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return streams


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything that *reader* gives, to *writer*; then its end."""
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()


@cache
def tls_context() -> ssl.SSLContext:
    """One certificate for every name: made once for the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        trustme.CA().issue_cert("tracking.test").private_key_and_cert_chain_pem.write_to_path(file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
    return context


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The loop of all ports, in a thread of its own: it runs while the test waits for its page."""
    event_loop = asyncio.new_event_loop()
    threading.Thread(target=event_loop.run_forever, name="pyrite.testing", daemon=True).start()
    return event_loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """What *work* returns, done on that loop."""
    return asyncio.run_coroutine_threadsafe(work, loop()).result(START_S)

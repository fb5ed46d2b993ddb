"""A real server in a thread, on a port that the system chose, plain or with TLS."""

import asyncio
import socket
import threading
import time
from types import TracebackType
from typing import Any

import uvicorn

PATIENCE_S = 1  # with answers that are under way when the server is to end


class _Prompt(uvicorn.Server):
    """uvicorn, which looks ten times a second whether it is to end, told of it instead."""

    ended: asyncio.Event

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        end = time.monotonic() + PATIENCE_S
        while (state.connections or state.tasks) and time.monotonic() < end:
            await asyncio.sleep(0.001)
        for task in state.tasks:
            task.cancel()
        await self.lifespan.shutdown()


class Server:
    """Serves *app* until the `with` block ends; `origin` is its address."""

    def __init__(self, app: Any, *, certificate: str | None = None, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.origin = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ssl_certfile=certificate,
            timeout_keep_alive=30,
        )
        self._server = _Prompt(config)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        assert self._ready.wait(10), "the server did not start"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._server.ended.set)
        self._thread.join(10)
        self._socket.close()

    def _run(self) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            self._server.ended = asyncio.Event()
            serving = asyncio.ensure_future(self._server.serve(sockets=[self._socket]))
            while not self._server.started and not serving.done():
                await asyncio.sleep(0.005)
            self._ready.set()
            await serving

        asyncio.run(main())


def certificate(folder: Any, *names: str) -> str:
    """The path of a file with a key and a certificate for *names*, signed by an authority made for this run."""
    import trustme

    issued = trustme.CA().issue_cert(*names)
    path = folder / "edge.pem"
    path.write_bytes(issued.private_key_and_cert_chain_pem.bytes())
    return str(path)

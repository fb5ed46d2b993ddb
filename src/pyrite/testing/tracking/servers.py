"""Web servers under test: clients of their apps, and what their senders send, which comes to the test's edge.

Not for senders: pyrite.serverside. They are not imported before a test asks for them.
"""

from contextlib import ExitStack
from typing import Any

import httpx2
from starlette.testclient import TestClient


class Servers:
    """What one test has of web servers."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._taken = False

    def take(self, origin: str) -> None:
        """Have the senders of this process send to *origin* until `close`."""
        if self._taken:
            return
        from ...serverside.transport import redirect

        self._taken = True
        redirect(origin)

    def asgi(self, app: Any, base_url: str) -> TestClient:
        """A client of an ASGI app, which has started."""
        return self._open.enter_context(TestClient(app, base_url=base_url))

    def asgi_async(self, app: Any, base_url: str) -> httpx2.AsyncClient:
        """A client of an ASGI app for coroutines."""
        transport = httpx2.ASGITransport(app=app)
        return httpx2.AsyncClient(transport=transport, base_url=base_url, follow_redirects=True)

    def wsgi(self, app: Any, base_url: str) -> httpx2.Client:
        """A client of a WSGI app."""
        transport = httpx2.WSGITransport(app=app)
        client = httpx2.Client(transport=transport, base_url=base_url, follow_redirects=True)
        return self._open.enter_context(client)

    def waiting(self) -> int:
        """How many events wait in senders."""
        if not self._taken:
            return 0
        from ...serverside.sender import open_senders

        return sum([sender.waiting_in_test() for sender in open_senders()])

    def close(self) -> None:
        """End the clients; senders send to their own edges again, and forget what waits here."""
        self._open.close()
        if not self._taken:
            return
        from ...serverside.sender import open_senders
        from ...serverside.transport import redirect

        self._taken = False
        redirect("")
        for sender in open_senders():
            sender.leave_test()

"""What the demo's own server sends: an event by each server-side technique, and a relay for its page of Ibexa.

All of it goes to the demo's own edge over HTTP, as it would to another machine.
"""

from importlib.util import find_spec
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..serverside import ASYNCHRONOUS, BOTTOM, QUEUED, RelaySettings, Seen, Sender, Views, relay

TECHNIQUES = (BOTTOM, ASYNCHRONOUS, QUEUED)
RELAY = "t/e"


class Servers:
    """Senders and the relay for *customer*, each begun when it is first asked for: only then its own address is known."""

    def __init__(self, customer: str) -> None:
        self._customer = customer
        self._apps: dict[str, Any] = {}
        self._senders: list[Sender] = []

    async def counted(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, and count the request by the technique in its query: an ASGI app."""
        technique = Request(scope).query_params.get("technique", "")
        if technique not in TECHNIQUES:
            await JSONResponse({"expected": TECHNIQUES}, status_code=400)(scope, receive, send)
            return
        if technique not in self._apps and not await _missing(scope, receive, send):
            sender = Sender(_own(scope), customer=self._customer, technique=technique)
            self._senders.append(sender)
            self._apps[technique] = Views(JSONResponse({"sent": technique}), sender, event=_owns)
        if technique in self._apps:
            await self._apps[technique](scope, receive, send)

    async def relayed(self, scope: Any, receive: Any, send: Any) -> None:
        """The relay: an ASGI app."""
        if RELAY not in self._apps and not await _missing(scope, receive, send):
            self._apps[RELAY] = relay(
                RelaySettings(upstream=_own(scope), customer=self._customer, path=RELAY)
            )
        if RELAY in self._apps:
            await self._apps[RELAY](scope, receive, send)

    def close(self) -> None:
        """Send what waits, and let go of connections."""
        for sender in self._senders:
            sender.close()
        relay_app = self._apps.pop(RELAY, None)
        if relay_app is not None:
            relay_app.close()


async def _missing(scope: Any, receive: Any, send: Any) -> bool:
    """Whether what sends is not installed; says so in the answer. The demo does without, but for these examples."""
    if find_spec("httpx2") is not None:
        return False
    told = {"detail": "sending needs httpx: pip install 'pyrite[serverside]'"}
    await JSONResponse(told, status_code=501)(scope, receive, send)
    return True


def _own(scope: Any) -> str:
    """The address at which this process listens, whatever the request says."""
    host, port = scope["server"]
    return f"http://{host}:{port}"


def _owns(seen: Seen) -> dict[str, Any]:
    return {"kind": "owns", "itemtype": 1, "item": 133}

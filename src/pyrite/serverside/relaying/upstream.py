"""The tracker's own protocol passed on to the edge, and the edge's script passed back.

Not for events that wait: the sender's queue.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ..breaker import Breaker
from ..transport import AGENT, HttpxMissing, Signer, redirected
from ..worker import clock_ms
from .asked import NEVER_KEPT, Asked, Reply, refused

PASSED = ("content-type", "content-encoding", "user-agent", "accept-language", "referer", "sec-gpc", "dnt", "sec-fetch-mode")  # fmt: skip
ANSWER_BYTES = 8_388_608
SCRIPT = "/ibexa.js"
SCRIPT_S = 300  # that a page's browser, and this relay, may keep it


class Unreachable(Exception):
    """The edge gave no answer of its own."""


def own_cookies(header: str) -> str:
    """Of a Cookie header what is Pyrite's, or of its protocol: nobody else's session goes to another server."""
    kept = [one.strip() for one in header.split(";")]
    return "; ".join([one for one in kept if one.startswith(("kndctr_", "pyrite_", "at_qa_mode="))])


class Upstream:
    """The edge at *base*; *sign* signs what goes there."""

    def __init__(self, base: str, *, timeout_s: float, sign: Signer | None) -> None:
        try:
            import httpx2 as httpx
        except ImportError:
            raise HttpxMissing("a relay needs httpx: pip install 'pyrite[serverside]'") from None
        # Made for the first page that asks: reading the system's certificates takes 20 ms, and many relays pass nothing on.
        self._connect: Callable[[], Any] = lambda: httpx.Client(
            timeout=timeout_s, follow_redirects=False
        )
        self._client: Any = None
        self._failed: Callable[[BaseException], bool] = lambda error: isinstance(error, httpx.HTTPError)  # fmt: skip
        self._base = base.rstrip("/")
        self._sign = sign
        self._breaker = Breaker()
        self._lock = threading.Lock()
        self._script: tuple[float, Reply] | None = None

    def passed(self, asked: Asked, target: str) -> Reply:
        """The edge's answer to *asked* at *target*, a path with its query. Raises Unreachable."""
        headers = {name: asked.headers[name] for name in PASSED if name in asked.headers}
        cookie = own_cookies(asked.headers.get("cookie", ""))
        if cookie:
            headers["cookie"] = cookie
        # Whatever the page said of it: this server knows who has called.
        headers["x-forwarded-for"] = asked.client
        headers["x-forwarded-proto"] = asked.scheme
        return self._asked(asked.method, target, headers, asked.body)

    def script(self) -> Reply:
        """The edge's script for pages; one that is a little old where there is no other. Raises Unreachable."""
        with self._lock:
            kept = self._script
        if kept and kept[0] > time.monotonic():
            return kept[1]
        try:
            found = self._asked("GET", SCRIPT, {}, b"")
            if found.status != 200:
                raise Unreachable(f"the edge answers {found.status} for {SCRIPT}")
        except Unreachable:
            if kept:
                return kept[1]
            raise
        headers = [("content-type", "text/javascript; charset=utf-8"), ("cache-control", f"public, max-age={SCRIPT_S}"), ("x-content-type-options", "nosniff")]  # fmt: skip
        made = Reply(status=200, headers=headers, body=found.body)
        with self._lock:
            self._script = (time.monotonic() + SCRIPT_S, made)
        return made

    def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            self._client.close()

    def _asked(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        with self._lock:
            if self._breaker.wait_ms(clock_ms()):
                raise Unreachable("the edge does not answer")
            if self._client is None:
                self._client = self._connect()
        headers.setdefault("user-agent", AGENT)
        try:
            request = self._client.build_request(method, (redirected() or self._base) + target, headers=headers, content=body)  # fmt: skip
            if self._sign is not None:
                self._sign(request)
            answer = self._client.send(request)
        except Exception as error:
            if not self._failed(error):
                with self._lock:
                    self._breaker.gave_up()
                raise
            with self._lock:
                self._breaker.failed(clock_ms())
            raise Unreachable(f"{type(error).__name__}: {error}") from None
        with self._lock:
            self._breaker.answered()
        if answer.status_code in (502, 503, 504) or len(answer.content) > ANSWER_BYTES:
            raise Unreachable(f"the edge answers {answer.status_code}")
        kept = [(name, value) for name, value in answer.headers.multi_items() if name.lower() in ("content-type", "retry-after") or (name.lower() == "set-cookie" and own_cookies(value.partition(";")[0]))]  # fmt: skip
        return Reply(status=answer.status_code, headers=[*kept, NEVER_KEPT], body=answer.content)


def unreachable(error: Unreachable) -> Reply:
    """What a page is told then: to come again."""
    return refused(503, "relay.upstream", str(error), ("retry-after", "2"))

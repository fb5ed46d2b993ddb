"""What a relay does with a request: events go into the sender's queue, the tracker's own protocol on to the edge.

Not for servers: apps.py has ASGI and WSGI.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs

from ...core.ibexa.pieces import check_callback
from ...core.ibexa.refusal import Refused
from ...core.visitor.consent import IN
from ...core.visitor.identity import FPID_COOKIE, unquoted
from ..message import Customer, Datastream, Invalid, Message
from ..pixel import unpacked
from ..seen import PIXEL_COOKIE
from ..sender import Sender
from ..worker import Transport
from .asked import NEVER_KEPT, Asked, Reply, refused, taken, told
from .rates import Rates
from .settings import RelaySettings
from .upstream import Unreachable, Upstream, own_cookies, unreachable

log = logging.getLogger("pyrite.serverside")

BODY_BYTES = 1_048_576
MOST_EVENTS = 100  # of one request
COOKIE_S = 395 * 86_400
LINKED = 10_000  # pairs of a visitor's ids that were told the edge, of this process
RESERVED = ("self", "kind", "event", "user", "eid", "now_ms", "token", "after", "documentUnloading")
COLLECT = "/v1/collect"
USUAL_VALUE = 4
AT_ONCE = 2000  # events of requests under way that find room at the same time
_PROTOCOL = re.compile(
    r"([A-Za-z0-9_-]{1,32}/)?v1/[a-z]{1,32}(/[a-z-]{1,32})?"
)  # perhaps with a region in front
_ID = re.compile(r"[A-Za-z0-9._:~@=+/-]{2,128}")


class Relay:
    """The relay of *settings*; *transport* carries its messages in place of HTTP."""

    def __init__(
        self,
        settings: RelaySettings,
        *,
        transport: Transport | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        key = settings.secret()
        form: Customer | Datastream = Datastream(
            datastream=settings.datastream, base_path="/" + settings.base_path.strip("/")
        )
        if settings.customer:
            form = Customer(
                customer=settings.customer, prefix=settings.prefix, numeric=settings.item_ids == "numeric", custom=tuple(settings.custom)
            )  # fmt: skip
        self.sender = Sender(
            settings.upstream, form=form, queue=settings.queue or None, queue_bytes=settings.queue_bytes, key=key,
            timeout_s=settings.timeout_s, limit=settings.limit + AT_ONCE, strict=True, transport=transport,
        )  # fmt: skip
        self._upstream = Upstream(
            settings.upstream,
            timeout_s=settings.timeout_s,
            sign=None if settings.kinds else self.sender.signer,
        )
        self._root = "/" + settings.path.strip("/")
        self._script = "/" + settings.script.strip("/") if settings.script else ""
        self._rates = Rates(settings.per_minute)
        self._now_s = now_s
        self._linked: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()
        self._said = False  # that an unknown proxy stands in front

    def is_mine(self, path: str) -> bool:
        """Whether the relay answers at *path*."""
        return path == self._root or path.startswith(self._root + "/") or path == self._script != ""

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request at one of its addresses. It may take as long as the edge does."""
        if asked.path == self._script:
            return self._answer_script(asked)
        if not asked.may(self.settings.origins):
            return refused(403, "relay.origin", "expected a page of this site, or of an origin that is listed in origins")  # fmt: skip
        try:
            reply = self._answer(asked)
        except Exception:
            log.exception("tracking: a request was not relayed")
            reply = refused(500, "relay.failed", "the relay has a mistake; its log says which")
        origin = asked.headers.get("origin")
        if origin is None or asked.is_own(origin):
            return reply
        return reply.also(
            ("access-control-allow-origin", origin), ("access-control-allow-credentials", "true"), ("vary", "origin")
        )  # fmt: skip

    def close(self) -> None:
        """Send what can be sent at once; what is in a file waits there."""
        self.sender.close()
        self._upstream.close()

    def _answer(self, asked: Asked) -> Reply:
        rest = asked.path[len(self._root) :].strip("/")
        if asked.method == "OPTIONS":
            headers = [("access-control-allow-methods", "GET, POST"), ("access-control-allow-headers", "content-type"), ("access-control-max-age", "600")]  # fmt: skip
            return Reply(status=204, headers=headers)
        if len(asked.body) > BODY_BYTES:
            return refused(413, "relay.too_large", f"expected at most {BODY_BYTES} bytes in one body")  # fmt: skip
        if _PROTOCOL.fullmatch(rest):
            return self._pass_on(asked, rest)
        if asked.method == "GET" and rest:
            return self._answer_code(asked, rest)
        if asked.method != "POST" or rest:
            return refused(405, "relay.method", "expected POST with events, or GET with a packed event in the path")  # fmt: skip
        try:
            given = json.loads(asked.body)
        except (ValueError, RecursionError) as error:
            return refused(400, "relay.json", f"expected JSON: {error}"[:300])
        return self._take(asked, given if isinstance(given, list) else [given])

    def _answer_script(self, asked: Asked) -> Reply:
        if asked.method not in ("GET", "HEAD"):
            return refused(405, "relay.method", "expected GET")
        try:
            return self._upstream.script()
        except Unreachable as error:
            return unreachable(error)

    def _answer_code(self, asked: Asked, code: str) -> Reply:
        """A packed event: of a pixel, or, with `cb` in the query, of JSONP."""
        query = parse_qs(asked.query)
        callback = (query.get("cb") or query.get("jsonpCallback") or [""])[0]
        try:
            check_callback(callback or "none")
        except Refused as error:
            return refused(400, "relay.callback", error.message)
        try:
            reply = self._take(asked, [unpacked(code)])
        except Invalid as error:
            reply = refused(400, "relay.code", str(error)[:300])
        if not callback:
            return reply
        said = {"status": "ok"}
        if reply.status >= 400:
            problem = json.loads(reply.body)
            said = {"status": "error", "code": problem["code"], "message": problem["detail"]}
        text = json.dumps(said)  # ASCII alone: no line separator ends the script
        headers = [("content-type", "application/javascript; charset=utf-8"), ("x-content-type-options", "nosniff"), NEVER_KEPT]  # fmt: skip
        cookies = [one for one in reply.headers if one[0] == "set-cookie"]
        return Reply(status=200, headers=headers + cookies, body=f"/**/{callback}({text});".encode())  # fmt: skip

    # ---- events -----------------------------------------------------------------------------------------------------

    def _take(self, asked: Asked, events: list[Any]) -> Reply:
        """Queue *events*; those that can't be are told beside the others."""
        if len(events) > MOST_EVENTS:
            return refused(413, "relay.too_many", f"expected at most {MOST_EVENTS} events in one request, got {len(events)}")  # fmt: skip
        known = asked.consent(default=self.settings.default_consent) == IN
        device, minted = self._device(asked) if known else ("", "")
        wait_s = self._wait_s(asked, "" if minted else device, len(events))
        if wait_s:
            return refused(429, "relay.too_often", f"expected at most {self.settings.per_minute} events in a minute", ("retry-after", str(wait_s)))  # fmt: skip
        if self.sender.is_full(len(events) + AT_ONCE):
            # What is acknowledged here is sent: nothing makes room by pushing out what a page was told is taken.
            return refused(503, "relay.full", "too many events wait for the edge", ("retry-after", "5"))  # fmt: skip
        errors = []
        for index, event in enumerate(events):
            try:
                self._queue(event, device, known=known)
            except Invalid as error:
                errors.append({"index": index, "code": "relay.event", "message": str(error)[:300]})
        if errors and len(errors) == len(events):
            return refused(400, "relay.event", errors[0]["message"])  # type: ignore[arg-type]
        reply = told(207, {"errors": errors}) if errors else taken(asked)
        if not minted:
            return reply
        secure = "; Secure" if asked.scheme == "https" else ""
        cookie = f"{PIXEL_COOKIE}={minted}; Path=/; Max-Age={COOKIE_S}; HttpOnly; SameSite=Lax{secure}"  # fmt: skip
        return reply.also(("set-cookie", cookie))

    def _queue(self, event: Any, device: str, *, known: bool) -> None:
        """Have one event sent. Raises Invalid."""
        if not isinstance(event, dict):
            raise Invalid(f"expected an event, an object with kind, got {event!r:.100}")
        kind = event.get("kind", event.get("event"))
        if not isinstance(kind, str):
            raise Invalid(f"kind: expected the event's code, got {kind!r:.100}")
        if self.settings.kinds and kind not in self.settings.kinds:
            raise Invalid(f"kind: expected one of {', '.join(self.settings.kinds)}, got {kind!r:.100}")  # fmt: skip
        given = {name: value for name, value in event.items() if name not in RESERVED}
        nested = ("xdm", "data") if self.settings.datastream else ("items",)
        for name, value in given.items():
            if isinstance(value, (dict, list)) and name not in nested:
                raise Invalid(f"{name}: expected a text or a number, got {value!r:.100}")
            if isinstance(value, bool):
                given[name] = str(value).lower()
        for name in ("user", "eid"):
            if not isinstance(event.get(name, ""), str):
                raise Invalid(f"{name}: expected a text, got {event[name]!r:.100}")
        items = given.get("items", [])
        if not isinstance(items, list) or not all(isinstance(one, (str, int)) for one in items):
            raise Invalid(f"items: expected a list of ids, got {items!r:.100}")
        # Who may not be known is nobody, also where the page names somebody.
        user = (event.get("user", "") or device) if known else ""
        self.sender.event(kind, user=user, eid=event.get("eid", ""), **given)

    def _device(self, asked: Asked) -> tuple[str, str]:
        """The visitor's device id, and the one that was minted, '' where there was one."""
        found = asked.cookies
        of_tracker, of_pixel = (unquoted(found.get(name, "")) for name in (FPID_COOKIE, PIXEL_COOKIE))  # fmt: skip
        of_tracker = of_tracker if _ID.fullmatch(of_tracker) else ""
        of_pixel = of_pixel if _ID.fullmatch(of_pixel) else ""
        if of_tracker and of_pixel and self.settings.customer:
            self._link(of_pixel, of_tracker)
        device = of_tracker or of_pixel
        if device:
            return device, ""
        minted = str(uuid.uuid4())
        return minted, minted

    def _wait_s(self, asked: Asked, device: str, count: int) -> int:
        """Seconds until there is room for *count* events of a visitor, or of newcomers (*device* is '') from one address; 0 for now.

        By a proxy that this server was not told of all newcomers come from one address: they are let in.
        """
        if not device and "x-forwarded-for" in asked.headers and not _is_public(asked.client):
            if not self._said:
                self._said = True
                log.warning("tracking: requests come by a proxy whose word is not taken: name it in trusted_proxies, or to your server")  # fmt: skip
            return 0
        return self._rates.wait_s(device or asked.client, count, self._now_s())

    def _link(self, source: str, target: str) -> None:
        """Tell the edge once that both ids are one visitor's."""
        with self._lock:
            if (source, target) in self._linked:
                return
            self._linked[source, target] = None
            if len(self._linked) > LINKED:
                self._linked.popitem(last=False)
        with suppress(Invalid):  # of ids that are nobody's there is nothing to tell
            self.sender.event("login", user=source, target=target)

    # ---- the tracker's own protocol ---------------------------------------------------------------------------------

    def _pass_on(self, asked: Asked, rest: str) -> Reply:
        device = unquoted(asked.cookies.get(FPID_COOKIE, ""))
        wait_s = self._wait_s(asked, device, 1)
        if wait_s:
            return refused(429, "relay.too_often", f"expected at most {self.settings.per_minute} requests in a minute", ("retry-after", str(wait_s)))  # fmt: skip
        query = f"?{asked.query}" if asked.query else ""
        target = f"/{self.settings.base_path.strip('/')}/{rest}{query}"
        try:
            return self._upstream.passed(asked, target)
        except Unreachable as error:
            # Events that ask for nothing are as good as stored once they are in a file; the page keeps all others.
            if self.settings.queue and f"/{rest}".endswith(COLLECT) and self._keep(asked, target):
                return Reply(status=204, headers=[NEVER_KEPT])
            return unreachable(error)

    def _keep(self, asked: Asked, target: str) -> bool:
        if (
            "content-encoding" in asked.headers
            or not asked.body
            or self.sender.is_full(1 + AT_ONCE)
        ):
            return False
        try:
            body = asked.body.decode()
        except UnicodeDecodeError:
            return False
        self.sender.put(
            Message(
                id=str(uuid.uuid4()),
                kind="collect",
                value=USUAL_VALUE,
                made_ms=int(self._now_s() * 1000),
                target=target,
                body=body,
                content_type="text/plain",
                cookie=own_cookies(asked.headers.get("cookie", "")),
            )
        )
        return True


def _is_public(client: str) -> bool:
    try:
        return ip_address(client).is_global
    except ValueError:
        return False

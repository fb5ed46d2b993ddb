"""Opens a page in a browser and notes what concerns its tracking. Not for what that means: causes.py."""

import gzip
import hashlib
import json
import re
import time
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .script import STATE, WATCH
from .seen import Call, Request, Seen

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from playwright.sync_api import Request as Asked

EDGE = re.compile(r"/v1/(interact|collect|privacy/set-consent|identity/acquire)\?.*configId=")
SCRIPT = re.compile(r"/(alloy|pyrite)[^/]*\.js([?#]|$)")
BASE = re.compile(r"/base(-early)?\.js([?#]|$)")
STEP_MS = 100


def examine(
    page: "Page", url: str, *, timeout_s: float = 15.0, quiet_s: float = 1.0, name: str = "alloy"
) -> Seen:
    """What is seen of *url* in *page*, a new page of Playwright's, until nothing has happened for *quiet_s* or *timeout_s* is over.

    *name* is that of the tracker's function. Does not raise for a page that can't be opened.
    """
    from playwright.sync_api import Error

    notes = _Notes(Seen(url=url))
    page.expose_binding("__pyriteDoctor", lambda source, text: notes.told(text))
    page.add_init_script(WATCH.replace("NAME", json.dumps(name)))
    page.on("request", notes.asked)
    page.on("response", lambda response: notes.answered(response.request, response))
    page.on("requestfailed", notes.failed)
    page.on("console", lambda message: notes.written(message.text))
    page.on("pageerror", lambda error: notes.thrown(str(error)))
    end = time.monotonic() + timeout_s
    seen = notes.seen
    try:
        response = page.goto(url, wait_until="load", timeout=timeout_s * 1000)
        seen.status = response.status if response else 200
    except Error as error:
        seen.failure = error.message.splitlines()[0]
        return seen
    state = _rested(page, notes, end, quiet_s, name)
    seen.bases, seen.is_running, seen.has_function = state["bases"], state["running"], state["hasFunction"]  # fmt: skip
    seen.privacy_control, seen.config, seen.delivery = state["gpc"], state["config"], state["delivery"]  # fmt: skip
    seen.answered_ms = state["answered"]
    seen.keeps_cookies = state["kept"]
    notes.read()
    _ask_edge(page, seen)
    return seen


def _rested(page: "Page", notes: "_Notes", end: float, quiet_s: float, name: str) -> dict[str, Any]:
    """The page's state, once it is quiet and hides nothing."""
    while True:
        page.wait_for_timeout(STEP_MS)
        if time.monotonic() < end and time.monotonic() - notes.last_s < quiet_s:
            continue
        configured = any(one.outcome == "resolved" for one in notes.seen.ran("configure"))
        script = STATE.replace("CONFIGURED", json.dumps(configured))
        state: dict[str, Any] = page.evaluate(script, name)
        over = time.monotonic() >= end
        delivery = state["delivery"]
        waits = delivery.get("waiting") or notes.under_way
        if over or not (state["hidden"] or notes.is_rendering() or (waits and not _is_held(state, notes.seen))):  # fmt: skip
            return state


def _is_held(state: dict[str, Any], seen: Seen) -> bool:
    """Whether what waits does so for a choice, or for an edge that has given no good answer."""
    pending = state["config"].get("defaultConsent") == "pending" and not seen.ran("setConsent")
    return pending or not any(200 <= one.status < 300 for one in seen.of("edge"))


def _ask_edge(page: "Page", seen: Seen) -> None:
    """Note the edge's own copy of the script, where the page has another address for it."""
    edges = {_origin(one.url) for one in seen.of("edge") if one.status}
    for one in seen.of("script"):
        for edge in edges - {_origin(one.url)}:
            with suppress(Exception):
                answer = page.context.request.get(f"{edge}/alloy.js", timeout=3000)
                if answer.ok:
                    seen.edge_digest = hashlib.sha256(answer.body()).hexdigest()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class _Notes:
    """What has been heard of a page by now."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.last_s = time.monotonic()
        self._calls: dict[int, Call] = {}
        self._requests: dict[Any, Request] = {}
        self._answers: list[tuple[Request, Any]] = []

    @property
    def under_way(self) -> int:
        """How many of the requests have neither an answer nor a failure."""
        return len(
            [one for one in list(self._requests.values()) if not one.status and not one.failure]
        )

    def is_rendering(self) -> bool:
        """Whether an answer brought offers whose elements may still be waited for."""
        return any(
            handle.get("type") == "personalization:decisions" and handle.get("payload")
            for request, response in self._answers
            for handle in _body(response).get("handle", [])
        ) and not any("no element within" in line for line in self.seen.console) and self._young()  # fmt: skip

    def _young(self) -> bool:
        return time.monotonic() - self.last_s < 6.0  # offers wait five seconds for their elements

    def told(self, text: str) -> None:
        """A word of the script in the page."""
        self._heard()
        word = json.loads(text)
        if "call" in word:
            call = Call(number=word["call"], command=word["command"], options=word["options"], url=word["url"], caller=word["caller"], at_ms=word["at"])  # fmt: skip
            self._calls[call.number] = call
            self.seen.calls.append(call)
        elif "ended" in word:
            call = self._calls[word["ended"]]
            call.outcome, call.error = word["outcome"], word.get("error", "")
        elif "watched" in word:
            self._calls[word["watched"]].watched = True
        elif "blocked" in word:
            self.seen.blocked.append((str(word["blocked"][0]), str(word["blocked"][1])))
        elif "hidden" in word:
            self.seen.hidden.append((word["hidden"][0], word["hidden"][1]))

    def asked(self, request: "Asked") -> None:
        """A request has begun."""
        kind = "edge" if EDGE.search(request.url) else "base" if BASE.search(request.url) else "script" if SCRIPT.search(request.url) else ""  # fmt: skip
        if kind:
            self._heard()
            made = Request(url=request.url, kind=kind)
            self._requests[request] = made
            self.seen.requests.append(made)

    def answered(self, request: "Asked", response: Any) -> None:
        """An answer has begun."""
        made = self._requests.get(request)
        if made:
            self._heard()
            made.status, made.from_worker = response.status, response.from_service_worker
            self._answers.append((made, response))

    def failed(self, request: "Asked") -> None:
        """A request has failed."""
        made = self._requests.get(request)
        if made:
            self._heard()
            made.failure = request.failure or "failed"

    def written(self, line: str) -> None:
        """A line on the console."""
        self._heard()
        self.seen.console.append(line)

    def thrown(self, error: str) -> None:
        """An error that the page did not catch."""
        self._heard()
        self.seen.errors.append(error)

    def read(self) -> None:
        """Read what the answers were, now that nothing waits for them."""
        for request, made in list(self._requests.items()):
            with suppress(Exception):
                made.site = request.all_headers().get("sec-fetch-site", "")
        for made, response in self._answers:
            with suppress(Exception):
                made.is_json = "json" in response.headers.get("content-type", "")
                if made.kind == "script":
                    body = response.body()
                    made.size, made.digest = len(body), hashlib.sha256(body).hexdigest()
                elif made.kind == "edge":
                    made.answer = _body(response)
                    made.off_s = _off_s(response)

    def _heard(self) -> None:
        self.last_s = time.monotonic()


def _body(response: Any) -> dict[str, Any]:
    try:
        found = response.json()
    except Exception:  # no JSON, or a body that the browser has let go of
        return {}
    return found if isinstance(found, dict) else {}


def _off_s(response: Any) -> float | None:
    """Seconds by which the newest event of a request is ahead of its answer; None where one of both has no time."""
    content = response.request.post_data_buffer or b""
    body = json.loads(gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content)
    times = [event["xdm"]["timestamp"] for event in body["events"] if "xdm" in event]
    told = response.headers.get("date")
    if not times or not told:
        return None
    made = max(datetime.fromisoformat(one.replace("Z", "+00:00")) for one in times)
    return (made - parsedate_to_datetime(told)).total_seconds()

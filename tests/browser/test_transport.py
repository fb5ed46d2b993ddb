"""Requests as they leave: beacon, fetch, packed, early, and what the browser is given for the page's end."""

from typing import Any

import pytest
from fake_window import Window
from js_values import JsError, Obj, Promise

from pyrite.browser.delivery.transport import PACKED_FROM, Transport
from pyrite.core.effects import Arm, Send
from pyrite.testing.browser import MemoryBrowser
from pyrite.testing.network import Response

URL = "https://edge.site.test/ee/v1/interact?requestId=r-1"


class Told:
    """What a transport has told, in order."""

    def __init__(self) -> None:
        self.of: list[tuple[Any, ...]] = []
        self.transport = Transport(
            lambda *args: self.of.append(("answered", *args)),
            lambda *args: self.of.append(("failed", *args)),
            lambda *args: self.of.append(("beaconed", *args)),
            lambda *args: self.of.append(("armed", *args)),
        )


def send(
    body: str = "{}", *, unloading: bool = False, keepalive: bool = False, bare: bool = False
) -> Send:
    return Send(
        request="r-1", url=URL, body=body, unloading=unloading, keepalive=keepalive, bare=bare
    )


def answers(world: MemoryBrowser, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    world.edge = lambda request: Response(200, "text", named)


def packs(window: Window) -> None:
    """Let the browser pack: a packed body is `<body>`."""

    def compression(kind: str) -> str:
        return kind

    compression.prototype = Obj()  # type: ignore[attr-defined]
    window.CompressionStream = compression
    window.Blob = lambda parts: Obj(stream=lambda: Obj(pipeThrough=lambda _: parts[0]))
    window.Response = lambda body: Obj(blob=lambda: Promise.resolve(f"<{body}>"))


def test_an_answer_is_told_with_what_the_edge_says_in_its_headers(world: MemoryBrowser) -> None:
    answers(world, retry_after="7", x_adobe_edge="or2;35")
    told = Told()
    told.transport.send(send())
    world.pass_time()

    assert told.of == [("answered", "r-1", 200, "text", "7", "or2;35")]


def test_a_fetch_goes_with_cookies_unless_it_is_bare(page_window: Window) -> None:
    told = Told()
    told.transport.send(send("a", keepalive=True))
    told.transport.send(send("b", bare=True))

    options = [options for _, options in page_window.fetches]
    assert [one.body for one in options] == ["a", "b"]
    assert [one.credentials for one in options] == ["include", "omit"]
    assert [one.keepalive for one in options] == [True, False]
    # Today's client asks for the same: the whole address of the page, and no answer from a cache.
    policies = {(one.method, one.cache, one.referrerPolicy) for one in options}
    assert policies == {("POST", "no-cache", "no-referrer-when-downgrade")}
    assert {one.method for one in options} == {"POST"}


def test_a_network_that_fails_is_told(world: MemoryBrowser) -> None:
    world.edge = lambda request: None
    told = Told()
    told.transport.send(send())
    world.pass_time()

    assert told.of == [("failed", "r-1", "Error: Failed to fetch")]


@pytest.mark.parametrize(
    "answer",
    [None, 5, Obj(), Obj(status=200), Obj(status="200", text=lambda: "x")],
    ids=["nothing", "a number", "an object", "no text", "a status that is none"],
)
def test_a_wrapper_of_fetch_may_answer_anything(
    page_window: Window, world: MemoryBrowser, answer: Any
) -> None:
    page_window.fetch = lambda url, options: answer
    told = Told()
    told.transport.send(send())
    world.pass_time()

    assert told.of == [("failed", "r-1", "the request was given no answer")]


def test_a_fetch_or_a_body_that_throws_has_failed(
    page_window: Window, world: MemoryBrowser
) -> None:
    def throws(*args: Any) -> None:
        raise JsError("no")

    told = Told()
    page_window.fetch = throws
    told.transport.send(send())
    page_window.fetch = lambda url, options: Obj(status=200, text=throws)
    told.transport.send(send())
    page_window.fetch = None
    told.transport.send(send())

    assert [one[:2] for one in told.of] == [("failed", "r-1")] * 3
    assert told.of[0][2] == told.of[1][2] == "Error: no"


def test_a_beacon_is_told_as_taken_or_refused(page_window: Window, world: MemoryBrowser) -> None:
    told = Told()
    told.transport.send(send(unloading=True))
    assert told.of == [("beaconed", "r-1", True)]
    assert world.requests[0].is_beacon

    page_window.navigator.sendBeacon = lambda url, body: False
    told.transport.send(send(unloading=True))
    page_window.navigator.sendBeacon = None
    told.transport.send(send(unloading=True))

    assert told.of[1:] == [("beaconed", "r-1", False)] * 2


def test_what_must_go_without_cookies_is_no_beacon(
    page_window: Window, world: MemoryBrowser
) -> None:
    Told().transport.send(send(unloading=True, bare=True))

    assert not world.requests[0].is_beacon
    assert page_window.fetches[0][1].credentials == "omit"


def test_an_early_response_is_followed_and_nothing_is_sent(world: MemoryBrowser) -> None:
    told = Told()
    told.transport.early = Promise.resolve(
        Obj(status=200, text=lambda: Promise.resolve("early"), headers=None)
    )
    told.transport.send(send())
    world.pass_time()

    assert told.of == [("answered", "r-1", 200, "early", "", "")]
    assert world.requests == []


def test_an_early_request_that_came_to_nothing_goes_again(world: MemoryBrowser) -> None:
    told = Told()
    told.transport.early = Promise.resolve(False)
    told.transport.send(send())
    world.pass_time()

    assert len(world.requests) == 1
    assert told.of[0][0] == "answered"


def test_a_large_body_is_packed_once_the_edge_has_said_that_it_unpacks(
    page_window: Window, world: MemoryBrowser
) -> None:
    packs(page_window)
    answers(world, accept_encoding="gzip")
    told = Told()
    body = "x" * PACKED_FROM
    for content in (body, body, body[1:]):
        told.transport.send(send(content))
        world.pass_time()

    assert [one.body for one in world.requests] == [body, f"<{body}>", body[1:]]


def test_a_page_that_is_going_away_packs_nothing(page_window: Window, world: MemoryBrowser) -> None:
    packs(page_window)
    answers(world, accept_encoding="gzip")
    told = Told()
    told.transport.send(send())
    world.pass_time()
    body = "x" * PACKED_FROM
    told.transport.send(send(body, keepalive=True))
    told.transport.leaving = True
    told.transport.send(send(body))

    assert [one.body for one in world.requests[1:]] == [body, body]


class Later:
    """fetchLater and AbortController, as far as they are used here."""

    js_class = "Function"

    def __init__(self, window: Window, *, taken: int = 9) -> None:
        self.given: list[tuple[str, Any]] = []
        self.aborted = 0
        self._taken = taken
        window.fetchLater = self
        window.AbortController = lambda: Obj(signal=len(self.given), abort=self._abort)

    call = True

    def __call__(self, url: str, options: Any) -> None:
        if len(self.given) == self._taken:
            raise JsError("QuotaExceededError")
        self.given.append((url, options))

    def _abort(self) -> None:
        self.aborted += 1


BODIES: list[dict[str, object]] = [{"url": URL, "body": "a"}, {"url": URL, "body": "b"}]


def test_bodies_for_the_end_of_the_page_are_given_to_the_browser(page_window: Window) -> None:
    later = Later(page_window)
    told = Told()
    told.transport.arm(Arm(net=3, bodies=BODIES))

    assert [options.body for _, options in later.given] == ["a", "b"]
    assert told.of == [("armed", 3, 0), ("armed", 3, 1)]


def test_a_body_beyond_the_browsers_quota_is_not_told_as_armed(page_window: Window) -> None:
    Later(page_window, taken=1)
    told = Told()
    told.transport.arm(Arm(net=3, bodies=BODIES))

    assert told.of == [("armed", 3, 0)]


def test_what_is_armed_replaces_what_was_and_can_be_taken_back(page_window: Window) -> None:
    later = Later(page_window)
    told = Told()
    told.transport.disarm()
    assert later.aborted == 0

    told.transport.arm(Arm(net=1, bodies=BODIES))
    told.transport.arm(Arm(net=2, bodies=BODIES))
    assert later.aborted == 1
    told.transport.disarm()
    told.transport.disarm()

    assert later.aborted == 2


def test_a_browser_without_fetch_later_is_given_nothing(page_window: Window) -> None:
    told = Told()
    told.transport.arm(Arm(net=1, bodies=BODIES))

    assert told.of == []


@pytest.mark.parametrize(
    ("code", "keepalive", "beacons"),
    [
        ("(url) => given(url, traced)", True, 1),
        ("(url) => given(url, traced)", False, 0),  # not the first attempt
        ("function fetch() { [native code] }", True, 0),
    ],
)
def test_what_a_wrapper_of_fetch_could_not_send_goes_once_by_a_beacon(
    world: MemoryBrowser, page_window: Window, code: str, keepalive: bool, beacons: int
) -> None:
    told = Told()
    taken: list[Any] = []

    def beacon(*given: Any) -> bool:
        taken.append(given)
        return True

    def fetch(*_: Any) -> None:
        raise JsError("Failed to fetch")

    page_window.navigator.sendBeacon = beacon
    page_window.String = lambda value: code if callable(value) else str(value)
    page_window.fetch = fetch
    told.transport.send(send("body", keepalive=keepalive))
    world.pass_time()

    assert [what for what, *_ in told.of] == ["failed"]
    assert (len(taken), len(page_window.lines)) == (beacons, beacons)

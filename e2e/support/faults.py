"""What can happen to events on their way: pages left, tabs closed, browsers killed, networks cut, edges that fail.

A fault is staged for a tracker, ours in a lane or another; afterwards the visitor comes back, and every event is counted. Used
by e2e/delivery (some rounds) and e2e/bench/delivery.py (many, beside others).
"""

import base64
import json
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright

from pyrite.edge.settings import Edge, Settings

from .chromium import ARGUMENTS, executable
from .packs import pack
from .server import certificate
from .site import Fault, Site

OURS = ("compiled", "micropython")
PEERS = ("alloy", "snowplow")
SNOWPLOW = "/com.snowplowanalytics.snowplow/tp2"
STUB = '!function(n,o){o.forEach(function(o){n[o]||((n.__alloyNS=n.__alloyNS||[]).push(o),n[o]=function(){var u=arguments;return new Promise(function(i,l){n[o].q.push([i,l,u])})},n[o].q=[])})}(window,["alloy"]);'
CONFIGURE = (
    'alloy("configure", {datastreamId: "shop", orgId: "shop", edgeDomain: "edge.site.test"%s});'
)
HEADS = {
    "alloy": f"<script>{STUB}</script><script async src='/peer/alloy.min.js'></script><script>"
    + CONFIGURE % ", thirdPartyCookiesEnabled: false, idMigrationEnabled: false"
    + "window.__track = (tag, text) => alloy('sendEvent', {data: {tag, text}}).catch(() => {});</script>",
    "snowplow": """<script src='/sp/index.umd.min.js'></script><script>
      snowplowBrowserTracking.newTracker("sp", "https://edge.site.test", {appId: "bench"});
      window.__track = async (tag, text) => snowplowBrowserTracking.trackStructEvent({category: "t", action: tag, label: text});</script>""",
}
for _lane in OURS:
    HEADS[_lane] = (
        f"<script src='/base.js'></script><script async src='/alloy.{_lane}.js'></script><script>"
        + CONFIGURE % ""
        + "window.__track = (tag, text) => alloy('event', {type: 't', data: {tag, text}}).catch(() => {});</script>"
    )
PORTAL = {
    "access-control-allow-origin": "https://www.site.test",
    "access-control-allow-credentials": "true",
}


class Stage:
    """A site over TLS with every tracker, an edge and a collector, and browsers to visit it."""

    def __init__(self, folder: Path, playwright: Playwright) -> None:
        self._playwright = playwright
        self._folder = folder
        settings = Settings(edge=Edge(origins=["https://www.site.test"]))
        self.site = _Collecting(
            folder, certificate=certificate(folder, "*.site.test"), settings=settings
        )
        self.site.folders["/peer"] = pack("@adobe/alloy") / "dist"
        self.site.folders["/sp"] = pack("@snowplow/browser-tracker") / "dist"
        for tracker, head in HEADS.items():
            for name in ("page", "next"):
                self.site.page(f"<!doctype html><title>{name}</title>{head}", f"/{tracker}/{name}")
            script = "for (const n of [0, 1, 2, 3, 4]) __track(location.hash.slice(1) + n, ''); "
            script += f"addEventListener('load', () => location.href = '/{tracker}/blank')"
            page = f"<!doctype html>{head}<script>{script}</script>"
            self.site.page(page, f"/{tracker}/quick")
            self.site.page("<!doctype html><title>blank</title>", f"/{tracker}/blank")
        self._profiles = 0

    def __enter__(self) -> "Stage":
        self.site.__enter__()
        self.browser = self._playwright.chromium.launch(
            executable_path=executable(), args=self._arguments()
        )
        return self

    def __exit__(self, *details: Any) -> None:
        self.browser.close()
        self.site.__exit__(None, None, None)

    def _arguments(self) -> list[str]:
        arguments = [argument for argument in ARGUMENTS if "resolver" not in argument]
        port = self.site.server.port
        return [
            *arguments,
            "--ignore-certificate-errors",
            "--disable-blink-features=AutomationControlled",
            f"--host-resolver-rules=MAP *:443 127.0.0.1:{port}",
        ]

    def profile(self) -> Path:
        """A folder for a browser that is killed and started again."""
        self._profiles += 1
        return self._folder / f"profile-{self._profiles}"

    def start(self, profile: Path) -> BrowserContext:
        """A browser over *profile*."""
        return self._playwright.chromium.launch_persistent_context(
            str(profile), executable_path=executable(), args=self._arguments()
        )


class _Collecting(Site):
    """A site that knows Snowplow's collector as well, and counts what reached either."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(folder, **options)
        self.collected: dict[str, set[str]] = {}
        self.deliveries = 0

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != SNOWPLOW:
            await super()._serve(scope, receive, send)
            return
        from starlette.responses import Response

        headers = PORTAL | {"access-control-allow-headers": "content-type, sp-anonymous"}
        content = b""
        while scope["method"] == "POST":
            message = await receive()
            content += message.get("body", b"")
            if not message.get("more_body"):
                break
        if content:
            for record in json.loads(content)["data"]:
                if "se_ac" in record:
                    self.deliveries += 1
                    self.collected.setdefault(record["se_ac"], set()).add(record["eid"])
        await Response("ok", headers=headers)(scope, receive, send)

    def stored(self, tracker: str) -> dict[str, int]:
        """How often each tag is in the store."""
        if tracker == "snowplow":
            return {tag: len(ids) for tag, ids in self.collected.items()}
        found: dict[str, int] = {}
        for event in self.store.events():
            tag = json.loads(event.body).get("data", {}).get("tag")
            if tag:
                found[tag] = found.get(tag, 0) + 1
        return found


class Visit:
    """One visitor of one round, whose events have tags of their own."""

    def __init__(self, stage: Stage, tracker: str, number: int) -> None:
        self.stage = stage
        self.site = stage.site
        self.tracker = tracker
        self.prefix = f"{tracker}-{number}-{random.randrange(10**9)}-"
        self.tags: list[str] = []
        self.context: BrowserContext = None  # type: ignore[assignment]
        self.page: Page = None  # type: ignore[assignment]

    def url(self, name: str) -> str:
        return f"https://www.site.test/{self.tracker}/{name}"

    def arrive(self, context: BrowserContext | None = None) -> None:
        """Open the page; its tracker has sent an event, and heard of it."""
        self.context = context or self.stage.browser.new_context()
        self.page = self.context.new_page()
        self.ready(self.page)

    def ready(self, page: Page) -> None:
        page.goto(self.url("page"))
        tag = f"{self.prefix}ready{random.randrange(10**9)}"
        page.evaluate("tag => __track(tag, '')", tag)
        self.wait([tag])

    def burst(self, count: int, then: str = "", *, size: int = 0, page: Page | None = None) -> None:
        """Make *count* events with *size* bytes that can't be compressed, and run *then* in the same task."""
        tags = [f"{self.prefix}{len(self.tags) + n}" for n in range(count)]
        self.tags += tags
        text = base64.b64encode(os.urandom(size * 3 // 4)).decode()
        with suppress(Exception):  # the page may be gone before it has answered
            (page or self.page).evaluate(
                "([tags, text, then]) => { for (const tag of tags) __track(tag, text); setTimeout; (0, eval)(then); return 1 }",
                [tags, text, then],
            )

    def missing(self) -> list[str]:
        stored = self.site.stored(self.tracker)
        return [tag for tag in self.tags if tag not in stored]

    def wait(self, tags: list[str], seconds: float = 15) -> bool:
        """Whether all *tags* are stored within so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            stored = self.site.stored(self.tracker)
            if all(tag in stored for tag in tags):
                return True
            with self.site._changed:
                self.site._changed.wait(0.05)
        return False

    def come_back(self, seconds: float = 15) -> None:
        """The visitor's next page; waits until everything is stored, or that long."""
        page = self.context.new_page()
        page.goto(self.url("next"))
        page.evaluate("tag => __track(tag, '')", f"{self.prefix}next")
        self.wait(self.tags, seconds)
        page.close()


def navigate(visit: Visit, count: int = 20, size: int = 0) -> None:
    visit.arrive()
    visit.burst(count, f"location.href = '/{visit.tracker}/blank'", size=size)
    with suppress(Exception):
        visit.page.wait_for_url("**/blank")


def close_tab(visit: Visit) -> None:
    visit.arrive()
    visit.burst(20)
    visit.page.close()


def quick(visit: Visit) -> None:
    visit.context = visit.stage.browser.new_context()
    visit.page = visit.context.new_page()
    visit.tags = [f"{visit.prefix}{n}" for n in range(5)]
    with suppress(Exception):
        visit.page.goto(visit.url("quick") + "#" + visit.prefix)
    visit.page.wait_for_url("**/blank")


def killed(seconds: float) -> Callable[[Visit], None]:
    """The browser's processes are killed so long after the events."""

    def act(visit: Visit) -> None:
        profile = visit.stage.profile()
        context = visit.stage.start(profile)
        visit.arrive(context)
        process = browser_process(profile)
        processes = [process, *children_of(process)]
        visit.burst(20)
        let_pass(seconds)
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        with suppress(Exception):
            context.close()
        visit.context = visit.stage.start(profile)

    return act


def large(visit: Visit) -> None:
    visit.arrive()
    visit.burst(3, f"location.href = '/{visit.tracker}/blank'", size=30000)
    with suppress(Exception):
        visit.page.wait_for_url("**/blank")


def two_tabs(visit: Visit) -> None:
    visit.arrive()
    other = visit.context.new_page()
    visit.ready(other)
    blank = f"location.href = '/{visit.tracker}/blank'"
    visit.burst(10, blank)
    visit.burst(10, blank, page=other)
    for page in (visit.page, other):
        with suppress(Exception):
            page.wait_for_url("**/blank")


def failing(*, leave: bool, seconds: float = 0, **fault: Any) -> Callable[[Visit], None]:
    """The edge fails as *fault* says while 20 events are made; then the page is left, or stays until that is over."""

    def act(visit: Visit) -> None:
        visit.arrive()
        faults = [visit.site.fault(part, **fault) for part in ("/v1/", SNOWPLOW)]
        visit.burst(20)
        if leave:
            visit.site.wait(
                lambda: faults[0].times < 1_000_000 or faults[1].times < 1_000_000, "a request"
            )
            visit.page.goto(visit.url("blank"))
        else:
            let_pass(seconds)
        for one in faults:
            one.release()
            visit.site.faults.remove(one)

    return act


def offline(*, seconds: float, close: bool) -> Callable[[Visit], None]:
    """The network is gone while 20 events are made; the page stays until it is back, or the tab is closed."""

    def act(visit: Visit) -> None:
        visit.arrive()
        visit.context.set_offline(True)
        visit.burst(20)
        if close:
            visit.page.close()
        else:
            let_pass(seconds)
        visit.context.set_offline(False)

    return act


def latency(visit: Visit) -> None:
    visit.arrive()
    slow = [visit.site.fault(part, delay_s=0.15) for part in ("/v1/", SNOWPLOW)]
    visit.burst(20, f"location.href = '/{visit.tracker}/blank'")
    with suppress(Exception):
        visit.page.wait_for_url("**/blank")
    visit.wait(visit.tags, 1.5)
    for one in slow:
        visit.site.faults.remove(one)


def let_pass(seconds: float) -> None:
    # The length of an outage is what is staged here; nothing could be waited for.
    time.sleep(seconds)


STAYS = ("8 s of 503, page stays", "5 s offline, page stays", "network cut for 10 s")
CASES: dict[str, Callable[[Visit], None]] = {
    "1 event, navigate": lambda visit: navigate(visit, 1),
    "20 events, navigate": navigate,
    "20 events, close the tab": close_tab,
    "20 events, navigate, +150 ms": latency,
    "20 x 10 KB, navigate": lambda visit: navigate(visit, 20, 10000),
    "5 events, navigate at load": quick,
    "8 s of 503, page stays": failing(leave=False, seconds=8, status=503),
    "5 s offline, page stays": offline(seconds=5, close=False),
    "offline, tab closed": offline(seconds=0, close=True),
    "browser killed at once": killed(0),
    "browser killed after 0.1 s": killed(0.1),
    "browser killed after 1 s": killed(1),
    "3 x 30 KB, navigate": large,
    "network cut for 10 s": offline(seconds=10, close=False),
    "edge says 500": failing(leave=True, status=500),
    "edge says 503, Retry-After": failing(leave=True, status=503, headers={"retry-after": "30"}),
    "edge says nothing": failing(leave=True, cut=True),
    "edge says half an answer": failing(leave=True, half=True),
    "two tabs": two_tabs,
}


def stage_round(stage: Stage, tracker: str, case: str, number: int) -> dict[str, Any]:
    """One round: `{made, at_once, after, twice}`, counts of events: stored before and after the visitor's next page, and twice."""
    visit = Visit(stage, tracker, number)
    CASES[case](visit)
    visit.wait(visit.tags, 12 if case in STAYS else 1)
    at_once = len(visit.tags) - len(visit.missing())
    visit.come_back(8 if tracker in PEERS else 15)
    stored = visit.site.stored(tracker)
    visit.context.close()
    return {
        "made": len(visit.tags),
        "at_once": at_once,
        "after": len(visit.tags) - len(visit.missing()),
        "twice": sum(stored.get(tag, 1) - 1 for tag in visit.tags),
        "missing": visit.missing()[:3],
    }


def browser_process(profile: Path) -> int:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes()
                if str(profile).encode() in command and b"--type=" not in command:
                    return int(entry.name)
    raise AssertionError("the browser's process was not found")


def children_of(process: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == process:
                    found += [int(entry.name), *children_of(int(entry.name))]
    return found


__all__ = ["CASES", "OURS", "PEERS", "Fault", "Stage", "Visit", "stage_round"]

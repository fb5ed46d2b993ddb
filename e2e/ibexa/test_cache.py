"""A page in a cache, six views of it by two visitors: one hit at its origin, six events, two users, by every technique.

The cache is nginx's own, and everywhere a small one in the test's process, which keeps what may be shared and writes the same log.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ibexa.origin import origin
from playwright.sync_api import Browser
from support.server import Server
from support.site import Site
from support.webservers import Nginx

from pyrite.serverside import ASYNCHRONOUS, BOTTOM, QUEUED, Seen, pixel
from pyrite.serverside.following import Follower, State, parser, read_rules

pytestmark = pytest.mark.lanes("compiled")  # no tracker is on these pages
EVENT: dict[str, Any] = {"customer": "00000", "kind": "click", "itemtype": 1, "item": 128}
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
RULES = """upstream = "{edge}"
customer = "00000"
fields = ["pyrite_fpid", "sec_gpc", "dnt", "cache"]
[[views]]
path = "/page"
itemtype = 1
item = "128"
where = {{ cache = "HIT" }}  # what the cache has not, the origin's own code counts
"""
HTTP = """log_format pyrite '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" '
 '"$cookie_pyrite_fpid" "$http_sec_gpc" "$http_dnt" "$upstream_cache_status"';
access_log FOLDER/access.log pyrite;
proxy_cache_path FOLDER/cache keys_zone=pages:1m;"""
SERVER = "location / { proxy_pass %s; proxy_set_header Host $http_host; proxy_cache pages; proxy_cache_methods GET HEAD; }"
YCQ = '<script>var _ycq = [["_setMandator", "00000"], ["_trackEvent", "1", "click", "128"]]</script><script async src="/ibexa.js"></script>'
JSONP = '<script>const page = {done() {}}</script><script src="/api/00000/click/_me/1/128?jsonpCallback=page.done"></script>'
# By technique: what is in the page, and how the origin's own code sends, where it does.
TECHNIQUES = {
    "pixel": (pixel("", **EVENT), ""),
    "script": (YCQ, ""),
    "jsonp": (JSONP, ""),
    "bottom": ("", BOTTOM),
    "asynchronous": ("", ASYNCHRONOUS),
    "queued": ("", QUEUED),
    "relay": (pixel("", path="/t/e", kind="click", itemtype=1, item=128), ""),
}  # fmt: skip


class Cache:
    """The small cache before *app*: an ASGI app that keeps answers which may be shared, and writes its log to *log*."""

    def __init__(self, app: Any, log: Path) -> None:
        self._app, self._log = app, log
        self._kept: dict[str, list[Any]] = {}
        log.touch()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query = scope["query_string"].decode()
        target = scope["path"] + (f"?{query}" if query else "")
        messages = self._kept.get(target)
        status = "HIT" if messages else "MISS"
        if messages:
            for message in messages:
                await send(message)
        else:
            messages = []

            async def keeping(message: Any) -> None:
                messages.append(message)
                await send(message)

            await self._app(scope, receive, keeping)
            headers = dict(messages[0]["headers"])
            if b"s-maxage" in headers.get(b"cache-control", b"") and b"set-cookie" not in headers:
                self._kept[target] = messages
        self._write(Seen(method=scope["method"], path=target, headers={name.decode(): value.decode() for name, value in scope["headers"]}), status)  # fmt: skip

    def _write(self, seen: Seen, status: str) -> None:
        device = seen.cookies.get("pyrite_fpid", "-")
        line = f'127.0.0.1 - - [27/Nov/2026:22:43:09 +0000] "{seen.method} {seen.path} HTTP/1.1" 200 5 "-" "{seen.headers["user-agent"]}" "{device}" "-" "-" "{status}"\n'
        with self._log.open("a") as file:
            file.write(line)


@pytest.fixture(params=["small", "nginx"])
def cached(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[Any], tuple[str, Path]]]:
    """Puts the cache before an app: its address, and its log."""
    with ExitStack() as stack:

        def before(app: Any) -> tuple[str, Path]:
            if request.param == "small":
                log = tmp_path / "access.log"
                return stack.enter_context(Server(Cache(app, log))).origin, log
            behind = stack.enter_context(Server(app)).origin
            made = stack.enter_context(Nginx(tmp_path / "nginx", http=HTTP, server=SERVER % behind))
            return made.origin, made.folder / "access.log"

        yield before


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_two_visitors_three_views_each_are_one_hit_at_the_origin_six_events_and_two_users(
    shop: Site,
    browser: Browser,
    tmp_path: Path,
    cached: Callable[[Any], tuple[str, Path]],
    technique: str,
) -> None:
    markup, sending = TECHNIQUES[technique]
    shop.page(f"<!doctype html><link rel=icon href=data:,>{markup}", cache_control="public, s-maxage=600, max-age=0")  # fmt: skip
    edge = shop.url("")
    (tmp_path / "rules.toml").write_text(RULES.format(edge=edge))
    rules = read_rules(tmp_path / "rules.toml")
    with ExitStack() as stack:
        address, log = cached(stack.enter_context(origin(shop, sending=sending)))
        following = stack.enter_context(rules.sender(tmp_path, None))
        state = State(None, None)
        follower = Follower(log, rules=rules, parse=parser("combined", fields=rules.fields), sender=following, state=state, note=print)  # fmt: skip
        stack.callback(follower.close)
        views = 0
        for name in ("one", "two"):
            context = browser.new_context(user_agent=AGENT)
            if (
                sending
            ):  # which only names whom it knows: the tracker or a pixel has been there before
                context.add_cookies([{"name": "pyrite_fpid", "value": f"device-{name}", "url": address}])  # fmt: skip
            page = context.new_page()
            for _ in range(3):
                page.goto(address + "/page", wait_until="load")
                views += 1
                if not sending:  # each view is sent before the next page takes its place
                    shop.poll(lambda: len(taken(shop)) == views, f"{views} events", 20)  # noqa: B023
            context.close()

        def arrived() -> bool:
            if sending:
                follower.run(once=True)
            return len(taken(shop)) >= 6

        shop.poll(arrived, "six events", 20)
    assert len(taken(shop)) == 6
    assert len({one["user"] for one in taken(shop)} - {""}) == 2
    assert [one.path for one in shop.seen].count("/page") == 1


def taken(shop: Site) -> list[dict[str, Any]]:
    return [json.loads(event.body)["ibexa"] for event in shop.store.events()]

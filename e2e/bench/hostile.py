"""Hostile pages against the files that are shipped: none may lose an event, leave a promise open, or end in an uncaught error.

    python e2e/bench/hostile.py [--pages 200] [--seed 1] [--lane compiled]

Each page has a few of what other people's software does to a page, by chance: the language changed, interfaces gone or throwing,
elements with names of ours, transports that fail once. It makes three events in the end; a page that fails is printed with
what was done to it. Half of the pages have the base code that sends early.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, sync_playwright
from rich.progress import Progress
from support.built import built
from support.chromium import ARGUMENTS, executable
from support.lanes import PUBLIC
from support.site import Site

PATIENCE_MS = 12_000


def throws(holder: str, name: str) -> str:
    """A property that can't be read or written."""
    return (
        f"Object.defineProperty({holder}, '{name}', {{configurable: true, "
        f"get() {{ throw new Error('no {name}'); }}, set() {{ throw new Error('no {name}'); }}}});"
    )


def once(what: str) -> str:
    """The page's fetch does *what* at its first request to the edge."""
    return (
        "window.fetch = ((real) => { let first = true; return function (url) { "
        f"if (first && /v1/.test(url)) {{ first = false; {what} }} return real.apply(window, arguments); }}; }})(window.fetch);"
    )


SCRIPTS = (
    "Array.prototype.toJSON = function () { return '[' + this.map((one) => JSON.stringify(one)) + ']'; };",
    "Array.prototype.toJSON = () => { throw new Error('no form'); };",
    "Object.defineProperty(Object.prototype, 'toJSON', {configurable: true, writable: true, value: () => 'object'});",
    "String.prototype.toJSON = Number.prototype.toJSON = function () { return 'x' + this; };",
    "Object.prototype.each = function () {}; Object.prototype.size = 3;",
    "Array.prototype.each = Array.prototype.first = function () {};",
    "Array.from = (value) => [value]; Array.of = Array.from;",
    "window.Map = function () { this.center = 1; }; window.Set = window.Map;",
    "addEventListener('DOMContentLoaded', () => { window.Promise = function () { throw new Error('mine'); }; });",
    "window.Promise = class Promised extends Promise {};",
    "for (const one of [Object, Array, Function, String, Error, Promise]) { Object.freeze(one.prototype); Object.freeze(one); }",
    "Object.freeze(Object.prototype);",
    "Function.prototype.bind = function (to) { const call = this, one = [].slice.call(arguments, 1); return function () { return call.apply(to, one.concat([].slice.call(arguments))); }; };",
    "for (const one of ['log', 'info', 'warn', 'error']) console[one] = undefined;",
    "Object.defineProperty(window, 'console', {value: undefined});",
    "Object.defineProperty(window, 'screen', {value: null});",
    "Object.defineProperty(window, 'performance', {value: undefined});",
    "delete window.Temporal; Intl.DateTimeFormat = () => { throw new Error('no zones'); };",
    "window.Temporal = {Now: {timeZone: () => ({id: 'Europe/Berlin'})}};",
    "Date.prototype.getTimezoneOffset = () => { throw new Error('no offset'); };",
    "Object.defineProperty(Document.prototype, 'cookie', {get: () => 5, set() {}});",
    "delete Crypto.prototype.randomUUID;",
    "delete window.navigation;",
    "delete window.CompressionStream; delete window.fetchLater;",
    "Object.defineProperty(window, 'indexedDB', {value: null});",
    "Object.defineProperty(Navigator.prototype, 'locks', {value: 5});",
    "LockManager.prototype.request = LockManager.prototype.query = () => { throw new Error('denied'); };",
    "Navigator.prototype.sendBeacon = () => { throw new Error('no beacon'); };",
    "Navigator.prototype.sendBeacon = () => {};",
    "window.__alloyMonitors = [null, 5, {}, {onBeforeNetworkRequest: 1}, {onBeforeNetworkRequest() { throw 5; }}];",
    "window.__alloyMonitors = 7;",
    "window.origin = 'London'; window.name = 'x'; window.status = 'y';",
    once("throw new TypeError('not ready');"),
    once("return;"),
    once("return Promise.resolve({status: 200});"),
    once("return Promise.resolve(new Response(''));"),
    *[throws("window", name) for name in ("screen", "indexedDB", "localStorage", "__alloyMonitors")],
    *[throws("Document.prototype", name) for name in ("cookie", "referrer")],
    *[throws("Navigator.prototype", name) for name in ("onLine", "cookieEnabled", "locks", "userAgentData", "sendBeacon")],
)  # fmt: skip
ELEMENTS = (
    "navigation", "screen", "Temporal", "alloy", "__alloyNS", "__alloyMonitors", "trustedTypes", "fetchLater", "CompressionStream",
)  # fmt: skip
IMAGES = (
    "currentScript", "addEventListener", "querySelectorAll", "querySelector", "createElement", "getElementById", "head", "body",
    "documentElement", "cookie", "referrer", "visibilityState", "prerendering", "contentType", "compatMode",
)  # fmt: skip
EVENTS = 3
ORDER = {"total": 7, "items": ["a", {"b": [1, None]}], "constructor": "c"}


def page(chance: random.Random) -> tuple[str, list[str]]:
    """A page, and what is hostile in it."""
    scripts = chance.sample(SCRIPTS, chance.randint(0, 4))
    ids = chance.sample(ELEMENTS, chance.randint(0, 3))
    names = chance.sample(IMAGES, chance.randint(0, 3))
    markup = [f'<div id="{id}"></div>' for id in ids] + [
        f'<img name="{name}" alt="">' for name in names
    ]
    base = chance.choice(("base.js", "base-early.js"))
    doctype = chance.choice(("<!doctype html>", ""))
    view = '{type: "view", viewStart: true}' if chance.random() < 0.5 else '{type: "view"}'
    calls = "".join(
        f'alloy("event", {event}).then(() => {{ settled.push("ok"); }}, (error) => {{ settled.push(String(error && error.code)); }});'
        for event in (view, '{type: "order", data: {total: 7, items: ["a", {b: [1, null]}], constructor: "c"}}', '{type: "last"}')
    )  # fmt: skip
    # Each by itself: one may undo what another needs, which is no mistake of the tracker's.
    tried = "".join([f"<script>try {{ {script} }} catch {{}}</script>" for script in scripts])
    html = (
        f'{doctype}<meta charset="utf-8">{tried}{"".join(markup)}'
        f'<script src="/{base}"></script><script async src="/alloy.js"></script><h1>Old</h1>'
        f'<script>window.settled = []; alloy("configure", {{datastreamId: "shop"}}); {calls}</script>'
    )
    return html, [*scripts, *ids, *names, base]


def visit(browser: Browser, site: Site, html: str) -> list[str]:
    """What went wrong on the page *html*."""
    seen: list[str] = []
    before = len(site.all_events())
    site.page(html)
    context = browser.new_context()
    tab = context.new_page()
    tab.on("pageerror", lambda error: seen.append(f"uncaught: {error}"))
    try:
        tab.goto(site.url("/page"))
        waited = 0
        stored: list[dict[str, Any]] = []
        while waited < PATIENCE_MS:
            settled = tab.evaluate("String(window.settled)").split(",")
            stored = site.all_events()[before:]
            if (
                len(settled) == EVENTS
                and len([one for one in stored if one["type"] != "decisioning.propositionDisplay"])
                >= EVENTS
            ):
                break
            tab.wait_for_timeout(50)
            waited += 50
        else:
            seen.append(f"settled: {settled}, stored: {[one['type'] for one in stored]}")
        types = [one["type"] for one in stored]
        if sorted(set(types)) != sorted(types):
            seen.append(f"stored twice: {types}")
        seen += [
            f"stored as {one['data']}"
            for one in stored
            if one["type"] == "order" and one["data"] != ORDER
        ]
    finally:
        context.close()
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lane", default="", help=f"one of {', '.join(PUBLIC)}; both without it")
    given = parser.parse_args()
    built()
    failed = 0
    with sync_playwright() as playwright, Progress() as progress:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for lane in [given.lane] if given.lane else PUBLIC:
            chance = random.Random(given.seed)
            with tempfile.TemporaryDirectory() as folder, Site(Path(folder), lane=lane) as site:
                for number in progress.track(range(given.pages), description=lane):
                    html, hostile = page(chance)
                    if wrong := visit(browser, site, html):
                        failed += 1
                        progress.console.print(
                            f"{lane} {number}: {wrong}\n  {hostile}", markup=False
                        )
        browser.close()
    print(f"{failed} pages failed")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()

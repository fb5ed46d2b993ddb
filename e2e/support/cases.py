"""Cases: pages and requests as visitors' browsers and other people's software bring them, and what must come of each.

`NAME.json` says what is done and what must hold in the end, `NAME.html` (or `.xhtml`) beside it is the page, at `/page`:

    about     the situation and the right behaviour, in one or two sentences
    expect    what must hold in the end, all of it:
              stored     events in the store, by `type` (all without one): `count`, `has` (a value at a path with dots), `lacks` (paths)
              page       an expression that gives true in the page
              noErrors   the page has no uncaught error
              noConsole  no line of the console holds this text
              answer     to the requests of `http`: `status`, and `has` as above
    within    seconds for that, 6 without it
    lanes     both public ones without it
    offers    items that every visitor is given
    steps     what is done once the page has loaded: `until` (an expression), `wait` (ms), `eval`, `click`, `goto`
    files     what else the host serves: a text by its path, or `{"text", "type"}`
    path, host, headers   where and how the page is served; hosts under `.test` are this machine, on plain http
    init      a script that runs before anything else in the page: what the visitor's browser lacks or has
    context   options of the browser's context, as Playwright names them
    http      no page, but requests to the edge: `path`, `headers`, `body` (text or JSON), `base64` (the body's bytes), `raw` (head as it is)
    variants  by name: keys that take the place of the case's own; `expect` and `steps` are added to them. One case each.
"""

import base64
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from . import lanes
from .site import TYPES, Site

LOOK_S = 0.03  # between two looks at what must hold
PLURAL = ("expect", "steps")  # a variant's are added to the case's


@dataclass
class Case:
    """One case, by its *name*; *page* is the page's file, None where there is none."""

    name: str
    keys: dict[str, Any]
    page: Path | None

    @property
    def lanes(self) -> tuple[str, ...]:
        """Where it is run; what asks the edge alone is run once."""
        if self.page is None:
            return (lanes.PUBLIC[0],)
        return tuple(self.keys.get("lanes", lanes.PUBLIC))


def cases(folder: Path) -> list[Case]:
    """The cases in *folder*, by name."""
    return [case for file in sorted(folder.glob("*.json")) for case in _read(file)]


def _read(file: Path) -> Iterator[Case]:
    keys = json.loads(file.read_text())
    pages = [file.with_suffix(ending) for ending in (".html", ".xhtml")]
    page = next((one for one in pages if one.is_file()), None)
    variants = keys.pop("variants", {"": {}})
    for name, own in variants.items():
        merged = keys | own | {key: keys.get(key, []) + own.get(key, []) for key in PLURAL}
        yield Case(f"{file.stem}-{name}" if name else file.stem, merged, page)


class Run:
    """A case while it is run on *site*; `failures` is what does not hold yet."""

    def __init__(self, case: Case, site: Site) -> None:
        self._keys = case.keys
        self._site = site
        self._errors: list[str] = []
        self._console: list[str] = []
        self._answers: list[tuple[int, Any]] = []
        self._page: Page | None = None
        self._checks: dict[str, Callable[[Any], Iterator[str]]] = {
            "stored": self._check_stored,
            "page": self._check_page,
            "noErrors": self._check_errors,
            "noConsole": self._check_console,
            "answer": self._check_answers,
        }
        if self._keys.get("offers"):
            site.render(*self._keys["offers"])
        for path, file in self._keys.get("files", {}).items():
            given = file if isinstance(file, dict) else {"text": file}
            kind = given.get("type") or TYPES.get(Path(path).suffix, TYPES[".html"])
            site.pages[path] = (given["text"].encode(), {"content-type": kind})

    def send(self) -> None:
        """Send the case's requests."""
        for request in self._keys["http"]:
            self._answers.append(_asked(self._site.server.port, request))

    def visit(self, browser: Browser, page: Path) -> None:
        """Open the case's *page* and do its steps."""
        path = self._keys.get("path", "/page")
        kind = "application/xhtml+xml" if page.suffix == ".xhtml" else TYPES[".html"]
        headers = {"content-type": kind} | self._keys.get("headers", {})
        self._site.pages[path.partition("?")[0].partition("#")[0]] = (page.read_bytes(), headers)
        self._page = browser.new_context(**self._keys.get("context", {})).new_page()
        self._page.on("pageerror", lambda error: self._errors.append(str(error)))
        self._page.on("console", lambda line: self._console.append(f"{line.type}: {line.text}"))
        if "init" in self._keys:
            self._page.add_init_script(self._keys["init"])
        self._page.goto(self._url(path))
        for step in self._keys["steps"]:
            self._do(self._page, step)

    def check(self) -> None:
        """Wait until all holds that the case expects; fails with what does not, and with what was seen."""
        end = time.monotonic() + self._keys.get("within", 6)
        while failures := self._failures():
            assert time.monotonic() < end, self._told(failures)
            self._pause(LOOK_S)

    def close(self) -> None:
        """Close the page."""
        if self._page is not None:
            self._page.context.close()

    def _url(self, path: str) -> str:
        return self._site.url(path, self._keys.get("host", "127.0.0.1"))

    def _do(self, page: Page, step: dict[str, Any]) -> None:
        if "until" in step:
            end = time.monotonic() + self._keys.get("within", 6)
            while not self._is_true(step["until"]):
                assert time.monotonic() < end, self._told([f"never: {step['until']}"])
                self._pause(LOOK_S)
        if "wait" in step:
            self._pause(step["wait"] / 1000)
        if "eval" in step:
            page.evaluate(step["eval"])
        if "click" in step:
            page.click(step["click"], button=step.get("button", "left"), timeout=5000)
        if "goto" in step:
            page.goto(self._url(step["goto"]))

    def _pause(self, seconds: float) -> None:
        if self._page is None:
            time.sleep(seconds)
        else:
            self._page.wait_for_timeout(seconds * 1000)

    def _is_true(self, expression: str) -> bool:
        assert self._page is not None
        try:
            return bool(self._page.evaluate(expression))
        except Error:
            return False

    def _failures(self) -> list[str]:
        failures: list[str] = []
        for wanted in self._keys["expect"]:
            for kind, value in wanted.items():
                failures += [f"{kind}: {why}" for why in self._checks[kind](value)]
        return failures

    def _check_stored(self, wanted: dict[str, Any]) -> Iterator[str]:
        found = self._site.all_events(wanted.get("type"))
        name = wanted.get("type", "any type")
        if "count" in wanted and len(found) != wanted["count"]:
            yield f"expected {wanted['count']} events of {name}, got {len(found)}"
        pairs = wanted.get("has", {})
        if pairs and not any(all(at(one, path) == pairs[path] for path in pairs) for one in found):
            got = [{path: at(one, path) for path in pairs} for one in found]
            yield f"expected an event of {name} with {pairs}, got {got}"
        for path in wanted.get("lacks", []):
            if any(at(one, path) is not None for one in found):
                yield f"expected nothing at {path} in events of {name}"

    def _check_page(self, expression: str) -> Iterator[str]:
        if not self._is_true(expression):
            yield expression

    def _check_errors(self, wanted: bool) -> Iterator[str]:
        if wanted and self._errors:
            yield f"uncaught {self._errors}"

    def _check_console(self, part: str) -> Iterator[str]:
        yield from [line for line in self._console if part in line]

    def _check_answers(self, wanted: dict[str, Any]) -> Iterator[str]:
        for status, body in self._answers:
            if status != wanted.get("status", status):
                yield f"expected status {wanted['status']}, got {status} {body}"
            for path, value in wanted.get("has", {}).items():
                if at(body, path) != value:
                    yield f"expected {value!r} at {path}, got {body}"

    def _told(self, failures: list[str]) -> str:
        state = "window.settled + ' ' + location.href"
        settled = ""
        if self._page is not None:
            try:
                settled = str(self._page.evaluate(state))
            except Error as error:
                settled = str(error)
        seen = [f"{one.method} {one.path} {bytes(one.body[:300])!r}" for one in self._site.seen]
        return "\n  ".join(
            [
                self._keys["about"],
                *failures,
                f"settled: {settled}",
                f"uncaught: {self._errors}",
                f"console: {self._console}",
                f"stored: {[event['type'] for event in self._site.all_events()]}",
                f"bad rows: {[(row.code, row.message) for row in self._site.store.bad_rows()]}",
                *seen,
            ]
        )


def at(value: Any, path: str) -> Any:
    """What stands at *path* (keys and places with dots between) in *value*; None where there is nothing."""
    for key in path.split("."):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _asked(port: int, request: dict[str, Any]) -> tuple[int, Any]:
    """Status and body (JSON where it is some) of the edge's answer to *request*."""
    given = request.get("body", "")
    content = base64.b64decode(request["base64"]) if "base64" in request else None
    if content is None:
        content = (given if isinstance(given, str) else json.dumps(given)).encode()
    head = request.get("raw")
    if head is None:
        headers = {"Host": f"127.0.0.1:{port}", "Content-Type": "text/plain"} | {
            "Content-Length": str(len(content)),
            "Connection": "close",
        }
        headers |= request.get("headers", {})
        method = request.get("method", "POST")
        lines = [f"{method} {request['path']} HTTP/1.1"]
        head = "\r\n".join(
            lines + [f"{name}: {value}" for name, value in headers.items()] + ["", ""]
        )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode("latin-1") + content)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    top, _, body = answer.partition(b"\r\n\r\n")
    status = int(top.split(b" ", 2)[1]) if top else 0
    try:
        return status, json.loads(body)
    except ValueError:
        return status, body.decode(errors="replace")

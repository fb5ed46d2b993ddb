"""Firefox and WebKitGTK, driven without anything between: WebDriver BiDi over a socket, classic WebDriver over HTTP.

Just what a small set of cases needs: open an address, evaluate an expression, close.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

import httpx2
from websockets.sync.client import ClientConnection, connect

STARTS_WITHIN_S = 30
PACKAGES = {"firefox": "firefox-esr", "webkitgtk": "webkit2gtk-driver"}


class Browser(Protocol):
    """What a case uses."""

    def open(self, url: str) -> None:
        """Go to *url*."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript *expression*, a JSON value."""

    def close(self) -> None:
        """End it."""


def started(name: str) -> Browser:
    """The browser *name*; fails with the package to install where there is none."""
    browsers: dict[str, type[Firefox] | type[WebKit]] = {"firefox": Firefox, "webkitgtk": WebKit}
    return browsers[name]()


def found(*names: str, package: str) -> str:
    """The path of the first program there is of *names*."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    raise AssertionError(f"no {names[0]} here; 'apt-get install {package}' brings it")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def soon(attempt: Any) -> Any:
    """What *attempt* returns once it no longer raises: a program that starts says nowhere when it is ready."""
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            return attempt()
        except (OSError, httpx2.HTTPError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Firefox:
    """Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/)."""

    def __init__(self) -> None:
        program = found("firefox-esr", "firefox", package=PACKAGES["firefox"])
        self._profile = tempfile.mkdtemp()
        port = free_port()
        command = [program, "--headless", "--no-remote", "--profile", self._profile]
        self._process = subprocess.Popen(
            [*command, f"--remote-debugging-port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._open = ExitStack()
        address = f"ws://127.0.0.1:{port}/session"
        self._socket: ClientConnection = soon(
            lambda: self._open.enter_context(connect(address, max_size=None))
        )
        self._number = 0
        self._send("session.new", {"capabilities": {}})
        self._context = self._send("browsingContext.create", {"type": "tab"})["context"]

    def _send(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=STARTS_WITHIN_S))
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, url: str) -> None:
        self._send(
            "browsingContext.navigate", {"context": self._context, "url": url, "wait": "complete"}
        )

    def evaluate(self, expression: str) -> Any:
        result = self._send(
            "script.evaluate",
            {
                "expression": f"JSON.stringify({expression})",
                "target": {"context": self._context},
                "awaitPromise": True,
            },
        )
        assert result["type"] == "success", result
        return json.loads(result["result"].get("value", "null"))

    def close(self) -> None:
        with suppress(Exception):
            self._send("browser.close", {})
            self._open.close()
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._profile, ignore_errors=True)


class WebKit:
    """WebKitGTK's MiniBrowser by WebDriver (https://www.w3.org/TR/webdriver2/)."""

    def __init__(self) -> None:
        program = found("WebKitWebDriver", package=PACKAGES["webkitgtk"])
        port = free_port()
        display = [found("xvfb-run", package="xvfb"), "-a"]
        self._process = subprocess.Popen(
            [*display, program, f"--port={port}"],
            env={**os.environ, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en_US"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        options = {"binary": str(_mini_browser()), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        session = soon(lambda: self._client.post("/session", json=wanted)).json()["value"]
        assert "sessionId" in session, session
        self._session = f"/session/{session['sessionId']}"

    def open(self, url: str) -> None:
        self._client.post(f"{self._session}/url", json={"url": url})

    def evaluate(self, expression: str) -> Any:
        script = {"script": f"return JSON.stringify({expression})", "args": []}
        value = self._client.post(f"{self._session}/execute/sync", json=script).json()["value"]
        assert value is None or isinstance(value, str), value
        return json.loads(value) if value else None

    def close(self) -> None:
        with suppress(Exception):
            self._client.delete(self._session)
        self._client.close()
        self._process.terminate()
        self._process.wait(10)


def _mini_browser() -> Path:
    for folder in Path("/usr/lib").glob("*/webkit2gtk-4*"):
        if (folder / "MiniBrowser").exists():
            return folder / "MiniBrowser"
    raise AssertionError("no MiniBrowser here; 'apt-get install webkit2gtk-driver' brings it")

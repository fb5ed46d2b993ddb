"""A real edge on a free port, and what a test has it do: answer with offers, be down or slow, let time pass.

Not for what a test expects: tracking/.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import httpx2

from ...edge.app import edge
from ...edge.settings import Settings, converted
from ..proxy.gate import Gate, Trackers, Trouble
from ..proxy.port import Port, run
from ..tracking.records import Answer
from .clock import Clock
from .store import Store

BASE = "http://127.0.0.1"  # where the edge is for those who ask it without a connection


class ControlledEdge:
    """The edge of one test; *settings* have the form of pyrite.toml. With *verify* false the site's certificate is not checked."""

    def __init__(self, settings: dict[str, Any] | None, *, verify: bool) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pyrite-testing-")
        self._experiences = Path(self._folder.name) / "experiences"
        self._experiences.mkdir()
        self._settings = converted(settings) if settings else Settings()
        self._trackers = Trackers(self._settings)
        self._store = Store()
        self._scopes: list[str] = []
        self.clock = Clock()
        self._app = edge(
            settings=self._settings,
            store=self._store,
            data=self._folder.name,
            experiences=self._experiences,
            clock=self.clock,
        )
        self._gate = Gate(self._app, self._trackers, verify=verify)
        self._port: Port | None = None

    @property
    def url(self) -> str:
        """The edge's own address. A page need not know it: whatever it configures, its tracker comes here."""
        if self._port is None:  # a test without a browser needs none
            self._port = Port(self._gate)
            self._gate.own = f"127.0.0.1:{self._port.number}"
        return f"http://{self._gate.own}"

    @property
    def context_args(self) -> dict[str, Any]:
        """What a browser context needs that you make yourself: `browser.new_context(**tracking.context_args)`."""
        return {"proxy": {"server": self.url}, "ignore_https_errors": True}

    def post(
        self, body: Any, path: str = "/ee/v1/interact?configId=test", **headers: str
    ) -> Answer:
        """The edge's answer to *body*, sent as JSON without a browser; bytes and texts are sent as they are."""
        content = body if isinstance(body, (bytes, str)) else json.dumps(body)

        async def ask() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self._gate)
            async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.post(path, content=content, headers=headers)

        response = run(ask())
        return Answer(
            status=response.status_code, headers=dict(response.headers), body=response.content
        )

    def experience(self, toml: str) -> None:
        """Put an experience in force, written as in a file of the folder `experiences`. Raises SettingsError for a mistake in it."""
        count = len(list(self._experiences.iterdir()))
        self._put(f"experience-{count + 1}", toml)

    def answers(self, scope: str, items: list[dict[str, Any]]) -> None:
        """Answer every visitor who asks for *scope* (`page`: every view) with *items*, in the place of what it was told before.

        An item is as in an experience's file: `{"type": "setText", "selector": "h1", "content": "Hello"}`, or
        `{"schema": "json-content-item", "data": {"content": {…}}}`. Raises SettingsError for a mistake in it.
        """
        if scope not in self._scopes:
            self._scopes.append(scope)
        written = ", ".join([_toml(item) for item in items])
        variants = f'[[variants]]\nid = "answer"\nitems = [{written}]\n'
        name = f"answer-{self._scopes.index(scope) + 1}"
        self._put(name, f"scope = {_toml(scope)}\n{variants}")

    def down(self) -> None:
        """Trackers reach no edge: their connections end at once, until `back`."""
        self._gate.trouble = Trouble(kind="down")

    def slow(self, seconds: float) -> None:
        """The edge takes so much longer to answer, until `back`."""
        self._gate.trouble = Trouble(kind="slow", seconds=seconds)

    def status(self, status: int, *, retry_after: float | None = None) -> None:
        """The edge answers *status* and stores nothing, until `back`; *retry_after* is in seconds."""
        self._gate.trouble = Trouble(kind="status", status=status, retry_after=retry_after)

    def breaks(self) -> None:
        """The edge stores what comes, and the connection ends before its answer, until `back`."""
        self._gate.trouble = Trouble(kind="breaks")

    def close(self) -> None:
        """End the edge."""
        if self._port:
            self._port.close()
        run(self._gate.close())
        self._store.close()
        self._folder.cleanup()

    def _put(self, name: str, toml: str) -> None:
        file = self._experiences / f"{name}.toml"
        file.write_text(toml, encoding="utf-8")
        mistakes = self._app.state.experiences.reload()
        if mistakes:
            file.unlink()
            self._app.state.experiences.reload()
            raise mistakes[0]


def _toml(value: Any) -> str:
    """*value* on one line of TOML, whose strings and numbers JSON's are."""
    if isinstance(value, dict):
        pairs = ", ".join([f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items()])
        return "{ " + pairs + " }"
    if isinstance(value, list):
        return "[" + ", ".join([_toml(inner) for inner in value]) + "]"
    if value is None:
        raise ValueError("an item can't hold None: leave the field out")
    return json.dumps(value)

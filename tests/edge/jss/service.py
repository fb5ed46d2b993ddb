"""A JSS service in this process, and callers of it with cookies of their own."""

import json
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from pyrite.edge.settings import Jss, JssKey

KEY = "{AAAAAAAA-0000-0000-0000-000000000001}"
LAYOUT_KEY = "{AAAAAAAA-0000-0000-0000-000000000002}"
PAGE = "https://app.example"
EVENT, FLUSH = "/sitecore/api/jss/track/event", "/sitecore/api/jss/track/flush"
HOME = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"
HUMAN = "/layouts/system/VisitorIdentificationCSS.aspx"
GLOBAL, SESSION = "SC_ANALYTICS_GLOBAL_COOKIE", "ASP.NET_SessionId"
DEFINITIONS = """
[events.Download]
id = "{FA72E131-3CFD-481C-8E15-04496E9586D9}"
[goals."Instant Demo"]
id = "{28A7C944-B8B6-45AD-8E5A-2A3B1A8A4B0B}"
value = 10
[outcomes.Opportunity]
id = "{9016E456-95CB-42E9-AD58-997D6D77AE83}"
[campaigns.Spring]
id = "{4C01DA97-0000-4000-8000-000000000001}"
[pages."{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"]
path = "/"
name = "Home"
"""


def settings(tmp_path: Path, **more: Any) -> Jss:
    """A service that is on, with two keys and DEFINITIONS."""
    path = tmp_path / "definitions.toml"
    if not path.exists():
        path.write_text(DEFINITIONS)
    keys = {
        KEY: JssKey(origins=f"{PAGE}; https://second.example"),
        LAYOUT_KEY: JssKey(origins=PAGE, services=["layout"]),
    }
    told: dict[str, Any] = {"enabled": True, "definitions": str(path), "keys": keys}
    return Jss(**told | more)


def track(client: TestClient, body: Any, *, path: str = EVENT, key: str = KEY, **more: Any) -> Any:
    """The answer to *body*, as JSON; a text or bytes are sent as they are."""
    query = f"{path}?sc_apikey={key}&{more.pop('query', '')}"
    headers = {"content-type": "application/json"} | more.pop("headers", {})
    if isinstance(body, str | bytes):
        return client.post(query, content=body, headers=headers, **more)
    return client.post(query, json=body, headers=headers, **more)


class Clock:
    """Seconds since 1970, as far as a test says."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, minutes: float, seconds: float = 0) -> None:
        """Let time pass."""
        self.now += minutes * 60 + seconds


def sessions(client: TestClient) -> list[Any]:
    """All sessions, oldest first."""
    return list(client.app.state.store.sessions())  # type: ignore[attr-defined]


def human(client: TestClient) -> None:
    """The caller gives a sign of a human."""
    assert client.get(f"{HUMAN}?tstamp=1").status_code == 200


def bodies(client: TestClient) -> list[Any]:
    """What is stored, as JSON."""
    return [json.loads(one.body) for one in client.app.state.store.events()]  # type: ignore[attr-defined]


def rows(client: TestClient) -> list[Any]:
    """All bad rows."""
    return list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]

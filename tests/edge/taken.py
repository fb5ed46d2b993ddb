"""What an edge has taken in of Ibexa's events, as tests look at it."""

import hashlib
import hmac
import json
from typing import Any

from starlette.testclient import TestClient

SECRET = "s" * 16
KEY = "k" * 16
ITEM = "/api/00000/click/johndoe/1/11"


def events(client: TestClient) -> list[Any]:
    return list(client.app.state.store.events())  # type: ignore[attr-defined]


def bad(client: TestClient) -> list[Any]:
    return list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]


def taken(client: TestClient) -> list[dict[str, Any]]:
    """The `ibexa` of every event."""
    return [json.loads(event.body)["ibexa"] for event in events(client)]


def hashed(user: str, customer: str = "00000") -> str:
    """What is stored of *user*."""
    return hmac.new(SECRET.encode(), f"{customer}/{user}".encode(), hashlib.sha256).hexdigest()

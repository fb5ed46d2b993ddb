"""What tests ask an edge, and what it has answered or stored."""

import json
from typing import Any

from starlette.testclient import TestClient

PAGE = {"personalization": {"decisionScopes": ["__view__"], "schemas": [], "surfaces": []}}


def event(id: str = "e1", **more: Any) -> dict[str, Any]:
    return {
        "xdm": {
            "_id": id,
            "eventType": "t",
            "web": {"webPageDetails": {"URL": "https://shop.test/"}},
        },
        **more,
    }


def post(client: TestClient, action: str = "interact", body: Any = None, **options: Any) -> Any:
    content = (
        body
        if isinstance(body, bytes)
        else json.dumps(body if body is not None else {"events": [event()]}).encode()
    )
    path = options.pop("path", f"/ee/v1/{action}?configId=shop&requestId=r-1")
    return client.post(
        path,
        content=content,
        headers={"content-type": "text/plain; charset=UTF-8"} | options.pop("headers", {}),
    )


def handles(response: Any, type: str) -> list[Any]:
    return [
        item
        for handle in response.json()["handle"]
        if handle["type"] == type
        for item in handle["payload"]
    ]


def stored(client: TestClient) -> list[Any]:
    return list(client.app.state.store.events())  # type: ignore[attr-defined]

"""Calls as an edge gets them, for the pure parts of the dialect."""

from typing import Any

from pyrite.edge.http.call import Call, Route


def call(
    method: str = "POST",
    path: str = "/sitecore/api/jss/track/event",
    query: str = "",
    *,
    scheme: str = "http",
    received_ms: int = 1,
    **headers: str,
) -> Call:
    """A call with *headers*, whose names have underscores for dashes; `sc_apikey` keeps its own."""
    named = [
        (
            (name if name == "sc_apikey" else name.replace("_", "-")).encode(),
            value.encode("latin-1"),
        )
        for name, value in {"host": "edge.test", **headers}.items()
    ]
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "scheme": scheme,
        "headers": named, "server": ("203.0.113.1", 80), "client": ("203.0.113.9", 1), "http_version": "1.1",
    }  # fmt: skip
    made = Call(scope, _nothing, Route("jss.event"))
    made.received_ms = received_ms
    return made


async def _nothing() -> Any:
    raise AssertionError

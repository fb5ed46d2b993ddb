"""Propositions as an edge would answer them, rendered in a page without one."""

from typing import Any

from playwright.sync_api import Page

SCHEMA = "https://ns.adobe.com/personalization/"


def item(
    schema: str, data: dict[str, Any], *, id: str = "i", label: str = "", **more: Any
) -> dict[str, Any]:
    """One item: *schema* is the last part of its name."""
    made: dict[str, Any] = {"id": id, "schema": SCHEMA + schema, "data": data, **more}
    if label:
        made["characteristics"] = {"trackingLabel": label}
    return made


def action(
    type: str,
    content: Any = "",
    selector: str = "#a",
    *,
    id: str = "i",
    label: str = "",
    **data: Any,
) -> dict[str, Any]:
    """A dom-action; *data* holds more of its data."""
    return item(
        "dom-action",
        {"type": type, "selector": selector, "content": content, **data},
        id=id,
        label=label,
    )


def proposition(
    *items: dict[str, Any],
    id: str = "p",
    scope: str = "__view__",
    view: bool = False,
    provider: str = "PYR",
) -> dict[str, Any]:
    """A proposition with *items* of the decision provider *provider*; of a view's if it says so."""
    characteristics = {"scopeType": "view"} if view else {}
    details = {"decisionProvider": provider, "characteristics": characteristics}
    return {"id": id, "scope": scope, "scopeDetails": details, "items": list(items)}


def answer(*propositions: dict[str, Any]) -> dict[str, Any]:
    """The edge's answer that brings *propositions*."""
    return {
        "requestId": "r",
        "handle": [{"type": "personalization:decisions", "payload": list(propositions)}],
    }


def apply(page: Page, *propositions: dict[str, Any], **personalization: Any) -> Any:
    """What `applyResponse` gives once all is rendered; nothing is reported unless asked for."""
    options = {
        "renderDecisions": True,
        "responseBody": answer(*propositions),
        "personalization": {"sendDisplayEvent": False, "untilRendered": True, **personalization},
    }
    return page.evaluate("(options) => alloy('applyResponse', options)", options)

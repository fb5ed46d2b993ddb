"""The kinds of items that propositions have, by their schema. Source: Adobe's Web SDK 2.33."""

SCHEMA = "https://ns.adobe.com/personalization/"
DOM_ACTION = SCHEMA + "dom-action"
HTML = SCHEMA + "html-content-item"
JSON = SCHEMA + "json-content-item"
DEFAULT = SCHEMA + "default-content-item"
REDIRECT = SCHEMA + "redirect-item"
SCHEMAS = [
    SCHEMA + name
    for name in (
        "default-content-item",
        "html-content-item",
        "json-content-item",
        "redirect-item",
        "ruleset-item",
        "message/in-app",
        "message/content-card",
        "dom-action",
    )
]

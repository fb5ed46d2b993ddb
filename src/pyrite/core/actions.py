"""One item of a proposition as a step that the page can carry out, its meaning settled here.

Pure. A step is `{key, item, type, selector, content, hide, once}`: *hide* is the prehiding selector, *once* says that
the step runs once for an element and item. Source: Adobe's Web SDK 2.33, dom-actions (the table of semantics).
"""

from .wire import encode

SCHEMA = "https://ns.adobe.com/personalization/"
DOM_ACTION = SCHEMA + "dom-action"
HTML = SCHEMA + "html-content-item"
DEFAULT = SCHEMA + "default-content-item"
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

TEXTS = (
    "setText",
    "setHtml",
    "appendHtml",
    "prependHtml",
    "insertBefore",
    "insertAfter",
    "replaceHtml",
    "setImageSource",
)
OBJECTS = ("setAttribute", "setStyle", "move", "resize", "rearrange")
ONCE = ("appendHtml", "prependHtml", "insertBefore", "insertAfter", "rearrange")
_PIXELS = ("left", "top", "right", "bottom", "width", "height")


def step_of(item: dict[str, object], *, key: int) -> dict[str, object] | None:
    """The step for *item*, None where this build has none for it (the proposition is then returned, not rendered)."""
    data = item.get("data")
    if not isinstance(data, dict) or item.get("schema") not in (DOM_ACTION, HTML):
        return None
    type = data.get("type")
    selector = data.get("selector")
    if not isinstance(type, str) or not isinstance(selector, str) or not selector:
        return None
    content = _content(type, data.get("content"))
    if content is None:
        return None
    hide = data.get("prehidingSelector")
    return {
        "key": key,
        "item": str(item.get("id") or ""),
        "type": "setStyle" if type in ("move", "resize") else type,
        "selector": selector,
        "content": content,
        "hide": hide if isinstance(hide, str) else "",
        "once": type in ONCE,
    }


def _content(type: str, content: object) -> object:
    if type == "remove":
        return ""
    if type in TEXTS:
        return content if isinstance(content, str) else None
    if type not in OBJECTS or not isinstance(content, dict):
        return None
    if type == "setAttribute":
        return [[name, _plain(content[name])] for name in sorted(content)]
    if type == "rearrange":
        places = [content.get("from"), content.get("to")]
        return places if all([isinstance(place, int) and place >= 0 for place in places]) else None
    return _style(content, pixels=type in ("move", "resize"))


def _style(content: dict[str, object], *, pixels: bool) -> str:
    """The inline style text to append: `color: red !important;…`; *pixels* adds px to bare numbers of places and sizes."""
    priority = content.get("priority")
    out = []
    for name in sorted(content):
        if name == "priority":
            continue
        text = _plain(content[name])
        if pixels and name in _PIXELS and _is_number(text):
            text += "px"
        out.append(f"{name}: {text}{' !' + str(priority) if priority else ''};")
    return "".join(out)


def _is_number(text: str) -> bool:
    digits = text[1:] if text.startswith("-") else text
    whole, _, rest = digits.partition(".")
    return whole.isdigit() and (rest == "" or rest.isdigit())


def _plain(value: object) -> str:
    return value if isinstance(value, str) else encode(value)

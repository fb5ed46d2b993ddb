"""Builds the steps that the page carries out from the items of propositions.

Pure. A step is `{key, item, type, selector, content, hide, once, mark, label}`: *hide* is the prehiding selector, *once*
says that the step runs once for an element and item, *mark* is the number that changed elements carry for interact events
(0: none) and *label* their label. Source: Adobe's Web SDK 2.33, dom-actions (the table of semantics).
"""

from ..digits import is_digits
from ..wire import encode
from .schemas import DEFAULT, DOM_ACTION, HTML, JSON

TEXTS = (
    "setText",
    "setHtml",
    "appendHtml",
    "prependHtml",
    "insertBefore",
    "insertAfter",
    "replaceHtml",
    "setImageSource",
    "customCode",
)
BARE = ("remove", "collectInteractions")
CLICK = "click"
OBJECTS = ("setAttribute", "setStyle", "move", "resize", "rearrange")
ONCE = ("appendHtml", "prependHtml", "insertBefore", "insertAfter", "rearrange")
TYPES = TEXTS + OBJECTS + BARE + (CLICK,)
_PIXELS = ("left", "top", "right", "bottom", "width", "height")


def build_step(item: dict[str, object], *, key: int) -> "tuple[dict[str, object] | None, str]":
    """The step for *item*, and what is wrong where there is none.

    Nothing is wrong with an item that is for the caller to use (JSON, HTML without a place, messages, rulesets): it is
    returned, not rendered.
    """
    schema = item.get("schema")
    if schema not in (DOM_ACTION, HTML):
        return None, ""
    data = item.get("data")
    type = data.get("type") if isinstance(data, dict) else None
    selector = data.get("selector") if isinstance(data, dict) else None
    if schema == HTML and (not type or not selector):
        return None, ""
    if not isinstance(data, dict) or not isinstance(type, str) or type not in TYPES:
        return None, f"expected an action of {', '.join(TYPES)}, got {type!r}"
    if not isinstance(selector, str) or not selector:
        return None, f"{type}: expected a selector, got {selector!r}"
    content = _content(type, data.get("content"))
    if content is None:
        return None, f"{type}: unusable content {data.get('content')!r}"
    hide = data.get("prehidingSelector")
    if type == "customCode" and selector == "BODY > *:eq(0)":
        selector = "BODY"
    return {
        "key": key,
        "item": str(item.get("id") or ""),
        "type": "setStyle" if type in ("move", "resize") else type,
        "selector": selector,
        "content": content,
        "hide": hide if isinstance(hide, str) else "",
        "once": type in ONCE,
        "mark": 0,
        "label": item_label(item),
    }, ""


def item_label(item: dict[str, object]) -> str:
    """The label that interact events with *item* carry, '' for none."""
    characteristics = item.get("characteristics")
    label = characteristics.get("trackingLabel") if isinstance(characteristics, dict) else None
    return label if isinstance(label, str) else ""


def placed(item: dict[str, object], metadata: dict[str, object]) -> dict[str, object] | None:
    """*item* as `applyPropositions` renders it, its place given by *metadata* (`{selector, actionType}`); None for one
    that can't be rendered. JSON is only ever marked, for interact events, where the action is collectInteractions."""
    schema = item.get("schema")
    if schema in (DOM_ACTION, DEFAULT):
        return item
    action = metadata.get("actionType")
    tracked = schema == JSON and action == "collectInteractions"
    if (schema != HTML and not tracked) or not action:
        return None
    data = item.get("data")
    where = dict(data) if isinstance(data, dict) else {}
    where["selector"] = metadata.get("selector")
    where["type"] = action
    out = dict(item)
    out["data"] = where
    out["schema"] = DOM_ACTION if tracked else HTML
    return out


def _content(type: str, content: object) -> object:
    if type in BARE or type == CLICK:
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
    return is_digits(whole) and (rest == "" or is_digits(rest))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else encode(value)

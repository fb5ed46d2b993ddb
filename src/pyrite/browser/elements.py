"""Creates elements with the page's nonce and Trusted Types, and loads scripts.

Not for markup of offers: rendering/markup.py. An element's own names are reached by `own` and `invoke`.
"""

from ..core.effects import Call, Hide
from .bridge import (
    array,
    attempt,
    callback,
    construct,
    invoke,
    is_nullish,
    listen,
    method,
    own,
    text,
    window,
)
from .features import feature, instances, look, marked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PREHIDING_ID = "alloy-prehiding"  # Alloy's name: its page snippet uses the same
POLICY = "pyrite"  # the name a page's `trusted-types` directive lists
_policy: "list[Any]" = []  # once it has been asked for; None where the page has none for us


def add_style(css: str, *, id: str) -> Any:
    """A style node with *css*, in the document, with the page's nonce."""
    node = make("style")
    if id:
        node.id = id
    give_nonce(node)
    node.textContent = css
    invoke(head(), "appendChild", node)
    return node


def make(name: str) -> Any:
    """A new HTML element, even in a document that is not HTML."""
    return invoke(window.document, "createElementNS", "http://www.w3.org/1999/xhtml", name)


def head() -> Any:
    """The parent for scripts and styles: the document's head, or its replacement."""
    return own(window.document, "head") or own(window.document, "documentElement")


def hide(selector: str) -> Any:
    """A style node, in the document, that makes what *selector* matches invisible."""
    return add_style(selector + " { visibility: hidden }", id="")


def name_of(node: Any) -> str:
    """The name of a node in large letters, as HTML's elements have it; XHTML and SVG have small ones. '' for the window."""
    return text(own(node, "nodeName")).upper()


def load(url: str, done: "Callable[[], None]", failed: "Callable[[str], None]") -> None:
    """Run the script at *url*, with the page's nonce."""
    element = make("script")
    give_nonce(element)

    def ready(*_: Any) -> None:
        listen(element, "load", callback(lambda *_: done()))
        listen(element, "error", callback(lambda *_: failed(f"{url} can't be loaded")))
        invoke(head(), "appendChild", element)

    trusted(
        "createScriptURL", url, lambda allowed: set_property(element, "src", allowed, ready, failed)
    )


def trusted(kind: str, value: Any, use: "Callable[[Any], None]") -> None:
    """Hand *use* the text *value* as the page's Trusted Types want it, made by `createHTML`, `createScript` or `createScriptURL`."""
    if not kind or feature("trustedTypes", "createPolicy") is None:
        use(value)
        return

    # A policy's name can be had once on a page: the loader, the tracker and its parts share it.
    names = instances()

    def made_policy(policy: Any = None, *_: Any) -> None:
        if not _policy:
            _policy.append(policy)
            if policy is not None and names is not None:
                window.Reflect.set(names, "policy", policy)
        convert(_policy[0])

    def convert(policy: Any) -> None:
        if policy is None:
            use(value)
        else:
            use(window.Reflect.apply(method(policy, kind), policy, array(value)))

    if _policy:
        convert(_policy[0])
        return
    shared = look(names, "policy")
    if shared is not None:
        made_policy(shared)
        return
    types = feature("trustedTypes", "createPolicy")
    rules = construct(window.Object)
    same = callback(lambda given, *_: given)
    for name in ("createHTML", "createScript", "createScriptURL"):
        window.Reflect.set(rules, name, same)
    # A page that lists its policies, and not ours, refuses: then the text goes as it is, and may be refused in turn.
    attempt(
        method(types, "createPolicy"), types, (POLICY, rules), made_policy, lambda _: made_policy()
    )


def set_property(node: Any, name: str, value: Any, done: Any, failed: Any) -> None:
    """Set the property *name* of *node*, which may throw; *done* or *failed* is called."""
    attempt(method(window.Reflect, "set"), window.Reflect, (node, name, value), done, failed)


def give_nonce(node: Any) -> None:
    """Give *node* the page's nonce, if the page has one."""
    holder = invoke(window.document, "querySelector", "[nonce]")
    if holder and text(own(holder, "nonce")):
        node.nonce = own(holder, "nonce")


def hide_page(effect: Hide) -> bool:
    """Hide the page by the style of *effect*, until `show_page`; False where it is hidden already."""
    if _prehiding() is not None:
        return False
    add_style(effect.css, id=marked(PREHIDING_ID))
    return True


def show_page() -> bool:
    """Show the page again; False where nothing hides it."""
    style = _prehiding()
    if style is None:
        return False
    invoke(style, "remove")
    return True


def load_image(effect: Call) -> None:
    """Request the address of *effect* as an image."""
    image = construct(window.Image)
    if effect.hides_referrer:
        image.referrerPolicy = "no-referrer"
    image.src = effect.url


def _prehiding() -> Any:
    style = invoke(window.document, "getElementById", marked(PREHIDING_ID))
    return None if is_nullish(style) else style

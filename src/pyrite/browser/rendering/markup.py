"""Markup of offers made into nodes, and their scripts run: the page's nonce, Trusted Types and order are kept.

Not for where the nodes go: dom.py knows. Source of the semantics: Adobe's Web SDK 2.33; order of scripts, table rows and
Trusted Types are ours.
"""

from ..bridge import array, attempt, callback, construct, invoke, listen, method, own, text, window
from ..features import feature, look
from ..sequence import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SVG = "http://www.w3.org/2000/svg"
POLICY = "pyrite"  # the name a page's `trusted-types` directive lists
_policy: "list[Any]" = []  # once it has been asked for; None where the page has none for us


def add_style(css: str, *, id: str) -> Any:
    """A style node with *css*, in the document, with the page's nonce."""
    node = make("style")
    if id:
        node.id = id
    _give_nonce(node)
    node.textContent = css
    invoke(head(), "appendChild", node)
    return node


def make(name: str) -> Any:
    """A new element of HTML, also in a document that is not HTML."""
    return invoke(window.document, "createElementNS", "http://www.w3.org/1999/xhtml", name)


def head() -> Any:
    """Where scripts and styles go: the document's head, or what stands for it."""
    return own(window.document, "head") or own(window.document, "documentElement")


def made(
    html: str,
    done: "Callable[[list[Any], list[Any]], None]",
    failed: "Callable[[str], None]",
    parent: Any,
    only: str = "",
) -> None:
    """Hand *done* the nodes of *html*, and its scripts in order; *failed* if the page's Trusted Types refuse.

    *parent* is what they will stand in, *only* a selector for the nodes to take, however deep. Images begin to load.
    """
    maker = window.document
    if text(own(maker, "contentType")) != "text/html":
        # In a document of XML markup is read as XML; offers are HTML.
        maker = invoke(own(maker, "implementation"), "createHTMLDocument", "")
    # A template keeps rows of tables, which a div drops.
    template = invoke(maker, "createElement", "template")
    in_picture = own(parent, "namespaceURI") == SVG and own(parent, "nodeName") != "foreignObject"

    def parsed(*_: Any) -> None:
        content = template.content.firstChild if in_picture else template.content
        for node in _all(content, "style"):
            _give_nonce(node)
        for image in _all(content, "img"):
            if text(image.getAttribute("src")) and text(image.loading) != "lazy":
                construct(window.Image).src = image.src
        scripts = _all(content, "script")
        chosen = _all(content, only) if only else _children(content)
        done(chosen, [script for script in scripts if _is_javascript(script)])

    def read(allowed: Any) -> None:
        attempt(
            method(window.Reflect, "set"),
            window.Reflect,
            (template, "innerHTML", allowed),
            parsed,
            failed,
        )

    trusted("createHTML", f"<svg>{html}</svg>" if in_picture else html, read)


def run_scripts(target: Any, scripts: "list[Any]", done: "Callable[[str], None]") -> None:
    """Run *scripts*, which parsing left inert, in order: inline ones in *target*, others from the head.

    One with an address holds those behind it until it has loaded or failed, unless it says async. *done* is called
    when none is left or one has to be waited for: a slow host must not keep content hidden. It gets why the first of them
    was refused, '' where none was.
    """
    told: list[bool] = []
    problems: list[str] = []

    def tell() -> None:
        if not told:
            told.append(True)
            done(problems[0] if problems else "")

    def work(index: int, next_one: Any) -> None:
        script = scripts[index]
        fresh = make("script")
        for place in range(script.attributes.length):
            attribute = script.attributes[place]
            if attribute.name not in ("src", "nonce"):
                fresh.setAttribute(attribute.name, attribute.value)
        _give_nonce(fresh)
        holds = index + 1 < len(scripts) and not fresh.hasAttribute("async")

        def refused(why: str) -> None:
            problems.append(why)
            next_one()

        def inline(*_: Any) -> None:
            invoke(target, "appendChild", fresh)
            fresh.remove()
            next_one()

        def addressed(*_: Any) -> None:
            if holds:
                listen(fresh, "load", callback(lambda *_: next_one()))
                listen(fresh, "error", callback(lambda *_: next_one()))
            invoke(head(), "appendChild", fresh)
            if holds:
                tell()
            else:
                next_one()

        def run(allowed: Any) -> None:
            _set(fresh, "textContent", allowed, inline, refused)

        def fetch(allowed: Any) -> None:
            _set(fresh, "src", allowed, addressed, refused)

        address = text(script.getAttribute("src"))
        if address:
            trusted("createScriptURL", address, fetch)
        else:
            trusted("createScript", script.textContent, run)

    each(list(range(len(scripts))), work, tell)


def load(url: str, done: "Callable[[], None]", failed: "Callable[[str], None]") -> None:
    """Run the script at *url*, with the page's nonce."""
    element = make("script")
    _give_nonce(element)

    def ready(*_: Any) -> None:
        listen(element, "load", callback(lambda *_: done()))
        listen(element, "error", callback(lambda *_: failed(f"{url} can't be loaded")))
        invoke(head(), "appendChild", element)

    trusted("createScriptURL", url, lambda allowed: _set(element, "src", allowed, ready, failed))


def trusted(kind: str, value: Any, use: "Callable[[Any], None]") -> None:
    """Hand *use* the text *value* as the page's Trusted Types want it, made by `createHTML`, `createScript` or `createScriptURL`."""
    if not kind or feature("trustedTypes", "createPolicy") is None:
        use(value)
        return

    def made_policy(policy: Any = None, *_: Any) -> None:
        if not _policy:
            _policy.append(policy)
        convert(_policy[0])

    def convert(policy: Any) -> None:
        if policy is None:
            use(value)
        else:
            use(window.Reflect.apply(method(policy, kind), policy, array(value)))

    if _policy:
        convert(_policy[0])
        return
    loaders = look(feature("__alloyNS", "push"), "policy")
    if loaders is not None:
        made_policy(loaders)
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


def _set(node: Any, name: str, value: Any, done: Any, failed: Any) -> None:
    attempt(method(window.Reflect, "set"), window.Reflect, (node, name, value), done, failed)


def _is_javascript(script: Any) -> bool:
    kind = text(script.getAttribute("type")).lower()
    return kind in ("", "module") or "javascript" in kind


def _children(content: Any) -> "list[Any]":
    return [content.childNodes[index] for index in range(content.childNodes.length)]


def _all(root: Any, css: str) -> "list[Any]":
    nodes = root.querySelectorAll(css)
    return [nodes[index] for index in range(nodes.length)]


def _give_nonce(node: Any) -> None:
    holder = invoke(window.document, "querySelector", "[nonce]")
    if holder and text(own(holder, "nonce")):
        node.nonce = own(holder, "nonce")

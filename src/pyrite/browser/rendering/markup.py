"""Markup of offers made into nodes, and their scripts run: the page's nonce, Trusted Types and order are kept.

Not for where the nodes go: dom.py knows. Source of the semantics: Adobe's Web SDK 2.33; order of scripts, table rows and
Trusted Types are ours.
"""

from ..bridge import attempt, callback, construct, invoke, listen, method, own, text, window
from ..elements import give_nonce, head, make, set_property, trusted
from ..sequence import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SVG = "http://www.w3.org/2000/svg"


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
            give_nonce(node)
        for image in _all(content, "img"):
            if text(image.getAttribute("src")) and text(image.loading) != "lazy":
                construct(window.Image).src = image.src
        scripts = _all(content, "script")
        nodes = _all(content, only) if only else _children(content)
        done(nodes, [script for script in scripts if _is_javascript(script)])

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
    reports: list[bool] = []
    problems: list[str] = []

    def tell() -> None:
        if not reports:
            reports.append(True)
            done(problems[0] if problems else "")

    def work(index: int, next_one: Any) -> None:
        script = scripts[index]
        fresh = make("script")
        for place in range(script.attributes.length):
            attribute = script.attributes[place]
            if attribute.name not in ("src", "nonce"):
                fresh.setAttribute(attribute.name, attribute.value)
        give_nonce(fresh)
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
            set_property(fresh, "textContent", allowed, inline, refused)

        def fetch(allowed: Any) -> None:
            set_property(fresh, "src", allowed, addressed, refused)

        address = text(script.getAttribute("src"))
        if address:
            trusted("createScriptURL", address, fetch)
        else:
            trusted("createScript", script.textContent, run)

    each(list(range(len(scripts))), work, tell)


def _is_javascript(script: Any) -> bool:
    kind = text(script.getAttribute("type")).lower()
    return kind in ("", "module") or "javascript" in kind


def _children(content: Any) -> "list[Any]":
    return [content.childNodes[index] for index in range(content.childNodes.length)]


def _all(root: Any, css: str) -> "list[Any]":
    nodes = root.querySelectorAll(css)
    return [nodes[index] for index in range(nodes.length)]

"""What steps do to elements: markup made, put in, changed and taken away, with the page's nonce where it has one.

Not for finding or awaiting elements: rendering.py does. Source of the semantics: Adobe's Web SDK 2.33.
"""

from ..core.wire import decode, encode
from .bridge import attempt, construct, method, text, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DONE_MARK = "data-adobe-proposition-ids"  # Alloy's name, so that both agree on one page


def hide(selector: str) -> Any:
    """A style node, in the document, that makes what *selector* matches invisible."""
    return add_style(selector + " { visibility: hidden }", id="")


def add_style(css: str, *, id: str) -> Any:
    """A style node with *css*, in the document, with the page's nonce."""
    node = window.document.createElement("style")
    if id:
        node.id = id
    _give_nonce(node)
    node.textContent = css
    (window.document.head or window.document.documentElement).appendChild(node)
    return node


def apply(step: "dict[str, object]", elements: "list[Any]", done: "Callable[[str], None]") -> None:
    """Carry *step* out on each of *elements*; *done* gets '' or what went wrong."""
    left = [
        element
        for element in elements
        if not (step["once"] and _is_marked(element, str(step["item"])))
    ]
    problems: list[str] = []

    def next_one(problem: str) -> None:
        if problem:
            problems.append(problem)
        if not left:
            done(problems[0] if problems else "")
            return
        element = left.pop(0)
        if step["once"]:
            _mark(element, str(step["item"]))
        action: Any = _ACTIONS[str(step["type"])]
        action(element, step["content"], next_one)

    next_one("")


# ---- actions: (element, content, done) ------------------------------------------------------------------------------


def _set_text(element: Any, content: str, done: Any) -> None:
    element.textContent = content
    done("")


def _set_html(element: Any, content: str, done: Any) -> None:
    def put(nodes: "list[Any]") -> None:
        element.replaceChildren()
        for node in nodes:
            element.appendChild(node)
        _run_scripts(element, nodes)
        done("")

    _nodes(content, put, done)


def _append_html(element: Any, content: str, done: Any) -> None:
    def put(nodes: "list[Any]") -> None:
        if element.tagName == "HEAD":
            nodes = [node for node in nodes if node.nodeName in ("SCRIPT", "LINK", "STYLE")]
        for node in nodes:
            element.appendChild(node)
        _run_scripts(element, nodes)
        done("")

    _nodes(content, put, done)


def _prepend_html(element: Any, content: str, done: Any) -> None:
    if element.tagName == "HEAD":
        _append_html(element, content, done)
        return

    def put(nodes: "list[Any]") -> None:
        # Before the first element child; without one at the end, after any text (Alloy's rule).
        before = element.firstElementChild
        for node in nodes:
            element.insertBefore(node, before)
        _run_scripts(element, nodes)
        done("")

    _nodes(content, put, done)


def _insert_before(element: Any, content: str, done: Any) -> None:
    _insert(
        element,
        content,
        lambda nodes: [element.parentNode.insertBefore(node, element) for node in nodes],
        done,
    )


def _insert_after(element: Any, content: str, done: Any) -> None:
    # Before the next element, so text between the two stays in front (Alloy's rule).
    _insert(
        element,
        content,
        lambda nodes: [
            element.parentNode.insertBefore(node, after)
            for after in [element.nextElementSibling]
            for node in nodes
        ],
        done,
    )


def _replace_html(element: Any, content: str, done: Any) -> None:
    def swap(problem: str) -> None:
        if not problem:
            element.remove()
        done(problem)

    _insert_before(element, content, swap)


def _insert(element: Any, content: str, put: Any, done: Any) -> None:
    if element.tagName == "HEAD":
        _append_html(element, content, done)
        return

    def placed(nodes: "list[Any]") -> None:
        parent = element.parentNode
        if not parent or parent.nodeType == 9:
            done("the element has no parent that could take it")
            return
        put(nodes)
        _run_scripts(parent, nodes)
        done("")

    _nodes(content, placed, done)


def _set_attribute(element: Any, content: "list[Any]", done: Any) -> None:
    left = list(content)

    def next_one(*_: Any) -> None:
        if not left:
            done("")
            return
        name, value = left.pop(0)
        attempt(method(element, "setAttribute"), element, (name, value), next_one, done)

    next_one()


def _set_style(element: Any, content: str, done: Any) -> None:
    before = text(element.style.cssText)
    element.style.cssText = (
        before + ("" if before.strip() == "" or before.strip().endswith(";") else ";") + content
    )
    done("")


def _set_image_source(element: Any, content: str, done: Any) -> None:
    if element.tagName != "IMG":
        done("expected an IMG, got " + text(element.tagName))
        return
    construct(window.Image).src = content
    element.removeAttribute("src")
    element.src = content
    done("")


def _remove(element: Any, content: Any, done: Any) -> None:
    element.remove()
    done("")


def _rearrange(element: Any, content: "list[Any]", done: Any) -> None:
    start, end = content
    children = element.children
    if start < children.length and end < children.length and start != end:
        moved, target = children[start], children[end]
        element.insertBefore(moved, target.nextSibling if start < end else target)
    done("")


_ACTIONS = {
    "setText": _set_text,
    "setHtml": _set_html,
    "appendHtml": _append_html,
    "prependHtml": _prepend_html,
    "insertBefore": _insert_before,
    "insertAfter": _insert_after,
    "replaceHtml": _replace_html,
    "setAttribute": _set_attribute,
    "setStyle": _set_style,
    "setImageSource": _set_image_source,
    "remove": _remove,
    "rearrange": _rearrange,
}


# ---- markup ---------------------------------------------------------------------------------------------------------


def _nodes(html: str, done: Any, failed: Any) -> None:
    """Hand *done* the nodes of *html*, parsed in a detached element; *failed* if the page's Trusted Types refuse."""
    container = window.document.createElement("div")

    def parsed(*_: Any) -> None:
        for node in _all(container, "style"):
            _give_nonce(node)
        done([container.childNodes[index] for index in range(container.childNodes.length)])

    attempt(
        method(window.Reflect, "set"),
        window.Reflect,
        (container, "innerHTML", html),
        parsed,
        failed,
    )


def _run_scripts(target: Any, nodes: "list[Any]") -> None:
    """Run the scripts in *nodes*, which parsing left inert: inline ones in *target*, others from the head."""
    for node in nodes:
        if node.nodeType != 1:
            continue
        scripts = [node] if node.nodeName == "SCRIPT" else _all(node, "script")
        for script in scripts:
            fresh = window.document.createElement("script")
            for index in range(script.attributes.length):
                attribute = script.attributes[index]
                fresh.setAttribute(attribute.name, attribute.value)
            _give_nonce(fresh)
            if text(script.src):
                window.document.head.appendChild(fresh)
            else:
                fresh.textContent = script.textContent
                target.appendChild(fresh)
                fresh.remove()


def _all(root: Any, css: str) -> "list[Any]":
    nodes = root.querySelectorAll(css)
    return [nodes[index] for index in range(nodes.length)]


def _give_nonce(node: Any) -> None:
    holder = window.document.querySelector("[nonce]")
    if holder and text(holder.nonce):
        node.nonce = holder.nonce


def _is_marked(element: Any, item: str) -> bool:
    return item != "" and item in _marks(element)


def _mark(element: Any, item: str) -> None:
    if item:
        element.setAttribute(DONE_MARK, encode(_marks(element) + [item]))


def _marks(element: Any) -> "list[Any]":
    present = text(element.getAttribute(DONE_MARK))
    value = decode(present) if present else []
    return value if isinstance(value, list) else []

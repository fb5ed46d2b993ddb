"""Render plans carried out in the document: elements found or awaited, actions applied, each step told how it went.

Not for which steps there are: core.personalization and core.actions say. Source of the semantics: Adobe's Web SDK 2.33.
"""

from ..core.errors import SelectorError
from ..core.selectors import steps_of
from ..core.wire import decode, encode
from .bridges.micropython import attempt, callback, construct, method, parse, text, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

WAIT_MS = 5000  # how long an element is awaited; Alloy's value
DONE_MARK = "data-adobe-proposition-ids"  # Alloy's name, so that both agree on one page
WAITING = "waiting"
SHOWN = "shown"


class Rendering:
    """One plan: *started* is called after each step has been tried once, *finished* when no step waits any more."""

    def __init__(
        self,
        steps: "list[dict[str, object]]",
        started: "Callable[[list[str]], None]",
        finished: "Callable[[list[str]], None]",
    ) -> None:
        self._steps = steps
        self._results = [""] * len(steps)
        self._left = len(steps)
        self._started = started
        self._finished = finished
        self._first_pass = True
        self._observer: Any = None
        self._styles = [hide(str(step["hide"])) if step["hide"] else None for step in steps]

    def begin(self) -> None:
        """Try each step."""
        for index in range(len(self._steps)):
            self._try(index)

    def _try(self, index: int) -> None:
        step = self._steps[index]
        find(
            str(step["selector"]),
            lambda found: self._found(index, found),
            lambda why: self._end(index, why),
        )

    def _found(self, index: int, elements: "list[Any]") -> None:
        if self._results[index] not in ("", WAITING):
            return
        if not elements:
            self._end(index, WAITING)
            return
        self._results[index] = "running"
        apply(self._steps[index], elements, lambda problem: self._end(index, problem or SHOWN))

    def _end(self, index: int, result: str) -> None:
        first = self._results[index] == "" or (
            self._results[index] == "running" and self._first_pass
        )
        self._results[index] = result
        style = self._styles[index]
        if result != WAITING and style:
            style.remove()
            self._styles[index] = None
        if first:
            self._left -= 1
        if self._left == 0 and self._first_pass:
            self._first_pass = False
            self._started(list(self._results))
            if WAITING in self._results:
                self._wait()
                return
        if not self._first_pass and WAITING not in self._results and "running" not in self._results:
            self._stop()

    def _wait(self) -> None:
        self._observer = construct(window.MutationObserver, callback(self._again))
        self._observer.observe(window.document, parse('{"childList":true,"subtree":true}'))
        window.setTimeout(callback(self._give_up), WAIT_MS)

    def _again(self, *_: Any) -> None:
        for index in range(len(self._results)):
            if self._results[index] == WAITING:
                self._try(index)

    def _give_up(self, *_: Any) -> None:
        for index in range(len(self._results)):
            if self._results[index] == WAITING:
                self._end(index, f"no element within {WAIT_MS // 1000} s")

    def _stop(self) -> None:
        if self._observer:
            self._observer.disconnect()
            self._observer = None
        finished, self._finished = self._finished, lambda results: None
        finished(list(self._results))


def find(
    selector: str, done: "Callable[[list[Any]], None]", failed: "Callable[[str], None]"
) -> None:
    """Hand *done* every element that *selector* (Alloy's language) chooses now; *failed* a text if it can't be read."""
    try:
        steps = steps_of(selector)
    except SelectorError as error:
        failed(error.message)
        return
    _walk(steps, 0, [window.document], done, failed)


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


def _walk(steps: "list[Any]", index: int, roots: "list[Any]", done: Any, failed: Any) -> None:
    if index == len(steps):
        done(roots)
        return
    step = steps[index]
    found: list[Any] = []
    left = list(roots)

    def gather(nodes: Any = None, *_: Any) -> None:
        if nodes is not None:
            for place in range(nodes.length):
                found.append(nodes[place])
        if left:
            root = left.pop(0)
            attempt(method(root, "querySelectorAll"), root, (step["css"],), gather, failed)
            return
        number = step["eq"]
        chosen = found if number is None else found[number : number + 1]
        if step["shadow"]:
            chosen = [element.shadowRoot for element in chosen if element.shadowRoot]
        if chosen:
            _walk(steps, index + 1, chosen, done, failed)
        else:
            done([])

    gather()


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

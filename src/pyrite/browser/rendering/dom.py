"""Applies steps to elements: inserts markup; sets texts, attributes and styles; moves and removes elements.

Not for finding or awaiting elements: rendering.py does; nor for making markup: markup.py does. Source of the semantics:
Adobe's Web SDK 2.33. An element's own names are reached by `own`, `put` and `invoke`: a form's controls may be called `style`.
"""

from ...core.personalization.selectors import BLANKS
from ..bridge import attempt, construct, invoke, own, put, text, window
from ..elements import name_of, trusted
from ..features import look
from ..sequence import each
from .in_place import holds_owned, is_owned, nodes_in, write
from .marks import is_marked, mark
from .markup import made, run_scripts
from .trace import Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def apply(
    step: "dict[str, object]",
    elements: "list[Any]",
    replaced: "list[Any]",
    done: "Callable[[str], None]",
    keep: "Callable[[Trace], None]" = lambda trace: None,
) -> None:
    """Carry *step* out on each of *elements*; *done* gets '' or what went wrong, *keep* the trace of each, before.

    What stands in the place of an element is put there, and the element added to *replaced*: the caller takes it away, unless a
    framework owns it: then it is hidden.
    """
    action: Any = _ACTIONS[str(step["type"])]
    # What is meant for the head can only be added to it; custom code says itself where it goes.
    in_head = bool(elements) and name_of(elements[0]) == "HEAD" and step["type"] != "customCode"
    if in_head and isinstance(step["content"], str) and step["content"].strip(BLANKS):
        action = _append_to_head
    targets = [
        element
        for element in elements
        if not (step["once"] and is_marked(element, str(step["item"])))
    ]
    problems: list[str] = []

    def act(index: int, next_one: Any) -> None:
        def ended(problem: str) -> None:
            if problem:
                problems.append(problem)
            next_one()

        trace = Trace(targets[index], step)
        keep(trace)
        if step["type"] == "replaceHtml":
            if is_owned(targets[index]):
                trace.hide([targets[index]])
            else:
                replaced.append(targets[index])
        if step["once"]:
            mark(targets[index], str(step["item"]))
        action(targets[index], step["content"], ended, trace)

    each(list(range(len(targets))), act, lambda: done(problems[0] if problems else ""))


# ---- actions: (element, content, done, trace) -------------------------------------------------------------------------


def _set_text(element: Any, content: str, done: Any, trace: Any) -> None:
    trace.mark(element)
    if is_owned(element) or holds_owned(element):
        trace.nodes = write(element, content, trace.texts)
        trace.hidden = [node for node in nodes_in(element) if own(node, "nodeType") == 1]
    else:
        put(element, "textContent", content)
    done("")


def _set_html(element: Any, content: str, done: Any, trace: Any) -> None:
    def place(nodes: "list[Any]", scripts: "list[Any]") -> None:
        if holds_owned(element):
            trace.hide(nodes_in(element))
        else:
            invoke(element, "replaceChildren")
        trace.nodes = nodes
        for node in nodes:
            invoke(element, "appendChild", node)
        trace.mark(element)
        run_scripts(element, scripts, done)

    made(content, place, done, element)


def _append_html(element: Any, content: str, done: Any, trace: Any) -> None:
    def place(nodes: "list[Any]", scripts: "list[Any]") -> None:
        trace.nodes = nodes
        for node in nodes:
            invoke(element, "appendChild", node)
        trace.mark(element)
        run_scripts(element, scripts, done)

    made(content, place, done, element)


def _append_to_head(element: Any, content: str, done: Any, trace: Any) -> None:
    def place(nodes: "list[Any]", scripts: "list[Any]") -> None:
        for node in nodes:
            invoke(element, "appendChild", node)
        run_scripts(element, scripts, done)

    made(content, place, done, element, "script, link, style")


def _prepend_html(element: Any, content: str, done: Any, trace: Any) -> None:
    def place(nodes: "list[Any]", scripts: "list[Any]") -> None:
        # Before the first element child; without one at the end, after any text (Alloy's rule).
        before = own(element, "firstElementChild")
        trace.nodes = nodes
        for node in nodes:
            trace.mark(node)
            invoke(element, "insertBefore", node, before)
        run_scripts(element, scripts, done)

    made(content, place, done, element)


def _insert_before(element: Any, content: str, done: Any, trace: Any) -> None:
    def place(nodes: "list[Any]", scripts: "list[Any]") -> None:
        _insert(element, nodes, element, scripts, done, trace)

    made(content, place, done, own(element, "parentNode"))


def _insert_after(element: Any, content: str, done: Any, trace: Any) -> None:
    def place(nodes: "list[Any]", scripts: "list[Any]") -> None:
        # Before the next element, so text between the two stays in front (Alloy's rule).
        _insert(element, nodes, own(element, "nextElementSibling"), scripts, done, trace)

    made(content, place, done, own(element, "parentNode"))


def _insert(
    element: Any, nodes: "list[Any]", before: Any, scripts: "list[Any]", done: Any, trace: Any
) -> None:
    """Put *nodes* beside *element*, in front of *before*."""
    parent = own(element, "parentNode")
    if not parent or own(parent, "nodeType") == 9:
        done("the element has no parent that could take it")
        return
    trace.nodes = nodes
    for node in nodes:
        trace.mark(node)
        invoke(parent, "insertBefore", node, before)
    run_scripts(element, scripts, done)


def _set_attribute(element: Any, content: "list[Any]", done: Any, trace: Any) -> None:
    pairs = list(content)

    def next_one(*_: Any) -> None:
        if not pairs:
            trace.mark(element)
            done("")
            return
        name, value = pairs.pop(0)

        def ready(allowed: Any) -> None:
            attempt(own(element, "setAttribute"), element, (name, allowed), next_one, done)

        trusted(_kind_of(name), value, ready)

    next_one()


def _set_style(element: Any, content: str, done: Any, trace: Any) -> None:
    trace.mark(element)
    style = own(element, "style")
    before = text(look(style, "cssText"))
    style.cssText = (
        before
        + ("" if before.strip(BLANKS) == "" or before.strip(BLANKS).endswith(";") else ";")
        + content
    )
    done("")


def _set_image_source(element: Any, content: str, done: Any, trace: Any) -> None:
    name = name_of(element)
    if name != "IMG":
        done("expected an IMG, got " + name)
        return
    construct(window.Image).src = content
    trace.mark(element)
    element.removeAttribute("src")
    element.src = content
    done("")


def _remove(element: Any, content: Any, done: Any, trace: Any) -> None:
    if is_owned(element):
        trace.hide([element])
    else:
        invoke(element, "remove")
    done("")


def _rearrange(element: Any, content: "list[Any]", done: Any, trace: Any) -> None:
    if holds_owned(element):
        done("a framework keeps these elements in their order")
        return
    start, end = content
    children = own(element, "children")
    if start < children.length and end < children.length and start != end:
        moved = children[start]
        target = children[end]
        # After the target but in front of the next element, or before it (Alloy's rule).
        before = own(target, "nextElementSibling") if start < end else target
        invoke(element, "insertBefore", moved, before)
        trace.mark(target)
        trace.mark(moved)
    done("")


def _collect_interactions(element: Any, content: Any, done: Any, trace: Any) -> None:
    trace.mark(element)
    done("")


def _kind_of(name: str) -> str:
    """What Trusted Types want the attribute *name* to be made by; '' for a plain text."""
    if name == "srcdoc":
        return "createHTML"
    return "createScript" if name.startswith("on") else ""


_ACTIONS = {
    "setText": _set_text,
    "setHtml": _set_html,
    "appendHtml": _append_html,
    "prependHtml": _prepend_html,
    "insertBefore": _insert_before,
    "insertAfter": _insert_after,
    "replaceHtml": _insert_before,
    "setAttribute": _set_attribute,
    "setStyle": _set_style,
    "setImageSource": _set_image_source,
    "remove": _remove,
    "rearrange": _rearrange,
    "customCode": _prepend_html,
    "collectInteractions": _collect_interactions,
}

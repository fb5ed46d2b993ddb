"""Nodes that a framework owns: they never leave their place in the document, they are hidden there, and ours stands beside them.

A framework that finds a node of its own gone stops (React: `NotFoundError: removeChild`, and the page is blank). Which nodes
are a framework's it says by names that it leaves on them, on its root, or on the window.
"""

from ..bridge import construct, invoke, own, put, text, window
from ..elements import give_nonce, head, make
from ..features import look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HIDDEN = "data-pyrite-hidden"
STYLE = "pyrite-hidden"  # the id of what hides them
# On every node: React, Vue where its tools may look in, Angular, Svelte in development.
ON_NODES = ("__reactFiber$", "__vnode", "__vueParentComponent", "__ngContext__", "__svelte_meta")
# On the element that a framework renders into: Vue, Preact, lit.
ON_ROOTS = ("_vnode", "__vue_app__", "__k", "_$litPart$")
# For the whole page, where nodes say nothing: Svelte, Solid.
ON_WINDOW = ("__svelte", "_$HY")
ON_DOCUMENT = "_$DX_DELEGATE"


def is_owned(node: Any) -> bool:
    """Whether a framework owns *node*."""
    if is_named(node, ON_NODES):
        return True
    return _is_inside(own(node, "parentNode"))


def holds_owned(element: Any) -> bool:
    """Whether a framework owns what is in *element*."""
    if _is_inside(element):
        return True
    return any([is_named(node, ON_NODES) for node in nodes_in(element)])


def nodes_in(element: Any) -> "list[Any]":
    """The nodes in *element*, as they are now."""
    nodes = own(element, "childNodes")
    return [nodes[index] for index in range(nodes.length)]


def _is_inside(element: Any) -> bool:
    """Whether *element* is a framework's root, or in one."""
    if look(window.document, ON_DOCUMENT) is not None:
        return True
    if any([look(window.globalThis, name) is not None for name in ON_WINDOW]):
        return True
    place = element
    while place:
        if is_named(place, ON_ROOTS):
            return True
        place = own(place, "parentNode")
    return False


def is_named(node: Any, marks: "tuple[str, ...]") -> bool:
    """Whether *node* has a name of its own that begins with one of *marks*."""
    names = window.Object.getOwnPropertyNames(node)
    for index in range(names.length):
        name = text(names[index])
        if any([name.startswith(mark) for mark in marks]):
            return True
    return False


def conceal(node: Any, texts: "list[Any]") -> None:
    """Hide *node* where it is; of a text is added to *texts* what it said, and says now."""
    if own(node, "nodeType") == 3:
        texts.append([node, own(node, "data"), ""])
        put(node, "data", "")
    elif own(node, "nodeType") == 1:
        _add_style(invoke(node, "getRootNode"))
        invoke(node, "setAttribute", HIDDEN, "")


def is_concealed(node: Any) -> bool:
    """Whether *node* is hidden where it is, or nothing to be seen."""
    if own(node, "nodeType") == 1:
        return invoke(node, "hasAttribute", HIDDEN) is True
    return own(node, "nodeType") != 3 or text(own(node, "data")) == ""


def reveal(nodes: "list[Any]", texts: "list[Any]") -> None:
    """Show *nodes* and *texts* again, unless the framework has rewritten them."""
    for node in nodes:
        if own(node, "nodeType") == 1:
            invoke(node, "removeAttribute", HIDDEN)
    for node, data, ours in texts:
        if text(own(node, "data")) == ours:
            put(node, "data", data)


def write(element: Any, content: str, texts: "list[Any]") -> "list[Any]":
    """Let *element* say *content*, in the text that it has; where it has other nodes they are hidden. The node added, if any."""
    nodes = nodes_in(element)
    plain = bool(nodes) and all([own(node, "nodeType") == 3 for node in nodes])
    for node in nodes[1:] if plain else nodes:
        conceal(node, texts)
    if plain:
        texts.append([nodes[0], own(nodes[0], "data"), content])
        put(nodes[0], "data", content)
        return []
    added = construct(window.Text, content)
    invoke(element, "appendChild", added)
    return [added]


def _add_style(root: Any) -> None:
    """Let the document, or a shadow root, hide what is marked."""
    if invoke(root, "querySelector", "#" + STYLE):
        return
    style = make("style")
    style.id = STYLE
    give_nonce(style)
    style.textContent = f"[{HIDDEN}] {{ display: none !important }}"
    invoke(head() if own(root, "nodeType") == 9 else root, "appendChild", style)

"""Tells which elements a server has rendered for a framework that has not taken them over yet.

A framework that finds other nodes than its server has sent begins anew (React rebuilds its whole root), or writes over what it
finds: offers wait. What the framework leaves in the document says when; where nothing does, the page can say it itself.
"""

from ..bridge import invoke, is_nullish, own, text, window
from ..clock import clock_ms
from ..elements import name_of
from ..features import look
from .in_place import ON_NODES, ON_ROOTS, is_named, nodes_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT_MS = 10000  # for what is never taken over: its offers are rendered as on any page
COMMENTED_MS = 1000  # the same after the page's load event, where only comments hint at a framework
NAMED_MS = 100  # the same where only the id of an element does
TOLD = (
    "data-pyrite-hydrated"  # the page's own word: "false" until it has any other value, or is gone
)
PENDING = "astro-island[ssr],[ngh]"  # gone once taken over: Astro's islands, Angular's components
SOLID = "[data-hk]"  # stays; Solid keeps a set of those that it has taken over
# Next.js, Nuxt, Gatsby, Angular, Vue 2: they hydrate what is in it.
ROOTS = "#__next,#__nuxt,#___gatsby,[ng-server-context],[data-server-rendered]"
LIKELY = "#root,#app"  # so the roots of React's and Vue's templates are called, and others
ON_PAGE = ("__next_f", "__reactRouterContext")  # React hydrates the whole document
# React's boundaries and the gaps between its texts, fragments of Vue and Svelte.
COMMENTS = ("$", "$?", "$!", " ", "[")
ALL = ",".join([f"[{TOLD}]", PENDING, SOLID, ROOTS, LIKELY])
FIBER = ("__reactFiber$",)
CONTAINER = ("__reactContainer$",)
_WRITES_INTO = ("setHtml", "setText", "remove", "replaceHtml", "rearrange")


class Hydration:
    """What is still a server's, for one plan, which waits at most LIMIT_MS."""

    def __init__(self) -> None:
        self._began_ms = clock_ms()
        self._over = False
        self._whole = False  # React hydrates the document
        self._ready = "unseen"  # the state of the document when they were looked for
        self._commented: list[Any] = []  # children of the body with comments of a framework
        self._young = self._younger = False

    def waited_ms(self) -> int:
        """How long the plan has waited."""
        return clock_ms() - self._began_ms

    def look(self) -> None:
        """See what the page is; before each pass over the steps."""
        document = window.document
        since_ms = _since_load_ms()
        self._young, self._younger = since_ms < COMMENTED_MS, since_ms < NAMED_MS
        self._whole = any([look(window.globalThis, name) is not None for name in ON_PAGE])
        ready = text(own(document, "readyState"))
        if self._young and ready != self._ready:
            self._ready = ready
            self._commented = _commented()
        signs = self._whole or (self._young and bool(self._commented))
        late = self.waited_ms() >= LIMIT_MS
        self._over = late or (not signs and is_nullish(invoke(document, "querySelector", ALL)))

    def holds(self, elements: "list[Any]", type: str) -> bool:
        """Whether a step of this *type* has to wait with one of *elements*."""
        if self._over:
            return False
        for element in elements:
            if self._is_pending(element):
                return True
            if type in _WRITES_INTO:
                root = invoke(element, "querySelector", ALL)
                if not is_nullish(root) and self._is_pending(
                    own(root, "firstElementChild") or root
                ):
                    return True
        return False

    def _is_pending(self, element: Any) -> bool:
        if name_of(element) in ("HTML", "HEAD"):  # frameworks expect others there
            return False
        marked = _closest(element, f"[{TOLD}]")
        if marked is not None:
            return text(invoke(marked, "getAttribute", TOLD)) == "false"
        if _closest(element, PENDING) is not None:
            return True
        solid = _closest(element, SOLID)
        if solid is not None:
            hydration = look(window.globalThis, "_$HY")
            known = look(hydration, "completed")
            over = known is None or look(hydration, "done") is True
            return not over and invoke(known, "has", solid) is not True
        taken = _is_taken(element)
        if taken is not None:
            return not taken
        if self._whole or _closest(element, ROOTS) is not None:
            return True
        if self._younger and _closest(element, LIKELY) is not None:
            return True
        if not self._young or _has_svelte_begun():
            return False
        return any([invoke(place, "contains", element) is True for place in self._commented])


def _is_taken(element: Any) -> "bool | None":
    """Whether a framework has taken *element* over; None where none has said a word above it."""
    seen = gap = False  # nodes of React's, and others between them and its root
    below = node = element
    while node:
        if is_named(node, FIBER):
            # React takes nodes over from the innermost on, and what is in a boundary after all else.
            if not seen and below is not node and _is_in_boundary(below):
                return False
            seen = True
        elif is_named(node, CONTAINER):
            begun = seen or any([is_named(child, FIBER) for child in nodes_in(node)])
            return begun and not gap
        elif seen:
            gap = True
        elif is_named(node, ON_ROOTS + ON_NODES):
            return True
        below, node = node, own(node, "parentNode")
    return True if seen else None


def _is_in_boundary(node: Any) -> bool:
    """Whether *node* is in a boundary (Suspense) among its siblings."""
    ended = 0
    before = own(node, "previousSibling")
    while before:
        data = text(own(before, "data")) if own(before, "nodeType") == 8 else ""
        if data == "/$":
            ended += 1
        elif data in ("$", "$?", "$!"):
            if not ended:
                return True
            ended -= 1
        before = own(before, "previousSibling")
    return False


def _has_svelte_begun() -> bool:
    """Whether Svelte has hydrated, which it does at one go: then it has prepared all elements for itself."""
    return is_named(look(look(window.globalThis, "Element"), "prototype"), ("__e",))


def _commented() -> "list[Any]":
    """The children of the body that hold a framework's comment; the body where it does so itself."""
    body = own(window.document, "body")
    nodes = nodes_in(body) if body else []
    if any([_is_comment(node) for node in nodes]):
        return [body]
    return [node for node in nodes if own(node, "nodeType") == 1 and _has_comment(node)]


def _has_comment(element: Any) -> bool:
    walker = invoke(window.document, "createTreeWalker", element, 128)
    node = invoke(walker, "nextNode")
    while node and not _is_comment(node):
        node = invoke(walker, "nextNode")
    # Of Astro's islands each says it of itself.
    return bool(node) and is_nullish(invoke(element, "querySelector", "astro-island"))


def _is_comment(node: Any) -> bool:
    return own(node, "nodeType") == 8 and text(own(node, "data")) in COMMENTS


def _since_load_ms() -> float:
    """How long ago the load event was; below 0 before it."""
    performance = look(window.globalThis, "performance")
    timing = look(performance, "timing")
    if timing is None:
        return LIMIT_MS
    if not timing.loadEventEnd:
        return -1
    since_ms: float = performance.now() - (timing.loadEventEnd - timing.navigationStart)
    return since_ms


def _closest(element: Any, css: str) -> Any:
    ancestor = invoke(element, "closest", css)
    return None if is_nullish(ancestor) else ancestor

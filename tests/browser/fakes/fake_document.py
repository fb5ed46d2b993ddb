"""A document and elements, as far as the browser room uses them."""

from html.parser import HTMLParser
from typing import Any

from js_values import Array, JsError, Obj, Target

from pyrite.testing.world import World


def is_connected(node: Any) -> bool:
    """Whether *node* is in a document."""
    while node is not None and node.nodeType != 9:
        node = node.parentNode
    return node is not None


class Text(Obj):
    """A text between elements."""

    nodeType = 3
    nodeName = "#text"

    def __init__(self, content: str) -> None:
        self.textContent = content
        self.parentNode: Any = None

    @property
    def isConnected(self) -> bool:
        return is_connected(self)

    def querySelectorAll(self, css: str) -> Array:
        return Array()


class Comment(Text):
    """A comment."""

    nodeType = 8
    nodeName = "#comment"

    def __init__(self, data: str) -> None:
        super().__init__("")
        self.data = data


class Element(Target):
    """An element of HTML; `a` reads addresses as browsers do."""

    nodeType = 1
    namespaceURI = "http://www.w3.org/1999/xhtml"

    def __init__(self, window: Any, name: str) -> None:
        super().__init__()
        self._window = window
        self.nodeName = name.upper()
        self.js_class = f"HTML{name.title()}Element"
        self.childNodes = Array()
        self.parentNode: Any = None
        self.style = Obj(cssText="")
        self._attributes: dict[str, str] = {}

    @property
    def isConnected(self) -> bool:
        return is_connected(self)

    def contains(self, other: Any) -> bool:
        return other is self or any(
            node is other or (node.nodeType == 1 and node.contains(other))
            for node in self.childNodes
        )

    @property
    def children(self) -> Array:
        return Array(node for node in self.childNodes if node.nodeType == 1)

    @property
    def firstElementChild(self) -> Any:
        return next(iter(self.children), None)

    @property
    def nextElementSibling(self) -> Any:
        around = self.parentNode.children
        return next(iter(around[around.index(self) + 1 :]), None)

    @property
    def textContent(self) -> str:
        return "".join(node.textContent for node in self.childNodes)

    @textContent.setter
    def textContent(self, content: str) -> None:
        self.childNodes = Array([Text(content)] if content else [])

    @property
    def innerText(self) -> str:
        return self.textContent

    @property
    def attributes(self) -> Array:
        return Array(Obj(name=name, value=value) for name, value in self._attributes.items())

    @property
    def id(self) -> str:
        return self._attributes.get("id", "")

    @id.setter
    def id(self, value: str) -> None:
        self._attributes["id"] = value

    @property
    def src(self) -> str:
        return self._attributes.get("src", "")

    @src.setter
    def src(self, value: str) -> None:
        self._attributes["src"] = value

    @property
    def href(self) -> str:
        address = self._attributes.get("href", "")
        origin = self._window.origin
        return origin + address if address.startswith("/") else address

    @href.setter
    def href(self, value: str) -> None:
        self._attributes["href"] = value

    @property
    def protocol(self) -> str:
        return self.href.partition(":")[0] + ":"

    @property
    def hostname(self) -> str:
        return self.href.partition("://")[2].partition("/")[0].partition(":")[0]

    @property
    def innerHTML(self) -> str:
        return "".join(html_of(node) for node in self.childNodes)

    @innerHTML.setter
    def innerHTML(self, markup: str) -> None:
        """Of a template: its content."""
        self.content = Element(self._window, "#document-fragment")
        self.content.nodeType = 11
        _Parser(self._window, self.content).feed(markup)

    def setAttribute(self, name: str, value: str) -> None:
        self._attributes[name] = value

    def getAttribute(self, name: str) -> str | None:
        return self._attributes.get(name)

    def hasAttribute(self, name: str) -> bool:
        return name in self._attributes

    def removeAttribute(self, name: str) -> None:
        self._attributes.pop(name, None)

    def appendChild(self, node: Any) -> None:
        self.insertBefore(node, None)

    def insertBefore(self, node: Any, before: Any) -> None:
        if node.parentNode is not None:
            node.parentNode.childNodes.remove(node)
        node.parentNode = self
        place = len(self.childNodes) if before is None else self.childNodes.index(before)
        self.childNodes.insert(place, node)
        if node.nodeName == "SCRIPT":
            self._window.load_script(node)
        self._window.mutated()

    def replaceChildren(self) -> None:
        self.childNodes.clear()

    def remove(self) -> None:
        if self.parentNode is not None:
            self.parentNode.childNodes.remove(self)
            self.parentNode = None

    def isSameNode(self, other: Any) -> bool:
        return self is other

    @property
    def previousSibling(self) -> Any:
        place = self.parentNode.childNodes.index(self)
        return self.parentNode.childNodes[place - 1] if place else None

    def closest(self, css: str) -> Any:
        node: Any = self
        while node is not None and node.nodeType == 1 and not _fits(node, css):
            node = node.parentNode
        return node if node is not None and node.nodeType == 1 else None

    def querySelector(self, css: str) -> "Element | None":
        return next(iter(self.querySelectorAll(css)), None)

    def querySelectorAll(self, css: str) -> Array:
        """What `#id`, a name, `[name]`, `[name="value"]` or `*` chooses, each of a list; behind `:scope >` children alone."""
        if css == "!":
            raise JsError("SyntaxError")
        if css.startswith((":scope > ", ":host > ")):
            wanted = css.partition("> ")[2]
            return Array(child for child in self.children if _fits(child, wanted))
        found = Array()
        for child in self.children:
            if _fits(child, css):
                found.append(child)
            found.extend(child.querySelectorAll(css))
        return found


def _fits(element: Element, css: str) -> bool:
    choices = ["*", f"#{element.id}", element.nodeName.lower()]
    for one in element.attributes:
        named = f"[{one.name}]"
        choices += [named, element.nodeName.lower() + named, f'[{one.name}="{one.value}"]']
    return any(one.strip() in choices for one in css.split(","))


def _comments_in(element: Element) -> list[Comment]:
    found = [node for node in element.childNodes if node.nodeType == 8]
    return found + [one for child in element.children for one in _comments_in(child)]


class _Parser(HTMLParser):
    """Puts the nodes of markup into *holder*."""

    def __init__(self, window: Any, holder: Element) -> None:
        super().__init__()
        self._window = window
        self._open = [holder]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(self._window, tag)
        for name, value in attrs:
            element.setAttribute(name, value or "")
        self._put(element)
        if tag not in ("img", "br", "link"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._put(Text(data))

    def _put(self, node: Any) -> None:
        node.parentNode = self._open[-1]
        self._open[-1].childNodes.append(node)


def html_of(node: Any) -> str:
    """The markup of *node*."""
    if node.nodeType == 3:
        return str(node.textContent)
    name = node.nodeName.lower()
    attributes = "".join(f' {one.name}="{one.value}"' for one in node.attributes)
    return f"<{name}{attributes}>{node.innerHTML}</{name}>"


class Document(Element):
    """The document of a page in *world*."""

    nodeType = 9

    def __init__(self, window: Any, world: World) -> None:
        super().__init__(window, "#document")
        self._world = world
        self.js_class = "HTMLDocument"
        self.visibilityState = "visible"
        self.prerendering = False
        self.contentType = "text/html"
        self.compatMode = "CSS1Compat"
        self.referrer = ""
        self.documentElement = Element(window, "html")
        self.documentElement.clientWidth = 1280
        self.documentElement.clientHeight = 720
        self.head, self.body = Element(window, "head"), Element(window, "body")
        for parent, child in (
            (self, self.documentElement),
            (self.documentElement, self.head),
            (self.documentElement, self.body),
        ):
            child.parentNode = parent
            parent.childNodes.append(child)

    @property
    def cookie(self) -> str:
        return self._world.cookie()

    @cookie.setter
    def cookie(self, text: str) -> None:
        pair, *attributes = text.split("; ")
        name, _, value = pair.partition("=")
        given = dict(attribute.partition("=")[::2] for attribute in attributes)
        if "domain" in given and "." not in given["domain"]:
            return  # no browser takes a cookie for all of a top-level domain
        if given.get("max-age") == "0":
            self._world.jar.pop(name, None)
        else:
            self._world.set_cookie(name, value, int(given.get("max-age", 0)))

    def createElement(self, name: str) -> Element:
        return Element(self._window, name)

    def createElementNS(self, namespace: str, name: str) -> Element:
        return Element(self._window, name)

    def getElementById(self, id: str) -> Element | None:
        return self.querySelector(f"#{id}")

    def createTreeWalker(self, root: Element, what: int) -> Obj:
        """Of comments."""
        found = iter(_comments_in(root))
        return Obj(nextNode=lambda: next(found, None))

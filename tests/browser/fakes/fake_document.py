"""A document and elements, as far as the browser room uses them without markup."""

from typing import Any

from js_values import Array, Obj, Target

from pyrite.testing.world import World


class Element(Target):
    """An element of HTML; `a` reads addresses as browsers do."""

    nodeType = 1
    namespaceURI = "http://www.w3.org/1999/xhtml"

    def __init__(self, window: Any, name: str) -> None:
        super().__init__()
        self._window = window
        self.nodeName = name.upper()
        self.js_class = f"HTML{name.title()}Element"
        self.children = Array()
        self.parentNode: Any = None
        self.textContent = ""
        self.style = Obj(cssText="")
        self._attributes: dict[str, str] = {}

    @property
    def innerText(self) -> str:
        return self.textContent

    @property
    def id(self) -> str:
        return self._attributes.get("id", "")

    @id.setter
    def id(self, value: str) -> None:
        self._attributes["id"] = value

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

    def setAttribute(self, name: str, value: str) -> None:
        self._attributes[name] = value

    def getAttribute(self, name: str) -> str | None:
        return self._attributes.get(name)

    def hasAttribute(self, name: str) -> bool:
        return name in self._attributes

    def appendChild(self, node: "Element") -> None:
        node.parentNode = self
        self.children.append(node)
        if node.nodeName == "SCRIPT":
            self._window.load_script(node)
        self._window.mutated()

    def remove(self) -> None:
        if self.parentNode is not None:
            self.parentNode.children.remove(self)
            self.parentNode = None

    def isSameNode(self, other: Any) -> bool:
        return self is other

    def querySelectorAll(self, css: str) -> Array:
        """What `#id`, a name or `*` chooses."""
        found = Array()
        for child in self.children:
            if css in ("*", f"#{child.id}", child.nodeName.lower()):
                found.append(child)
            found.extend(child.querySelectorAll(css))
        return found


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
        self.children.append(self.documentElement)
        self.documentElement.children.extend([self.head, self.body])

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
        found = self.querySelectorAll(f"#{id}")
        return found[0] if found else None

    def querySelector(self, css: str) -> Element | None:
        found = self.querySelectorAll(css)
        return found[0] if found else None

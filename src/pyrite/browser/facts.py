"""What a page is like at one moment, each fact read when it is first asked for.

Reading costs: a size may make the browser lay the page out. Most moments ask for two or three facts.
"""

from ..core.host import split_host
from .bridges.micropython import construct, optional, text, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_kept: "dict[str, str]" = {}  # what does not change while the page is there


class Facts:
    """The facts that core.context and core.visitor list."""

    def __init__(self, hints: Any) -> None:
        self._known: dict[str, object] = {"hints": hints}

    def get(self, name: str) -> Any:
        """The fact *name*."""
        if name not in self._known:
            self._known[name] = _READERS[name]()
        return self._known[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._known[name] = value


def has_cookies() -> bool:
    """Whether cookies may be read at all: in a sandboxed frame even looking throws."""
    return window.navigator.cookieEnabled is True and text(window.origin) != "null"


def _cookie() -> str:
    return text(window.document.cookie) if has_cookies() else ""


def _orientation() -> str:
    found = optional(window.screen, "orientation")
    return "" if found is None else text(found.type)


def _timezone() -> str:
    if "timezone" not in _kept:
        _kept["timezone"] = text(window.Intl.DateTimeFormat().resolvedOptions().timeZone)
    return _kept["timezone"]


def _top_domain() -> str:
    """The widest domain that takes this page's cookies; '' for addresses and single names."""
    if "topDomain" not in _kept:
        _kept["topDomain"] = _find_top_domain() if has_cookies() else ""
    return _kept["topDomain"]


def _find_top_domain() -> str:
    labels = split_host(text(window.location.hostname))[0].split(".")
    if labels[len(labels) - 1].isdigit():
        return ""
    for first in range(len(labels) - 2, -1, -1):
        domain = ".".join(labels[first:])
        window.document.cookie = f"pyrite_top=1; domain={domain}; max-age=10"
        taken = "pyrite_top=1" in text(window.document.cookie)
        window.document.cookie = f"pyrite_top=; domain={domain}; max-age=0"
        if taken:
            return domain
    return ""


_READERS = {
    "url": lambda: text(window.location.href),
    "referrer": lambda: text(window.document.referrer),
    "screenWidth": lambda: window.screen.width,
    "screenHeight": lambda: window.screen.height,
    "screenOrientation": _orientation,
    "viewportWidth": lambda: window.document.documentElement.clientWidth,
    "viewportHeight": lambda: window.document.documentElement.clientHeight,
    "timezone": _timezone,
    "timezoneOffset": lambda: construct(window.Date).getTimezoneOffset(),
    "cookie": _cookie,
    "cookiesEnabled": has_cookies,
    "gpc": lambda: optional(window.navigator, "globalPrivacyControl") is True,
    "topDomain": _top_domain,
}

"""What a page is like, read by Python itself: for PyScript pages, which have no loader to ask.

Same facts, same names as `facts` in web/loader.js; e2e/pyscript compares the two.
"""

from ..core.host import split_host
from .bridge import construct, optional, text, window
from .facts import LIGHT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_kept: "dict[str, str]" = {}  # what does not change while the page is there


def read(light: bool) -> "dict[str, object]":
    """The facts of LIGHT, or all of them."""
    found: dict[str, object] = {}
    for name in _READERS:
        if name in LIGHT or not light:
            reader: Any = _READERS[name]
            found[name] = reader()
    return found


def new_id() -> str:
    """A fresh version 4 UUID (RFC 9562); `crypto.randomUUID` is there in secure contexts only."""
    crypto = window.crypto
    if window.Reflect.has(crypto, "randomUUID"):
        return text(crypto.randomUUID())
    octets = crypto.getRandomValues(construct(window.Uint8Array, 16))
    values = [octets[index] for index in range(16)]
    values[6] = values[6] & 15 | 64
    values[8] = values[8] & 63 | 128
    digits = "".join([f"{value:02x}" for value in values])
    return "-".join([digits[0:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]])


def has_cookies() -> bool:
    """Whether cookies may be read at all: in a sandboxed frame even looking throws."""
    return window.navigator.cookieEnabled is True and text(window.origin) != "null"


def _cookie() -> str:
    return text(window.document.cookie) if has_cookies() else ""


def _orientation() -> str:
    found = optional(window.screen, "orientation")
    return "" if found is None else text(found.type)


def _timezone() -> str:
    # The first use of Intl costs a page 12 to 50 ms; Temporal is in Chromium since 144, Firefox since 139.
    if optional(window, "Temporal") is not None:
        return text(window.Temporal.Now.timeZoneId())
    if "timezone" not in _kept:
        _kept["timezone"] = text(window.Intl.DateTimeFormat().resolvedOptions().timeZone)
    return _kept["timezone"]


def _timezone_offset() -> int:
    # A page may have put something else in Date's place.
    date = construct(window.Date) if "function Date()" in text(window.String(window.Date)) else None
    return 0 if date is None else date.getTimezoneOffset()


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


def _device() -> str:
    """The id that the base code has given a new visitor, with the first view; '' where it has sent none."""
    names = optional(window, "__alloyNS")
    return "" if names is None else text(optional(names, "device"))


_READERS = {
    "url": lambda: text(window.location.href),
    "referrer": lambda: text(window.document.referrer),
    "screenWidth": lambda: window.screen.width,
    "screenHeight": lambda: window.screen.height,
    "screenOrientation": _orientation,
    "viewportWidth": lambda: window.document.documentElement.clientWidth,
    "viewportHeight": lambda: window.document.documentElement.clientHeight,
    "timezone": _timezone,
    "timezoneOffset": _timezone_offset,
    "cookie": _cookie,
    "cookiesEnabled": has_cookies,
    "gpc": lambda: optional(window.navigator, "globalPrivacyControl") is True,
    "online": lambda: window.navigator.onLine is not False,
    "topDomain": _top_domain,
    "device": _device,
}

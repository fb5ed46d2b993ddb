"""Facts about the page read by Python, for PyScript pages, which have no loader.

Same facts, same names as `facts` in web/loader.js and in base-early.js; tests/browser/test_alike.py compares them. One that can't be read is left out, and
`unread` says why: on MicroPython, which can't catch what JavaScript throws, only where `look` does the reading.
"""

from ...core.urls import split_host
from ..bridge import construct, own, put, text, window
from ..features import feature, instances, look
from .facts import LIGHT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_constant: "dict[str, str]" = {}  # what does not change while the page is there


def read(light: bool) -> "dict[str, object]":
    """The facts of LIGHT, or all of them."""
    facts: dict[str, object] = {}
    for name in _READERS:
        if name in LIGHT or not light:
            reader: Any = _READERS[name]
            try:
                facts[name] = reader()
            except Exception as error:
                facts["unread"] = f"{name}: {error}"
    return facts


def new_id() -> str:
    """A fresh version 4 UUID (RFC 9562); `crypto.randomUUID` is there in secure contexts only."""
    crypto = look(window.globalThis, "crypto")
    if look(crypto, "randomUUID") is not None:
        return text(crypto.randomUUID())
    if look(crypto, "getRandomValues") is not None:
        octets = crypto.getRandomValues(construct(window.Uint8Array, 16))
        values: list[int] = [octets[index] for index in range(16)]
    else:
        values = [int(window.Math.random() * 256) for _ in range(16)]
    values[6] = values[6] & 15 | 64
    values[8] = values[8] & 63 | 128
    digits = "".join([f"{value:02x}" for value in values])
    return "-".join([digits[0:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]])


def has_cookies() -> bool:
    """Whether cookies may be read at all: in a sandboxed frame even looking throws."""
    return look(window.navigator, "cookieEnabled") is True and text(window.origin) != "null"


def _cookie() -> str:
    return text(own(window.document, "cookie")) if has_cookies() else ""


def _screen(name: str) -> "Any":
    # A page may have a variable called `screen`.
    return look(look(window.globalThis, "screen"), name)


def _viewport() -> "Any":
    """The element whose size is the window's: in quirks mode, where the root is as tall as the page, it is the body."""
    document = window.document
    quirks = own(document, "compatMode") == "BackCompat"
    return (own(document, "body") if quirks else None) or own(document, "documentElement")


def _timezone() -> str:
    # The first use of Intl costs a page 12 to 50 ms; Temporal is in Chromium since 144, Firefox since 139.
    now = look(feature("Temporal", "Now"), "Now")
    if look(now, "timeZoneId") is not None:
        return text(now.timeZoneId())
    if "timezone" not in _constant:
        _constant["timezone"] = text(window.Intl.DateTimeFormat().resolvedOptions().timeZone)
    return _constant["timezone"]


def _timezone_offset() -> int:
    # A page may have put something else in Date's place.
    date = construct(window.Date) if "function Date()" in text(window.String(window.Date)) else None
    return 0 if date is None else date.getTimezoneOffset()


def _top_domain() -> str:
    """The widest domain that accepts this page's cookies; '' for IP addresses and single names."""
    if "topDomain" not in _constant:
        _constant["topDomain"] = ""  # also where cookies can't be written
        if has_cookies():
            _constant["topDomain"] = _find_top_domain()
    return _constant["topDomain"]


def _find_top_domain() -> str:
    labels = split_host(text(window.location.hostname))[0].split(".")
    if labels[len(labels) - 1].isdigit():
        return ""
    for first in range(len(labels) - 2, -1, -1):
        domain = ".".join(labels[first:])
        put(window.document, "cookie", f"pyrite_top=1; domain={domain}; max-age=10")
        accepted = "pyrite_top=1" in text(own(window.document, "cookie"))
        put(window.document, "cookie", f"pyrite_top=; domain={domain}; max-age=0")
        if accepted:
            return domain
    return ""


def _device() -> str:
    """The id that the base code has given a new visitor, with the first view; '' where it has sent none."""
    return text(look(instances(), "device"))


_READERS = {
    "url": lambda: text(window.location.href),
    "origin": lambda: text(window.origin),
    "referrer": lambda: text(own(window.document, "referrer")),
    "screenWidth": lambda: _screen("width"),
    "screenHeight": lambda: _screen("height"),
    "screenOrientation": lambda: text(look(_screen("orientation"), "type")),
    "viewportWidth": lambda: own(_viewport(), "clientWidth"),
    "viewportHeight": lambda: own(_viewport(), "clientHeight"),
    "timezone": _timezone,
    "timezoneOffset": _timezone_offset,
    "cookie": _cookie,
    "cookiesEnabled": has_cookies,
    "gpc": lambda: look(window.navigator, "globalPrivacyControl") is True,
    "online": lambda: look(window.navigator, "onLine") is not False,
    "topDomain": _top_domain,
    "device": _device,
}

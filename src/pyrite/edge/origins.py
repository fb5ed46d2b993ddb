"""Origins of pages as texts: the one form in which they are compared (RFC 6454), and what settings may list.

Pure. Not for who may call: http/callers.py.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

PORTS = {"http": "80", "https": "443"}
LOCAL = "http://localhost:*"  # in settings: pages of this machine, on any port
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?/?", re.ASCII)


@lru_cache(1024)
def normal(origin: str) -> str:
    """*origin* in small letters, in ASCII, without a default port; '' for what is no origin. `null` and LOCAL stay."""
    text = _ascii(origin.lower())
    if text in ("null", LOCAL):
        return text
    match = _ORIGIN.fullmatch(text)
    if match is None or int(match[3] or 0) > 65535:
        return ""
    scheme, host, port = match.groups()
    return f"{scheme}://{host}" + (f":{int(port)}" if port and port != PORTS.get(scheme) else "")


def checked(origin: str) -> str:
    """*origin*, as settings list it, in its normal form. Raises ValueError, with the remedy, for what no browser sends."""
    spelled = normal(origin)
    if spelled:
        return spelled
    raise ValueError(
        f"expected an origin such as 'https://www.example.com', got {origin!r:.200}; {_remedy(origin)}"
    )


def _remedy(origin: str) -> str:
    if origin.strip() == "*":
        return "events carry cookies, which browsers send to no '*': list the origin of each site"
    if "*" in origin:
        return (
            f"list each origin by itself; only {LOCAL!r}, pages of this machine, stands for several"
        )
    text = origin.strip()
    missing = "" if "://" in text else "https://"
    try:
        pieces = urlsplit(missing + text.lower())
        plain = normal(f"{pieces.scheme}://{pieces.netloc.rpartition('@')[2]}")
    except ValueError:
        plain = ""
    if not plain:
        return "write scheme and host, and the port if it is not the scheme's own"
    why = "the scheme is missing" if missing else "an origin is scheme, host and port alone"
    return f"{why}: write {plain!r}"


def _ascii(text: str) -> str:
    """*text* with its host in Punycode, as browsers send it."""
    if text.isascii():
        return text
    scheme, separator, rest = text.partition("://")
    try:
        return scheme + separator + rest.encode("idna").decode()
    except UnicodeError:
        return text

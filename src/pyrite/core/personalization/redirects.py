"""Redirects of offers, and the prevention of redirect loops.

Pure. A short-lived cookie keeps which items have redirected this browser, and where to: one cookie holds for all hosts of a
site, and where no cookie can be kept there is no redirect. Source of the item: Adobe's Web SDK 2.33, redirect-item.
"""

from ..moment import Moment
from ..urls import parse_host, quote
from ..visitor.identity import cookies

COOKIE = "pyrite_redirects"
MEMORY_S = 60  # how long a redirect is remembered; a circle goes round faster
TURNS = 3  # of one item within that time, for circles whose addresses change on the way
KEPT = 10  # redirects in the cookie
MARK_LIMIT = 200  # characters of an item or address there: their ends tell them apart


def refusal(item: str, url: str, moment: Moment, *, allowed: bool = True) -> str:
    """Why *item* may not lead from this page to *url*; empty when it may. *allowed*: consent lets a cookie be stored."""
    if not _is_plain(url):
        return f"expected an http or https address, got {url!r}"
    if not allowed or moment.facts.get("cookiesEnabled") is not True:
        return "it needs a cookie, so that it can't go round in circles"
    here = _bare(moment.text("url"))
    if absolute(url, here) == here:
        return "it leads to itself"
    last, marks = _kept(moment)
    mine = len([mark for mark in marks if mark == _mark(item)])
    if (mine and last == _mark(here)) or mine >= TURNS:
        return "it would go round in circles"
    return ""


def noted(item: str, url: str, moment: Moment) -> str:
    """The cookie's value once *item* has led to *url*."""
    marks = _kept(moment)[1] + [_mark(item)]
    target = _mark(absolute(url, _bare(moment.text("url"))))
    return "!".join([target] + marks[-KEPT:])


def absolute(url: str, base: str) -> str:
    """*url* as an address of its own, for a page at *base*, without a fragment; a path that is no whole one stays as it is.

    Those circles end at their third turn.
    """
    bare = _bare(url)
    scheme = base.partition("://")[0]
    if bare.startswith("//"):
        return f"{scheme}:{bare}"
    if bare.startswith("/"):
        return f"{scheme}://{parse_host(base)}{bare}"
    return bare or base


def _is_plain(url: str) -> bool:
    head = url.strip(" \t\n\r").split("/")[0].split("?")[0].split("#")[0]
    return ":" not in head or head.partition(":")[0].lower() in ("http", "https")


def _bare(url: str) -> str:
    return url.partition("#")[0]


def _mark(text: str) -> str:
    """What stands for *text* in the cookie."""
    return quote(text)[-MARK_LIMIT:]


def _kept(moment: Moment) -> "tuple[str, list[str]]":
    """Where the last redirect led, and the items that have redirected, oldest first."""
    value = cookies(moment.text("cookie")).get(COOKIE, "")
    pieces = value.split("!")
    return pieces[0], pieces[1:]

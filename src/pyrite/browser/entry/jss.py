"""The part of `trackEvent`: what a page does with the events of Sitecore JSS, compiled, for every lane.

A script of its own: one function on the page. core asks it what becomes of a call's events; with a function to tell it by it
speaks to a JSS service itself, by one request, and never again: that service knows no ids.
"""

from ...core.errors import NetworkFailed, as_error
from ...core.jss.answer import answer
from ...core.jss.request import build_body, build_result, build_url, member
from ...core.parts import JSS, PREFIX
from ..bridge import attempt, callback, json, method, parse, reach, stringify, text, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KEEPALIVE_BYTES = 30000  # of the 64 KiB that may outlive the page; the tracker takes up to 32 KiB
HEADERS = {"Accept": "application/json, text/plain, */*", "Content-Type": "application/json"}

_in_flight = [0]  # bytes of bodies that may outlive the page


def begin() -> None:
    """Install the function on the page."""
    window.Reflect.set(window.globalThis, PREFIX + JSS, callback(asked))


def asked(given: str, told: "Any" = None, *_: "Any") -> str:
    """The answer to *given* (core/jss/answer.py); with *told*, which gets `{ok, value}` when it has ended, nothing: then *given*
    is the edge's origin, the options of the call as they came, and the tracker's name, a line each."""
    if not told:
        return stringify(answer(parse(given)))
    origin, options, _name = given.split("\n")

    def ended(ok: bool, value: "dict[str, object]") -> None:
        told(stringify({"ok": ok, "value": value}))

    def refused(error: Exception) -> None:
        ended(False, as_error(error).as_record())

    try:
        fields: dict[str, object] = parse(options)
        if not fields.get("host"):
            fields["host"] = origin
        body = build_body(member(options, "events"))
        request = parse(body)
        _post(
            build_url(fields, _component),
            body,
            lambda status, said: ended(True, build_result(status, said, request)),
            refused,
        )
    except Exception as error:
        refused(error)
    return ""


def _post(url: str, body: str, done: "Any", refused: "Any") -> None:
    """Hand *done* the status and what *url* answers *body* with, or *refused* an error."""
    size = len(body.encode())
    outlives = _in_flight[0] + size <= KEEPALIVE_BYTES
    counted = size if outlives else 0
    _in_flight[0] += counted
    options: dict[str, object] = {
        "method": "POST",
        "credentials": "include",
        "keepalive": outlives,
        "headers": HEADERS,
        "body": body,
    }

    def failed(why: str) -> None:
        _in_flight[0] -= counted
        refused(NetworkFailed(f"no answer from {url.partition('?')[0]}: {why}"))

    def answered(response: "Any" = None, *_: "Any") -> None:
        def read(said: "Any" = None, *_: "Any") -> None:
            _in_flight[0] -= counted
            try:
                done(response.status, _read(text(said)))
            except Exception as error:
                refused(error)

        attempt(method(response, "text"), response, (), callback(read), failed)

    fetch = window.fetch
    attempt(fetch, None, (url, options), callback(answered), failed)


def _component(value: "Any") -> str:
    return text(window.encodeURIComponent(window.String(value)))


def _read(said: str) -> "Any":
    """What a service has said: JSON, or a text as it is; None for nothing."""
    if not said:
        return None
    is_json, value = reach(method(json(), "parse"), json(), said)
    return value if is_json else said

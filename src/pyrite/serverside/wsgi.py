"""Views of the requests of a WSGI app, Flask's and Django's among them.

    app.wsgi_app = views_wsgi(app.wsgi_app, sender, event=…)        # Flask
    application = views_wsgi(get_wsgi_application(), sender, event=…)   # Django

A response is over when the server calls `close` (PEP 3333), which is after the last byte.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from ..core.visitor.consent import IN
from .seen import Describe, Seen, described, page_view
from .sender import BOTTOM, Sender, held, release

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger("pyrite.serverside")


def views_wsgi(
    app: App, sender: Sender, *, event: Describe = page_view, default_consent: str = IN
) -> App:
    """The WSGI app *app*, whose requests *event* makes events of, which *sender* sends; see asgi.Views for both."""

    def count(environ: dict[str, Any], status: str, headers: list[tuple[str, str]]) -> None:
        try:
            found = described(event, seen_of(environ, status, headers), default=default_consent)
            if found is not None:
                sender.event(found.pop("kind"), **found)
        except Exception:
            log.exception("tracking: a request was not counted")

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            started[:] = [(status, headers)]  # an app may begin again with an error
            return start_response(status, headers, *rest)

        waiting: list[Any] = []
        mark = held.set(waiting)
        try:
            body = app(environ, starting)
        except BaseException:
            release(waiting)
            raise
        finally:
            held.reset(mark)
        counted = partial(_count_all, count, environ, started)
        return _Body(body, counted, waiting, at_end=sender.technique == BOTTOM)

    return application


def _count_all(count: Callable[..., None], environ: dict[str, Any], started: list[Any]) -> None:
    while started:
        count(environ, *started.pop())


class _Body:
    """The response's body, whose end is the response's."""

    def __init__(
        self, body: Iterable[bytes], count: Callable[[], None], waiting: list[Any], *, at_end: bool
    ) -> None:
        self._body, self._count, self._waiting = body, count, waiting
        self._at_end = at_end

    def __iter__(self) -> Iterator[bytes]:
        pieces = iter(self._body)
        while True:
            # What a generator sends while it makes the page waits, too.
            mark = held.set(self._waiting)
            try:
                piece = next(pieces, None)
            finally:
                held.reset(mark)
            if not self._at_end:
                self._count()  # a generator has begun its response with its first piece
            if piece is None:
                return
            yield piece

    def close(self) -> None:
        """PEP 3333: the server calls it once the response is over, however it ended."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._count()
            release(self._waiting)


def asked_headers(environ: dict[str, Any]) -> dict[str, str]:
    """The headers of a request of WSGI, by their names in small letters."""
    return {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def seen_of(environ: dict[str, Any], status: str, headers: list[tuple[str, str]]) -> Seen:
    """The request of *environ*, answered with *status* (`200 OK`) and *headers*."""
    asked = asked_headers(environ)
    types = [value for name, value in headers if name.lower() == "content-type"]
    return Seen(
        method=environ["REQUEST_METHOD"],
        # WSGI hands paths over as bytes in disguise.
        path=(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
        .encode("latin-1")
        .decode("utf-8", "replace"),
        query=environ.get("QUERY_STRING", ""),
        scheme=environ.get("wsgi.url_scheme", "http"),
        headers=asked,
        status=int(status[:3]),
        content_type=types[0] if types else "",
    )

"""Tracking for Flask: requests that are events, and pixels in templates, by the settings in `PYRITE`.

app.config["PYRITE"] = {"upstream": "https://edge.example", "customer": "00000"}
tracking = PyriteTracking(app)
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, has_request_context, request
from markupsafe import Markup

from ..frameworks.tracking import Tracking, describe_view, page_view, tracked
from ..seen import Seen
from ..sender import Sender
from ..wsgi import seen_of, views_wsgi

EXTENSION = "pyrite"


class PyriteTracking:
    """The extension. Raises ValueError where `PYRITE` is wrong, and names what."""

    tracked = staticmethod(tracked)

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Count the requests of *app*, by its `PYRITE`, and give its templates `pixel`."""
        try:
            site = Tracking(app.config.get("PYRITE") or {})
        except ValueError as error:
            raise ValueError(f"PYRITE: {error}") from None
        app.extensions[EXTENSION] = site
        app.after_request(_count)
        app.add_template_global(_pixel, "pixel")
        # It knows when the last byte has left; what counts is said by _count, which knows the view.
        app.wsgi_app = views_wsgi(app.wsgi_app, site.sender, event=_nothing)  # type: ignore[method-assign, assignment]

    @property
    def sender(self) -> Sender:
        """The sender of the current app."""
        return _site().sender

    def event(self, kind: str, **given: Any) -> str:
        """As Sender.event, of the visitor of the current request; nobody is named where they may not be."""
        return _site().event(_seen("200"), kind, **given)


def _site() -> Tracking:
    site: Tracking = current_app.extensions[EXTENSION]
    return site


def _nothing(seen: Seen) -> None:
    return None


def _seen(status: str, headers: list[tuple[str, str]] | None = None) -> Seen:
    return seen_of(request.environ, status, headers or [])


def _count(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    site = _site()
    describe = describe_view(view, **(request.view_args or {})) or site.describe or page_view
    site.count(describe, _seen(response.status, list(response.headers)))
    return response


def _pixel(kind: str, **event: Any) -> Markup:
    seen = _seen("200") if has_request_context() else None
    return Markup(_site().pixel(seen, kind, **event))


__all__ = ["PyriteTracking", "tracked"]

"""The middleware, under WSGI and ASGI, and the sender that a process of Django's has.

Not for what counts: frameworks/tracking.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.urls import Resolver404, resolve
from django.utils.decorators import sync_and_async_middleware
from django.utils.module_loading import import_string

from ..frameworks.tracking import Tracking, describe_view, page_view
from ..seen import Seen
from ..sender import BOTTOM, Sender, held, release

Waiting = list[Any]


@sync_and_async_middleware  # type: ignore[untyped-decorator]
def tracking(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Django's middleware. It stands first in MIDDLEWARE, so that it sees what caches answer, and the response that leaves."""
    site = current()

    if iscoroutinefunction(get_response):

        async def asynchronous(request: Any) -> Any:
            waiting: Waiting = []
            with holding(waiting):
                response = await get_response(request)
                _count(site, request, response)
            return _ending(site, response, waiting)

        return asynchronous

    def synchronous(request: Any) -> Any:
        waiting: Waiting = []
        with holding(waiting):
            response = get_response(request)
            _count(site, request, response)
        return _ending(site, response, waiting)

    return synchronous


def event(request: Any, kind: str, **given: Any) -> str:
    """As Sender.event, of the visitor whose *request* it is; nobody is named where they may not be."""
    return current().event(seen_of(request), kind, **given)


def sender() -> Sender:
    """The sender of this process."""
    return current().sender


@cache
def current() -> Tracking:
    """What `PYRITE` says. Raises ImproperlyConfigured."""
    given = getattr(settings, "PYRITE", None)
    if not isinstance(given, dict):
        raise ImproperlyConfigured(f"PYRITE: expected a dict of settings, got {given!r:.100}")
    describe = given.get("event")
    if isinstance(describe, str):
        given = {**given, "event": import_string(describe)}
    try:
        return Tracking(given)
    except ValueError as error:
        raise ImproperlyConfigured(f"PYRITE: {error}") from None


@receiver(setting_changed)  # type: ignore[untyped-decorator]
def _forget(setting: str, **_: Any) -> None:
    """Tests change settings; the next middleware has the new ones."""
    if setting == "PYRITE":
        if current.cache_info().currsize:
            current().sender.close(0)
        current.cache_clear()


def seen_of(request: Any, response: Any = None) -> Seen:
    """Django's *request*, answered by *response*."""
    return Seen(
        method=request.method or "GET",
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        scheme=request.scheme or "http",
        headers={name.lower(): value for name, value in request.headers.items()},
        status=response.status_code if response is not None else 200,
        content_type=response.headers.get("Content-Type", "") if response is not None else "",
    )


@contextmanager
def holding(waiting: Waiting) -> Iterator[None]:
    """Events that are sent within wait in *waiting*, where the technique is "bottom"; what is in it leaves if the request breaks off."""
    mark = held.set(waiting)
    try:
        yield
    except BaseException:
        release(waiting)
        raise
    finally:
        held.reset(mark)


def _count(site: Tracking, request: Any, response: Any) -> None:
    site.count(partial(_described, site, request), seen_of(request, response))


def _described(site: Tracking, request: Any, seen: Seen) -> dict[str, Any] | None:
    match = request.resolver_match or _match(request)
    view = match and describe_view(match.func, request, *match.args, **match.kwargs)
    if view:
        return view(seen)
    return site.describe(request, seen) if site.describe else page_view(seen)


def _match(request: Any) -> Any:
    """The view of a page that a cache in front of it has answered."""
    try:
        return resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return None


def _ending(site: Tracking, response: Any, waiting: Waiting) -> Any:
    """*response*, at whose end leaves what is in *waiting*."""
    if site.sender.technique != BOTTOM:
        return response
    if response.streaming and getattr(response, "file_to_stream", None) is None:
        pieces = _async_pieces if response.is_async else _pieces
        response.streaming_content = pieces(response.streaming_content, waiting)
    # Django calls these at the response's end; a `close` of our own would be kept with the response by caches.
    response._resource_closers.append(_End(waiting))
    return response


class _End:
    """The end of a response, at which leaves what is in *waiting*."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def __call__(self) -> None:
        release(self._waiting)

    def __reduce__(self) -> tuple[Any, ...]:
        # A cache within keeps the response, and none of what was sent with it.
        return _End, ([],)


def _pieces(content: Any, waiting: Waiting) -> Iterator[bytes]:
    pieces = iter(content)
    while True:
        with holding(waiting):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


async def _async_pieces(content: Any, waiting: Waiting) -> AsyncIterator[bytes]:
    pieces = aiter(content)
    while True:
        with holding(waiting):
            following: Awaitable[bytes | None] = anext(pieces, None)
            piece = await following
        if piece is None:
            return
        yield piece

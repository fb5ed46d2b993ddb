"""Requests of a site of Django's, by WSGI and by ASGI, and of Flask's are events, at their technique's time, and name nobody who does not want it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import flask
import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings
from starlette.testclient import TestClient

from pyrite.serverside import Seen
from pyrite.serverside.django import sender, tracking
from pyrite.serverside.message import Message
from pyrite.serverside.worker import Answer

Ask = Callable[..., tuple[list[str], str]]
SETTINGS: dict[str, Any] = {"upstream": "https://edge.example", "customer": "00000"}
COOKIE = "pyrite_fpid=device-1"


def sent(log: Iterable[str]) -> list[str]:
    return [line.removeprefix("sent /api/00000/") for line in log if line.startswith("sent")]


def test_page_bottom_sends_after_the_last_byte_what_the_view_and_its_handlers_say(ask: Ask) -> None:
    log, _ = ask("/product/7", headers={"cookie": COOKIE}, technique="bottom")

    wanted = ["click/device-1/1/7", "login/device-1/4711", "owns/4711/1/7"]
    assert sorted(sent(log)) == wanted
    assert log.index("body end") < min(log.index("sent /api/00000/" + one) for one in wanted)


@pytest.mark.parametrize("technique", ["asynchronous", "queued"])
def test_other_techniques_begin_before_the_response(ask: Ask, technique: str) -> None:
    log, _ = ask("/product/8", technique=technique)

    assert log.index("sent /api/00000/click/not_defined/1/8") < log.index("start")


# Django's own, of what is streamed by a plain generator under ASGI: it is read in one go.
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous")
@pytest.mark.parametrize("technique", ["bottom", "queued"])
def test_what_a_streamed_page_sends_while_it_is_made_has_the_techniques_time(
    ask: Ask, technique: str
) -> None:
    log, _ = ask("/stream", technique=technique, event=lambda *_: None)

    last = log.index("body end")
    assert (log.index("sent /api/00000/owns/not_defined/1/7") > last) == (technique == "bottom")


@pytest.mark.parametrize("technique", ["bottom", "queued"])
def test_what_a_view_has_sent_before_it_failed_is_sent(ask: Ask, technique: str) -> None:
    log, status = ask("/fails", technique=technique)

    assert (status, sent(log)) == ("500", ["owns/not_defined/1/7"])


# Not by ASGI: there Django leaves a file of its own open.
@pytest.mark.parametrize("ask", ["django-wsgi", "flask"], indirect=True)
@pytest.mark.parametrize("technique", ["bottom", "queued"])
def test_what_a_streamed_page_has_sent_before_it_broke_off_is_sent(
    ask: Ask, technique: str
) -> None:
    log, _ = ask("/breaks-off", technique=technique, event=lambda *_: None)

    assert sent(log) == ["owns/not_defined/1/7"]
    assert "body begin" in log


@pytest.mark.parametrize("technique", ["bottom", "queued"])
@pytest.mark.parametrize("path", ["/waited/7", "/stream-later"])
def test_coroutines_of_django_are_views_as_well(ask_asgi: Ask, path: str, technique: str) -> None:
    log, _ = ask_asgi(path, technique=technique, event=lambda *_: None)

    last = log.index("body end")
    assert (log.index("sent /api/00000/owns/not_defined/1/7") > last) == (technique == "bottom")
    assert ("click/not_defined/1/7" in sent(log)) == path.startswith("/waited")


WHO = [
    ({"cookie": COOKIE}, "device-1"),
    ({"cookie": "pyrite_pid=pixel-1"}, "pixel-1"),
    ({}, "not_defined"),
    ({"cookie": COOKIE, "sec-gpc": "1"}, "not_defined"),
    ({"cookie": COOKIE, "dnt": "1"}, "not_defined"),
    ({"cookie": COOKIE + "; kndctr_shop_consent=general%3Dout"}, "not_defined"),
    ({"cookie": COOKIE + "; kndctr_shop_consent=general%3Din", "sec-gpc": "1"}, "device-1"),
]


@pytest.mark.parametrize(("headers", "user"), WHO, ids=str)
def test_user_consent_and_wishes_are_read_from_the_request(
    ask: Ask, headers: dict[str, str], user: str
) -> None:
    log, _ = ask("/product/7", headers=headers)

    assert f"click/{user}/1/7" in sent(log)
    named = user != "not_defined" or not headers
    assert [line for line in log if "4711" in line or "device-1" in line] == [
        line for line in log if named and ("4711" in line or "device-1" in line)
    ]
    assert ("owns/4711/1/7" in sent(log), "login/device-1/4711" in sent(log)) == (named, named)


COUNTED = [
    ("/product/7", {"headers": {"sec-purpose": "prefetch"}}, "click", 0),
    ("/page", {}, "click", 1),
    ("/page", {"headers": {"sec-fetch-dest": "iframe"}}, "click", 0),
    ("/none", {}, "click", 0),
    ("/put", {"method": "POST"}, "basket", 1),
    ("/put?status=409", {"method": "POST"}, "basket", 0),
    ("/missing", {}, "click", 0),
]


@pytest.mark.parametrize(("path", "options", "kind", "count"), COUNTED, ids=str)
def test_what_counts_says_the_view_or_else_the_setting(
    ask: Ask, path: str, options: dict[str, Any], kind: str, count: int
) -> None:
    def event(*given: Any) -> dict[str, Any] | None:
        seen: Seen = given[-1]
        return {"kind": "click", "itemtype": 1, "item": 77} if seen.is_page else None

    log, _ = ask(path, event=event, **options)

    assert len([line for line in sent(log) if line.startswith(kind)]) == count


@pytest.mark.parametrize("path", ["/class/8", "/dispatch/8"])
def test_views_by_classes_of_django_say_their_event_too(ask_wsgi: Ask, path: str) -> None:
    assert sent(ask_wsgi(path)[0]) == ["click/not_defined/1/8"]


def named(request: Any, seen: Seen) -> dict[str, Any] | None:
    return {"kind": "click", "itemtype": 1, "item": request.GET["item"]} if seen.is_page else None


def test_djangos_setting_may_name_the_function(
    ask_wsgi: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shop_tracking", ModuleType("shop_tracking"))
    monkeypatch.setattr("shop_tracking.named", named, raising=False)

    log, _ = ask_wsgi("/page?item=9", event="shop_tracking.named")
    assert sent(log) == ["click/not_defined/1/9"]


def test_a_view_whose_event_fails_is_answered(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    log, status = ask("/wrong")

    assert (status, sent(log)) == ("200", [])
    assert "not counted" in caplog.text


@pytest.mark.parametrize("technique", ["bottom", "asynchronous", "queued"])
def test_each_page_is_in_the_store_of_a_real_edge_once(
    ask: Ask, edge: TestClient, technique: str
) -> None:
    def transport(message: Message) -> Answer:
        statuses = [edge.request(message.method, message.target).status_code for _ in range(2)]
        return Answer(status=statuses[0])

    for headers in ({"cookie": COOKIE}, {"cookie": COOKIE, "sec-gpc": "1"}):
        ask("/product/8", headers=headers, transport=transport, technique=technique)

    taken = [json.loads(event.body)["ibexa"] for event in edge.app.state.store.events()]  # type: ignore[attr-defined]
    assert [(one["kind"], one["item"]) for one in taken] == [("click", "8")] * 2
    assert [bool(one["user"]) for one in taken] == [True, False]


def test_a_page_that_djangos_cache_answers_counts_and_may_be_kept_there(ask_wsgi: Ask) -> None:
    first, *caching = [
        "pyrite.serverside.django.tracking",
        "django.middleware.cache.UpdateCacheMiddleware",
        "django.middleware.cache.FetchFromCacheMiddleware",
    ]
    log: list[str] = []
    for middleware in ([first, *caching], [*caching, first]):
        cache.clear()
        with override_settings(MIDDLEWARE=middleware):
            for _ in range(2):
                log += ask_wsgi("/product/8", technique="bottom")[0]
    cache.clear()

    # Outside of the cache both views count, within it the first alone.
    assert sent(log) == ["click/not_defined/1/8"] * 3
    assert log.count("body end") == 4


def test_what_a_coroutine_has_sent_before_its_visitor_left_is_sent() -> None:
    taken: list[str] = []

    def transport(message: Message) -> Answer:
        taken.append(message.kind)
        return Answer(status=204)

    async def left(request: Any) -> Any:
        sender().event("owns", itemtype=1, item=7)
        raise asyncio.CancelledError

    wanted = {**SETTINGS, "technique": "bottom", "transport": transport}
    with override_settings(PYRITE=wanted):
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(tracking(left)(None))
        sender().close()

    assert taken == ["owns"]


def test_a_customer_may_have_another_prefix_at_the_edge(ask_wsgi: Ask) -> None:
    log, _ = ask_wsgi("/product/8", prefix="x7")

    assert "sent /x7/00000/click/not_defined/1/8" in log


def test_a_data_stream_has_its_own_address_at_the_edge(
    flask_site: Callable[[dict[str, Any]], flask.Flask],
) -> None:
    taken: list[str] = []

    def transport(message: Message) -> Answer:
        taken.append(message.target)
        return Answer(status=204)

    wanted = {"customer": "", "datastream": "shop", "base_path": "t/e", "transport": transport}
    app = flask_site(wanted)
    app.test_client().get("/page?a=1")
    app.extensions["pyrite"].sender.close()

    assert [target.partition("?")[0] for target in taken] == ["/t/e/v1/collect"]


WRONG = [
    ({"upsteam": "x"}, "upsteam: unknown; .*did you mean 'upstream'"),
    ({"upstream": ""}, "upstream: expected an address"),
    ({"datastream": "shop"}, "expected customer= or datastream="),
    ({"default_consent": "yes"}, "default_consent: expected"),
    ({"item_ids": "words"}, "item_ids: expected"),
    ({"page_key": "secret"}, "page_key: expected an id and a secret"),
    ({"technique": "later"}, "technique: expected"),
]


@pytest.mark.parametrize(("wanted", "said"), WRONG, ids=str)
def test_a_wrong_setting_is_told_when_the_site_starts(
    flask_site: Callable[[dict[str, Any]], flask.Flask], wanted: dict[str, Any], said: str
) -> None:
    with override_settings(PYRITE={**SETTINGS, **wanted}), pytest.raises(ImproperlyConfigured, match=f"PYRITE: {said}"):  # fmt: skip
        WSGIHandler().load_middleware()
    with pytest.raises(ValueError, match=f"PYRITE: {said}"):
        flask_site(wanted)


def test_nothing_imports_a_framework_that_is_not_used() -> None:
    code = "import sys, pyrite.cli, pyrite.serverside.frameworks.tracking; print({'django', 'flask', 'asgiref'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"

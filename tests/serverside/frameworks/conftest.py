"""A site of Django's, by WSGI and by ASGI, and one of Flask's; and an edge in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import django
import flask
import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.urls import path as route
from django.utils.decorators import method_decorator
from django.views import View
from starlette.testclient import TestClient

import pyrite
from pyrite.edge.settings import Datastream, Ibexa, IbexaCustomer, Settings
from pyrite.serverside import django as of_django
from pyrite.serverside import tracked
from pyrite.serverside.django.middleware import current
from pyrite.serverside.flask import PyriteTracking
from pyrite.stores.memory import MemoryStore

Log = list[str]
Ask = Callable[..., tuple[Log, str]]
CUSTOMER: dict[str, Any] = {"upstream": "https://edge.example", "customer": "00000", "strict": True}
KEY = "k" * 16
COOKIE = "pyrite_fpid=device-1"


def item(*_: Any, number: int) -> dict[str, Any]:
    return {"kind": "click", "itemtype": 1, "item": number}


def put(*_: Any) -> dict[str, Any]:
    return {"kind": "basket", "itemtype": 1, "item": 5}


def wrong(*_: Any) -> dict[str, Any]:
    raise KeyError("item")


# Django's site.


@tracked(item)
def product(request: Any, number: int) -> Any:
    if number == 7:
        of_django.event(request, "owns", itemtype=1, item=7, user="4711")
        of_django.event(request, "login", user="device-1", target="4711")
    return HttpResponse("end")


@tracked(item)
async def waited(request: Any, number: int) -> Any:
    await asyncio.sleep(0)
    of_django.sender().event("owns", itemtype=1, item=number)
    return HttpResponse("end")


def streamed(request: Any) -> Any:
    def pieces() -> Iterator[str]:
        yield "begin"
        of_django.sender().event("owns", itemtype=1, item=7)
        yield "end"

    return StreamingHttpResponse(pieces())


async def streamed_later(request: Any) -> Any:
    async def pieces() -> AsyncIterator[str]:
        yield "begin"
        of_django.sender().event("owns", itemtype=1, item=7)
        yield "end"

    return StreamingHttpResponse(pieces())


class OfClass(View):  # type: ignore[misc]
    """A view by a class."""

    def get(self, request: Any, number: int) -> Any:
        return HttpResponse("end")


def fails(request: Any) -> Any:
    of_django.sender().event("owns", itemtype=1, item=7)
    raise RuntimeError("in the view")


def breaks_off(request: Any) -> Any:
    def pieces() -> Iterator[str]:
        yield "begin"
        of_django.sender().event("owns", itemtype=1, item=7)
        raise RuntimeError("in the middle")

    return StreamingHttpResponse(pieces())


def answer(request: Any) -> Any:
    return HttpResponse("end", status=int(request.GET.get("status", 200)))


urls = ModuleType("urls_of_the_site")
urls.urlpatterns = [  # type: ignore[attr-defined]
    route("product/<int:number>", product),
    route("waited/<int:number>", waited),
    route("stream", streamed),
    route("stream-later", streamed_later),
    route("class/<int:number>", tracked(item)(OfClass.as_view())),
    route("dispatch/<int:number>", method_decorator(tracked(item), "dispatch")(OfClass).as_view()),
    route("fails", fails),
    route("breaks-off", breaks_off),
    route("put", tracked(put)(answer)),
    route("none", tracked(None)(HttpResponse)),
    route("wrong", tracked(wrong)(HttpResponse)),
    route("page", lambda request: HttpResponse("end")),
]
settings.configure(
    ROOT_URLCONF=urls,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["pyrite.serverside.django"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    MIDDLEWARE=["pyrite.serverside.django.tracking"],
)
django.setup()


def by_wsgi(app: Any, log: Log, path: str, method: str, headers: dict[str, str]) -> str:
    parts = urlsplit(path)
    environ: dict[str, Any] = RequestFactory().generic(method, parts.path).environ
    environ |= {"QUERY_STRING": parts.query, "HTTP_HOST": "shop.example"}
    environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    status = ""

    def start_response(line: str, headers: Any, *rest: Any) -> None:
        nonlocal status
        status = line[:3]
        log.append("start")

    body: Any = app(environ, start_response)
    with closing(body):
        for piece in body:
            log.append("body " + piece.decode())
    return status


def by_asgi(app: Any, log: Log, path: str, method: str, headers: dict[str, str]) -> str:
    status = ""

    async def ask() -> None:
        asked = False
        over = asyncio.Event()

        async def receive() -> Any:
            nonlocal asked
            if asked:
                await over.wait()
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            nonlocal status
            status = str(message.get("status", status))
            body = message.get("body", b"").decode()
            log.append(f"body {body}" if "status" not in message else "start")

        parts = urlsplit(path)
        pairs = [(name.encode(), text.encode()) for name, text in {"host": "shop.example", **headers}.items()]  # fmt: skip
        scope = {
            "type": "http", "method": method, "path": parts.path, "query_string": parts.query.encode(), "headers": pairs,
            "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1), "server": ("shop.example", 80),
        }  # fmt: skip
        await app(scope, receive, send)

    asyncio.run(ask())
    return status


def of_flask(wanted: dict[str, Any]) -> flask.Flask:
    app = flask.Flask("shop")
    app.config["PYRITE"] = wanted
    tracking = PyriteTracking()
    tracking.init_app(app)

    @app.route("/product/<int:number>")
    @tracking.tracked(item)
    def product(number: int) -> str:
        if number == 7:
            tracking.event("owns", itemtype=1, item=7, user="4711")
            tracking.event("login", user="device-1", target="4711")
        return "end"

    @app.route("/stream")
    def stream() -> flask.Response:
        def pieces() -> Iterator[str]:
            yield "begin"
            app.extensions["pyrite"].sender.event("owns", itemtype=1, item=7)
            yield "end"

        return flask.Response(pieces())

    @app.route("/fails")
    def fails() -> str:
        tracking.sender.event("owns", itemtype=1, item=7)
        raise RuntimeError("in the view")

    @app.route("/breaks-off")
    def breaks_off() -> flask.Response:
        def pieces() -> Iterator[str]:
            yield "begin"
            app.extensions["pyrite"].sender.event("owns", itemtype=1, item=7)
            raise RuntimeError("in the middle")

        return flask.Response(pieces())

    def status() -> tuple[str, int]:
        return "end", int(flask.request.args.get("status", 200))

    methods = {"methods": ["GET", "POST"]}
    app.add_url_rule("/put", "put", tracked(put)(status), **methods)  # type: ignore[arg-type]
    app.add_url_rule("/none", "none", tracked(None)(lambda: "end"))
    app.add_url_rule("/wrong", "wrong", tracked(wrong)(lambda: "end"))
    app.add_url_rule("/page", "page", lambda: "end")
    return app


def asking(kind: str) -> Ask:
    def asked(path: str, *, method: str = "GET", headers: dict[str, str] | None = None, **wanted: Any) -> tuple[Log, str]:  # fmt: skip
        log: Log = []
        given = {**CUSTOMER, **wanted}
        with override_settings(PYRITE=given):
            if kind == "flask":
                app: Any = of_flask(given)
                sender: Any = app.extensions["pyrite"].sender
            else:
                app = WSGIHandler() if kind == "django-wsgi" else ASGIHandler()
                sender = current().sender
            if "transport" not in wanted:
                sender._line.worker.put = lambda message: log.append("sent " + message.target.partition("?")[0])  # fmt: skip
            by = by_asgi if kind == "django-asgi" else by_wsgi
            status = ""
            with suppress(RuntimeError):  # of a page that breaks off
                status = by(app, log, path, method, headers or {})
            sender.close()
            return log, status

    return asked


@pytest.fixture(params=["django-wsgi", "django-asgi", "flask"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Asks a site with these settings, and says what happened, in its order, and the status."""
    return asking(request.param)


@pytest.fixture
def ask_wsgi() -> Ask:
    """The same of Django under WSGI alone."""
    return asking("django-wsgi")


@pytest.fixture
def ask_asgi() -> Ask:
    """The same of Django under ASGI alone."""
    return asking("django-asgi")


@pytest.fixture
def flask_site() -> Callable[[dict[str, Any]], flask.Flask]:
    """Makes Flask's site, with these settings beside those of the customer."""
    return lambda wanted: of_flask({**CUSTOMER, **wanted})


@pytest.fixture
def edge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A real edge, which asks pages of the customer 11111 for tokens."""
    (tmp_path / "manifest.json").write_text('{"lane": "compiled", "files": {}}')
    (tmp_path / "alloy.js").write_text("")
    monkeypatch.setattr("pyrite.edge.app.built_files", lambda: tmp_path)
    customers = {
        "00000": IbexaCustomer(datastream="shop"),
        "11111": IbexaCustomer(datastream="shop", level="page", keys={"a": KEY}),
    }
    wanted = Settings(
        datastreams={"shop": Datastream()},
        ibexa=Ibexa(enabled=True, user_secret="s" * 16, customers=customers),
    )
    with TestClient(pyrite.edge(settings=wanted, store=MemoryStore())) as client:
        yield client

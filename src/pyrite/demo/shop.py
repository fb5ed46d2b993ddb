"""The shop as an ASGI app: its pages under a strict content security policy, and the edge beside them.

Not for anything a real shop does: the basket lives in the browser, and the checkout takes no money.
"""

import base64
import hashlib
import json
import re
import secrets
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import pyrite

from ..edge.settings import Edge, Ibexa, IbexaCustomer, Jss, JssKey
from ..stores.contract import Listener, Store
from .catalogue import CATEGORIES, PRODUCTS, SHAPES, find
from .servers import RELAY, Servers

DATASTREAM = "demo-shop"
CUSTOMER = "00000"
TOLD = ("kind", "item", "itemtype", "customer", "user")
SHOWN, LOOKED = 16, 200  # events of Ibexa's that its page shows, of so many newest
JSS_KEY = "{AAAAAAAA-0000-0000-0000-000000000001}"
LOCAL = "http://localhost:*"  # pages on this machine's servers. Not "null", which every site can be by a sandboxed frame
README_HOST = "127.0.0.1:8000"  # in the README's page
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def pages_folder() -> Path:
    """Where the shop's templates are: in the installed package, or in a checkout's web/demo."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_demo"
    return inside if inside.is_dir() else package.parents[1] / "web" / "demo"


def shop(*, data: Path, listener: Listener | None = None, store: Store | None = None) -> Starlette:
    """The demo shop with an edge that keeps its events in *data* and tells *listener* of each."""
    folder = pages_folder()
    templates = Environment(
        loader=FileSystemLoader(folder / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        categories=CATEGORIES, products=PRODUCTS, shapes=SHAPES, datastream=DATASTREAM
    )
    edge = pyrite.edge(
        # For development: the page of JSS shows the visitor's own profile.
        settings=pyrite.Settings(
            edge=Edge(origins=[LOCAL], development=True),
            jss=Jss(
                enabled=True,
                index_anonymous=True,
                definitions=str(folder / "definitions.toml"),
                keys={JSS_KEY: JssKey(origins=LOCAL)},
            ),
            ibexa=Ibexa(enabled=True, customers={CUSTOMER: IbexaCustomer(datastream=DATASTREAM)}),
        ),
        data=data,
        experiences=folder / "experiences",
        listener=listener,
        store=store,
    )

    def page(name: str, **values: Any) -> Response:
        nonce = secrets.token_urlsafe(16)
        head = Markup(edge.state.head(nonce=nonce, hide="#offer { visibility: hidden }"))
        body = templates.get_template(name).render(nonce=nonce, head=head, **values)
        return HTMLResponse(
            body,
            headers={
                "Content-Security-Policy": policy(f"'nonce-{nonce}'"),
                "Referrer-Policy": "same-origin",
            },
        )

    async def home(request: Request) -> Response:
        return page("home.html")

    async def hello(request: Request) -> Response:
        """The README's page, as pasted: `hello.html` is the same text."""
        text = (folder / "templates" / "hello.html").read_text("utf-8")
        host = request.headers.get("host", "")
        if _HOST.fullmatch(host):
            text = text.replace(README_HOST, host)
        digests = [hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(text)]
        hashes = " ".join([f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests])
        return HTMLResponse(text, headers={"Content-Security-Policy": policy(f"'self' {hashes}")})

    async def category(request: Request) -> Response:
        slug = request.path_params["slug"]
        if slug not in CATEGORIES:
            raise HTTPException(404)
        return page(
            "category.html",
            slug=slug,
            found=[product for product in PRODUCTS if product.category == slug],
        )

    async def product(request: Request) -> Response:
        item = find(request.path_params["slug"])
        if item is None:
            raise HTTPException(404)
        return page("product.html", product=item)

    async def jss(request: Request) -> Response:
        return page("jss.html", key=JSS_KEY)

    async def ibexa(request: Request) -> Response:
        eid = str(uuid.uuid4())
        address = f"/api/{CUSTOMER}/click/_me/1/127?eid={eid}"
        pixel = Markup('<img src="{}" width="1" height="1" alt="">').format(address)
        return page("ibexa.html", address=address, pixel=pixel, recommended=(131, 132))

    async def ibexa_stored(request: Request) -> Response:
        return JSONResponse(stored_of(edge.state.store))

    def plain(name: str) -> Any:
        async def serve(request: Request) -> Response:
            return page(name)

        return serve

    async def missing(request: Request, error: Exception) -> Response:
        response = page("missing.html")
        response.status_code = 404
        return response

    servers = Servers(CUSTOMER)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        yield
        servers.close()
        edge.state.store.close()

    routes = [
        Route("/", home),
        Route("/hello", hello),
        Route("/category/{slug}", category),
        Route("/product/{slug}", product),
        Route("/basket", plain("basket.html")),
        Route("/checkout", plain("checkout.html")),
        Route("/thanks", plain("thanks.html")),
        Route("/jss", jss),
        Route("/ibexa", ibexa),
        Route("/ibexa/stored", ibexa_stored),
        Route("/ibexa/server", _App(servers.counted), methods=["POST"]),
        Route(f"/{RELAY}", _App(servers.relayed), methods=["POST"]),
        Route("/spa", plain("spa.html")),
        Route("/spa/{rest:path}", plain("spa.html")),
        Mount("/shop", StaticFiles(directory=folder / "static")),
        *(Route(f"/{first}/{{rest:path}}", edge) for first in ("sitecore", "layouts", "api")),
        # The edge's own addresses one by one, so that any other is the shop's "not found".
        *(Route(route.path, edge) for route in edge.routes if isinstance(route, Route)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: missing})
    app.state.store = edge.state.store
    app.state.callers = edge.state.callers
    return app


class _App:
    """An ASGI app that a Route takes as one, and not as a function of a request."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)


def stored_of(store: Store) -> list[list[str]]:
    """The newest events of Ibexa's as rows of texts: kind, item, way, the beginning of the user's hash, the rest."""
    rows = []
    for event in store.events(after=max(0, store.last_seq() - LOOKED)):
        fields = json.loads(event.body).get("ibexa")
        if fields:
            rest = {name: value for name, value in fields.items() if name not in TOLD}
            more = ", ".join(f"{name} {value}" for name, value in rest.items())
            user = str(fields.get("user") or "nobody")[:8]
            rows.append([fields["kind"], fields.get("item", ""), event.way, user, more])
    return rows[: -SHOWN - 1 : -1]


def policy(scripts: str) -> str:
    """The pages' Content-Security-Policy: *scripts* (a nonce, hashes) and styles so marked, and nothing else that is not our own."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src 'self' {scripts}",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )

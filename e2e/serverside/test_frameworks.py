"""The recipes for Django and Flask of web/docs/server-side.md, on real servers, beside a real edge."""

import http.client
import json
import re
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from serverside.test_serverside import ask, until, whole
from support.edge_process import EdgeProcess, free_port

from pyrite.stores.sqlite import FILE

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "web" / "docs" / "server-side.md").read_text()
EDGE = """[ibexa]
enabled = true
[ibexa.customers."00000"]
datastream = "shop"
level = "page"
keys = { a = "THE-SERVERS-SECRET", b = "THE-PAGES-SECRET" }
"""
URLS = """from django.urls import path
from shop import views
urlpatterns = [path("product/<int:number>", views.product), path("paid", views.paid)]
"""
WSGI = """import sys, importlib
from wsgiref.simple_server import make_server
server = make_server("127.0.0.1", int(sys.argv[2]), getattr(importlib.import_module(sys.argv[1]), sys.argv[3]))
print("serving", flush=True)
server.serve_forever()
"""
ASGI = """import sys, uvicorn
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("serving", flush=True)
Server(uvicorn.Config(sys.argv[1] + ":" + sys.argv[3], port=int(sys.argv[2]), log_level="error", lifespan="off")).run()
"""


class Passing:
    """What stands before the edge: it passes all on, and says what the visitor had received when the first byte of an event came."""

    def __init__(self, edge: int) -> None:
        self.visitors: list[socket.socket] = []
        self.had: list[bytes] = []
        self._edge = edge
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(connection,), daemon=True).start()

    def _pass(self, connection: socket.socket) -> None:
        # A site that ends, or an edge that is killed, breaks connections off.
        with suppress(OSError), connection, socket.create_connection(("127.0.0.1", self._edge)) as edge:  # fmt: skip
            back = threading.Thread(target=_copy, args=(edge, connection), daemon=True)
            back.start()
            while piece := connection.recv(65536):
                if self.visitors and not self.had:
                    self.had.append(self.visitors[0].recv(1_000_000, socket.MSG_PEEK))
                edge.sendall(piece)
            edge.shutdown(socket.SHUT_WR)
            back.join(10)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)


def recipe(name: str, upstream: str, folder: Path) -> str:
    """The text of the file of this name, for this edge."""
    blocks = re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)
    text: str
    [text] = [block for block in blocks if name in block.partition("\n")[0]]
    queue = str(folder / "queue.db")
    return text.replace("https://edge.example", upstream).replace("/var/lib/shop/tracking.db", queue)  # fmt: skip


def django_site(folder: Path, upstream: str) -> None:
    subprocess.run([sys.executable, "-m", "django", "startproject", "shop", str(folder)], check=True)  # fmt: skip
    shop = folder / "shop"
    (shop / "templates").mkdir()
    with (shop / "settings.py").open("a") as file:
        file.write(recipe("shop/settings.py", upstream, folder) + "ALLOWED_HOSTS = ['*']\n")
    (shop / "views.py").write_text(recipe("shop/views.py", upstream, folder))
    (shop / "urls.py").write_text(URLS)
    (shop / "templates" / "product.html").write_text(recipe("product.html", upstream, folder))


def flask_site(folder: Path, upstream: str) -> None:
    (folder / "app.py").write_text(recipe("app.py", upstream, folder))


SITES = {
    "django-wsgi": (django_site, WSGI, "shop.wsgi", "application"),
    "django-asgi": (django_site, ASGI, "shop.asgi", "application"),
    "flask": (flask_site, WSGI, "app", "app"),
}


@contextmanager
def served(kind: str, folder: Path, upstream: str) -> Iterator[int]:
    """The recipe on a server of its own, and its port."""
    make, server, module, name = SITES[kind]
    folder.mkdir()
    make(folder, upstream)
    (folder / "serve.py").write_text(server)
    port = free_port()
    command = [sys.executable, "serve.py", module, str(port), name]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    try:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "serving\n", process.stderr.read()
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=20)


def got(port: int, path: str, headers: dict[str, str]) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def taken(edge: EdgeProcess) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(edge.folder / FILE)) as connection:
        rows = connection.execute("SELECT body, way FROM events ORDER BY seq").fetchall()
    return [{**json.loads(body)["ibexa"], "way": way} for body, way in rows]


@pytest.mark.parametrize("kind", SITES)
def test_the_recipe_counts_each_page_once_after_its_last_byte(kind: str, tmp_path: Path) -> None:
    with EdgeProcess(tmp_path / "data", settings=EDGE) as edge:
        before = Passing(edge.port)
        with served(kind, tmp_path / "site", f"http://127.0.0.1:{before.port}") as port:
            before.visitors.append(ask(port, "/product/77"))
            until(lambda: len(before.had) == 1)
            assert before.had[0].rstrip().endswith(b"</html>")
            page = whole(before.visitors[0]).decode()

            [address] = re.findall(r'<img src="http://127.0.0.1:\d+([^"]+)"', page)
            assert got(before.port, address.replace("&amp;", "&"), {})[0] == 204
            assert got(before.port, address.replace("/1/77", "/1/78"), {})[0] == 401
            cookie = {"Cookie": "pyrite_fpid=device-1"}
            assert got(port, "/product/7", {**cookie, "Sec-GPC": "1"})[0] == 200
            assert got(port, "/paid", {**cookie, "DNT": "1"}) == (200, "Thank you")
            assert got(port, "/paid", cookie)[0] == 200
            until(lambda: len(taken(edge)) == 5)
        before.close()
        found = taken(edge)

    clicks = sorted((one["item"], bool(one["user"])) for one in found if one["kind"] == "click")
    assert clicks == [("7", False), ("77", False)]
    buys = [one for one in found if one["kind"] == "buy"]
    assert sorted(bool(one["user"]) for one in buys) == [False, True]
    assert {one["way"] for one in buys} == {"server"}
    assert [one["scenario"] for one in found if one["kind"] == "rendered"] == ["top"]

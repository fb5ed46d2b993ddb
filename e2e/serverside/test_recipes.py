"""The recipes of web/docs/relay.md for sites of files, as they stand there, on nginx and on Apache themselves."""

import http.client
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site
from support.webservers import Apache, Nginx, WebServer

from pyrite.edge.settings import Datastream, Edge, Ibexa, IbexaCustomer, Settings

pytestmark = pytest.mark.lanes("compiled")
ROOT = Path(__file__).resolve().parents[2]
PAGE = """<!doctype html><link rel=icon href=data:,><script>%s</script><script async src="/alloy.js"></script>
<script>alloy("configure", {datastreamId: "shop", edgeBasePath: "t/e"}); alloy("sendEvent", {type: "first"}).then(() => { document.title = "done"; });</script>
<img src="/t/a/_me/1/77" width="1" height="1" alt="">"""
BURST = 100  # of the recipe for nginx
NAME = "shop.example"


def recipe(language: str) -> list[str]:
    """The blocks in *language* of the section about sites of files."""
    text = (ROOT / "web" / "docs" / "relay.md").read_text()
    section = text.partition("## Sites of files")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def edge(tmp_path: Path, lane: str) -> Iterator[Site]:
    customers = {"00000": IbexaCustomer(datastream="shop")}
    settings = Settings(
        edge=Edge(experiences=str(tmp_path / "experiences"), origins=["http://localhost:*"]),
        datastreams={"shop": Datastream()},
        ibexa=Ibexa(enabled=True, user_secret="s" * 16, customers=customers),
    )
    with Site(tmp_path, lane=lane, settings=settings) as made:
        yield made


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that workers of another user may read, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="pyrite-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def nginx(folder: Path, edge: str) -> WebServer:
    told, included = [one.replace("https://edge.example", edge) for one in recipe("nginx")]
    http, _, server = told.partition("server {")
    assert "rate=300r/m" in http
    http = http.replace(
        "rate=300r/m", "rate=1r/m"
    )  # what is free again meanwhile depends on nobody's speed
    server = re.sub(r"\s*(listen|server_name|root) [^;]*;", "", server).rstrip().removesuffix("}")
    made = Nginx(folder, http=http + "types { text/html html; text/javascript js; }", server=f"root FOLDER/site; {server}")  # fmt: skip
    (folder / "t.conf").write_text(included)
    return made


def apache(folder: Path, edge: str) -> WebServer:
    [told] = [one.replace("https://edge.example", edge) for one in recipe("apache")]
    told = told.replace("<VirtualHost *:443>", "").replace("</VirtualHost>", "").replace("/var/www/shop", "FOLDER/site")  # fmt: skip
    told = told.replace("SSLProxyEngine on", "").replace(f"ServerName {NAME}", "")
    more = 'TypesConfig /dev/null\nAddType text/html .html\nAddType text/javascript .js\n<Directory "FOLDER/site">\nRequire all granted\n</Directory>\n'
    return Apache(folder, server=more + told)


@pytest.mark.parametrize("make", [nginx, apache], ids=["nginx", "apache"])
def test_a_site_of_files_passes_on_pixels_and_the_tracker_of_its_own_pages(
    make: Callable[[Path, str], WebServer], edge: Site, built: Path, readable: Path, page: Page
) -> None:
    server = make(readable / "server", edge.url(""))
    site = server.folder / "site"
    site.mkdir()
    (site / "page.html").write_text(PAGE % (built / "base.js").read_text())
    (site / "alloy.js").write_bytes((built / "alloy.js").read_bytes())
    for one in (server.folder, site):
        one.chmod(0o755)
    with server:
        mine = {"name": "pyrite_pid", "value": "device-1", "url": server.origin}
        page.context.add_cookies([mine, {"name": "session", "value": "secret", "url": server.origin}])  # type: ignore[list-item]  # fmt: skip
        page.goto(f"{server.origin}/page.html", wait_until="load")
        page.wait_for_function("document.title === 'done'")
        edge.wait(lambda: len(types(edge)) == 2, "two events")

        assert types(edge) == ["first", "ibexa.click"]
        assert not any("secret" in seen.headers.get("cookie", "") for seen in edge.seen)
        [pixel] = [seen for seen in edge.seen if "/click/" in seen.path]
        assert (pixel.path, pixel.headers["cookie"].rstrip("; ")) == ("/api/00000/click/_me/1/77", "pyrite_pid=device-1")  # fmt: skip
        asked = {"x-forwarded-for": "198.51.100.1", "authorization": "Basic YTpi", "cookie": "a=b"}
        assert get(server, "/t/a/_me/1/78", asked) == 204
        [direct] = [seen for seen in edge.seen if seen.path.endswith("/78")]
        assert direct.headers["x-forwarded-for"] == "127.0.0.1"
        assert "authorization" not in direct.headers
        assert not direct.headers.get("cookie")
        assert get(server, "/t/a/_me/1/79", {"sec-fetch-site": "cross-site"}) == 403
        assert len([seen for seen in edge.seen if "/click/" in seen.path]) == 2
        if make is nginx:  # Apache has no limit of this kind
            statuses = [get(server, "/t/a/not_defined/1/80", {}) for _ in range(BURST + 5)]
            assert 429 in statuses
            assert set(statuses) == {204, 429}


def types(edge: Site) -> list[str]:
    return sorted(event.type for event in edge.store.events())


def get(server: WebServer, path: str, headers: dict[str, Any]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status

"""The demo shop, as its visitor and as the person at the terminal see it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page

VIEW = "web.webpagedetails.pageViews"


class Demo:
    """`pyrite demo` in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.lines: list[str] = []
        command = [
            sys.executable,
            "-u",
            "-c",
            "from pyrite.cli import app; app()",
            "demo",
            "--port",
            str(self.port),
        ]
        environment = os.environ | {"COLUMNS": "200", "PYTHONWARNINGS": "default"}
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )

    def line(self, part: str) -> str:
        """The next line with *part* in it."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if part in line:
                return line
        raise AssertionError(f"no line with {part!r}: {self.lines}")

    def url(self, path: str = "/") -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path)
    running.line("The demo shop is at")
    running.line("Ctrl-C stops")
    yield running
    running.process.kill()
    running.process.wait()
    if running.process.stdout:
        running.process.stdout.close()


def test_each_event_is_a_readable_line_and_ctrl_c_stops_cleanly(demo: Demo, page: Page) -> None:
    page.goto(demo.url("/product/amethyst"))
    line = demo.line(VIEW)

    assert re.search(
        r"\d\d:\d\d:\d\d\s+web\.webpagedetails\.pageViews\s+/product/amethyst\s+\w{8}\s+.*sku=amethyst",
        line,
    )
    demo.process.send_signal(signal.SIGINT)
    rest = demo.process.stdout.read() if demo.process.stdout else ""
    assert demo.process.wait(10) == 0
    assert "Traceback" not in rest
    assert "stopped" in rest


def test_the_edge_is_served_by_its_own_command_with_its_settings(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "pyrite.toml").write_text('[edge]\nbase_path = "in"\n[datastreams.shop]\n')
    command = [sys.executable, "-u", "-c", "from pyrite.cli import app; app()"]
    serve = [*command, "serve", "--port", str(port), "--data", "kept"]
    process = subprocess.Popen(serve, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
    root = f"http://127.0.0.1:{port}"
    body = {"events": [{"xdm": {"_id": "e1", "eventType": "t"}}]}

    assert httpx2.get(f"{root}/health").json() == {"ok": True}
    assert httpx2.get(f"{root}/alloy.js").status_code == 200
    taken = httpx2.post(f"{root}/in/v1/collect?configId=shop", json=body)
    refused = httpx2.post(f"{root}/in/v1/collect?configId=other", json=body)
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    process.stdout.close()
    assert (taken.status_code, refused.status_code, process.wait(10)) == (204, 400, 0)
    events = [*command, "events", "--json", "--data", "kept"]
    printed = subprocess.run(events, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [json.loads(line)["id"] for line in printed.stdout.splitlines()] == ["e1"]


def test_the_page_in_the_readme_works_in_the_demo_and_when_pasted(demo: Demo, page: Page) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    html = readme.partition("```html\n")[2].partition("```")[0]
    pasted = html.replace("127.0.0.1:8000", f"127.0.0.1:{demo.port}")
    (demo.folder / "pasted").mkdir()
    (demo.folder / "pasted" / "index.html").write_text(pasted)
    # Another server on this machine, as frameworks have one for development.
    handler = partial(SimpleHTTPRequestHandler, directory=str(demo.folder / "pasted"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        for address in (demo.url("/hello"), f"http://localhost:{other.server_port}/"):
            with page.expect_console_message(lambda message: message.text.startswith("stored ")):
                page.goto(address)
            assert "key=value" in demo.line(VIEW)
        other.shutdown()


def test_a_page_from_elsewhere_can_not_write_into_a_running_demo(demo: Demo) -> None:
    body = {"events": [{"xdm": {"_id": "e1", "eventType": "\x1b]0;owned\x07"}}]}
    url = demo.url("/ee/v1/interact?configId=shop")
    for origin in ("null", "https://evil.test", "http://localhost.evil.test"):
        assert httpx2.post(url, json=body, headers={"origin": origin}).status_code == 403
    assert httpx2.post(url, json=body).status_code == 200

    assert "\\x1b]0;owned\\x07" in demo.line("owned")


def test_a_port_that_is_taken_is_told(demo: Demo, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from pyrite.cli import app; app()",
        "demo",
        "--port",
        str(demo.port),
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert result.returncode == 2
    assert "choose another with --port" in result.stderr


def test_a_visitor_buys_a_stone(demo: Demo, page: Page, console: list[str]) -> None:
    page.goto(demo.url("/?utm_campaign=gold"))
    page.wait_for_selector(".promo")
    page.get_by_role("link", name="Amethyst point").click()
    page.get_by_text("Free delivery in two days").wait_for()
    page.get_by_role("button", name="Put into the basket").click()
    demo.line("commerce.productListAdds")
    page.get_by_role("link", name="Basket").click()
    page.get_by_role("link", name="Go to the checkout").click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Buy").click()
    bought = demo.line("commerce.purchases")
    page.wait_for_url("**/thanks*")

    assert "items=1 total=36" in bought
    assert [line for line in console if line.startswith(("error", "uncaught", "warning"))] == []
    command = [
        sys.executable,
        "-c",
        "from pyrite.cli import app; app()",
        "events",
        "--json",
        "--data",
        "pyrite-data/demo",
    ]
    printed = subprocess.run(
        command, cwd=demo.folder, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    events: list[dict[str, Any]] = [json.loads(line) for line in printed]
    types = [event["type"] for event in events]
    assert {
        VIEW,
        "commerce.productListAdds",
        "commerce.purchases",
        "decisioning.propositionDisplay",
        "web.webinteraction.linkClicks",
    } <= set(types)
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
    assert len({event["visitor"] for event in events}) == 1


def test_the_single_page_version_tracks_its_routes(demo: Demo, page: Page) -> None:
    page.goto(demo.url("/spa"))
    demo.line(VIEW)
    page.get_by_role("navigation").get_by_role("link", name="Fossils").click()
    assert "/spa/category/fossils" in demo.line(VIEW)
    page.get_by_role("link", name="Ammonite").click()
    assert "/spa/product/ammonite" in demo.line(VIEW)
    page.go_back()
    assert "/spa/category/fossils" in demo.line(VIEW)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/category/crystals",
        "/product/malachite",
        "/basket",
        "/checkout",
        "/thanks",
        "/spa",
        "/nowhere",
    ],
)
def test_every_page_keeps_its_strict_policy(
    demo: Demo, page: Page, console: list[str], path: str
) -> None:
    page.goto(demo.url(path))
    page.evaluate("alloy('event', {type: 'loaded'}).then(() => 1)")
    policy = page.request.get(demo.url(path)).headers["content-security-policy"]

    assert "unsafe-inline" not in policy
    assert "eval" not in policy
    assert [
        line for line in console if "Content Security Policy" in line or line.startswith("uncaught")
    ] == []
    assert (
        page.evaluate(
            "document.documentElement.lang && document.title && document.querySelectorAll('h1').length"
        )
        >= 1
    )


def test_pages_fit_a_phone(demo: Demo, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/product/pyrite-cube", "/checkout", "/spa"):
        page.goto(demo.url(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path

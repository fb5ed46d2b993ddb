"""Each cause that the doctor knows, brought about by a page: it names that one, and no other."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.server import certificate
from support.site import HEAD, Site

from pyrite.doctor.causes import CAUSES, Finding, findings
from pyrite.doctor.examine import examine
from pyrite.edge.settings import Datastream, Edge, Settings

VIEW = "alloy('event', {viewStart: true}).catch(() => {});"
SCRIPT = '<script async src="/alloy.js"></script>'
BASE = '<script src="/base.js"></script>'
LANES = pytest.mark.lanes("compiled")
SCHEMA = {"type": "object", "properties": {"data": {"properties": {"price": {"type": "number"}}}}}
pytestmark = LANES


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose edge knows the data streams `shop` and `strict`, which has a schema."""
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    streams = {"shop": Datastream(), "strict": Datastream(schemas={"*": str(folder / "schema.json")})}  # fmt: skip
    settings = Settings(edge=Edge(experiences=str(folder / "experiences")), datastreams=streams)
    with Site(folder, lane="compiled", settings=settings) as made:
        yield made


@pytest.fixture
def diagnosed(page: Page) -> Callable[..., list[Finding]]:
    def look(url: str, **options: Any) -> list[Finding]:
        return findings(examine(page, url, **{"quiet_s": 0.4} | options))

    return look


def configured(script: str = VIEW, **options: Any) -> str:
    return f"<script>alloy('configure', {json.dumps({'datastreamId': 'shop'} | options)}).catch(() => {{}}); {script}</script>"


def sure(then: str) -> str:
    """What runs once the tracker is there."""
    return f"alloy('getLibraryInfo').then(() => {{ {then} }});"


PAGES: dict[str, str] = {
    "": HEAD + configured(),
    "base_code_missing": SCRIPT + configured(),
    "base_code_late": "<script>try_it()\nfunction try_it() { setTimeout(() => alloy, 0); alloy('event', {}); }</script>" + HEAD + configured(),
    "base_code_twice": BASE + BASE + SCRIPT + configured(),
    "tracker_missing": BASE + configured(),
    "tracker_not_loaded": BASE + '<script async src="/elsewhere/alloy.js"></script>' + configured(),
    "tracker_broken": BASE + '<script async src="/broken/alloy.js"></script>' + configured(),
    "tracker_twice": BASE + SCRIPT + '<script async src="/second/alloy.js"></script>' + configured(),
    "configure_missing": HEAD + f"<script>{VIEW}</script>",
    "configure_refused": HEAD + configured(datastreamID="shop"),
    "datastream_unknown": HEAD + configured(datastreamId="elsewhere"),
    "edge_is_another": HEAD + configured(edgeBasePath="nothing/here"),
    "privacy_control": "<script>Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})</script>" + HEAD + configured(),
    "consent_declined": HEAD + configured(VIEW + "alloy('setConsent', {consent: [{standard: 'Adobe', version: '1.0', value: {general: 'out'}}]})", defaultConsent="pending"),
    "consent_pending": HEAD + configured(defaultConsent="pending"),
    "view_before_consent": HEAD + configured(VIEW + sure("alloy('setConsent', {consent: [{standard: 'Adobe', version: '1.0', value: {general: 'in'}}]})")),
    "view_missing": HEAD + configured("alloy('event', {type: 'add'})"),
    "view_twice": HEAD + configured(f"function one() {{ {VIEW} }}\nfunction two() {{ {VIEW} }}\none();\ntwo();"),
    "events_refused": HEAD + configured("alloy('event', {viewStart: true, data: {price: 'dear'}}).catch(() => {})", datastreamId="strict"),
    "call_refused": HEAD + configured(VIEW + "alloy('event', {tpye: 'add'}).catch(() => {})"),
    "call_refused_unseen": HEAD + configured(VIEW + "alloy('event', {tpye: 'add'})"),
    "cookies_refused": HEAD + "<script>Object.defineProperty(document, 'cookie', {get: () => '', set: () => {}})</script>" + configured(),
    "clock_wrong": HEAD + "<script>{const now = Date.now, Old = Date; Date = class extends Old { constructor(...a) { super(...(a.length ? a : [now() + 36e5])); } static now() { return now() + 36e5; } }; }</script>" + configured(),
}  # fmt: skip


@pytest.mark.parametrize("cause", PAGES, ids=lambda cause: cause or "nothing")
def test_a_page_tells_its_own_cause_and_no_other(
    shop: Site, diagnosed: Callable[..., list[Finding]], cause: str, lane: str
) -> None:
    shop.file("/broken/alloy.js", "throw new Error('half a file')")
    shop.file("/second/alloy.js", "1")
    found = diagnosed(shop.page(PAGES[cause] + "<h1>Hello</h1>", path=f"/{cause}"))

    assert [one.cause for one in found] == [cause] * (cause != ""), found


def test_what_a_view_that_is_told_twice_was_called_by(
    shop: Site, diagnosed: Callable[..., list[Finding]], lane: str
) -> None:
    [found] = diagnosed(shop.page(PAGES["view_twice"], path="/twice"))

    assert "one (http" in found.evidence
    assert "two (http" in found.evidence


@pytest.mark.parametrize(
    ("cause", "policy"),
    [
        ("base_code_blocked_csp", "script-src 'nonce-x'"),
        ("tracker_blocked_csp", "script-src 'unsafe-inline' ORIGIN/base.js"),
        ("edge_blocked_csp", "connect-src 'none'"),
    ],
    ids=lambda text: text.partition(" ")[0],
)
def test_a_policy_of_the_page_blocks(
    shop: Site, diagnosed: Callable[..., list[Finding]], cause: str, policy: str, lane: str
) -> None:
    given = policy.replace("ORIGIN", shop.url("").rstrip("/"))
    found = diagnosed(shop.page(HEAD + configured(), path=f"/{cause}", content_security_policy=given))  # fmt: skip

    assert [one.cause for one in found] == [cause], found
    assert policy.split()[0] in found[0].evidence


@pytest.mark.parametrize(
    ("cause", "part"), [("tracker_blocked_filter", "**/alloy.js"), ("edge_blocked_filter", "**/v1/**")], ids=lambda text: text.strip("*/")
)  # fmt: skip
def test_a_filter_list_blocks(
    shop: Site, page: Page, diagnosed: Callable[..., list[Finding]], cause: str, part: str, lane: str
) -> None:  # fmt: skip
    page.route(part, lambda route: route.abort("blockedbyclient"))
    found = diagnosed(shop.page(HEAD + configured(), path="/filtered"), timeout_s=4)

    assert [one.cause for one in found] == [cause], found


def test_an_edge_that_is_not_there(
    shop: Site, diagnosed: Callable[..., list[Finding]], lane: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        domain = f"127.0.0.1:{taken.getsockname()[1]}"
        found = diagnosed(shop.page(HEAD + configured(edgeDomain=domain), path="/none"), timeout_s=4)  # fmt: skip

    assert [one.cause for one in found] == ["edge_not_reached"], found
    assert "ERR_CONNECTION_REFUSED" in found[0].evidence


def test_an_edge_that_fails(shop: Site, diagnosed: Callable[..., list[Finding]], lane: str) -> None:
    fault = shop.fault("/v1/", status=503)
    try:
        found = diagnosed(shop.page(HEAD + configured(), path="/fails"), timeout_s=4)
    finally:
        shop.faults.remove(fault)

    assert [one.cause for one in found] == ["edge_fails"], found


def test_an_edge_of_another_origin_or_site(
    shop: Site, diagnosed: Callable[..., list[Finding]], page: Page, tmp_path: Path, lane: str
) -> None:
    address = shop.page(HEAD + configured(edgeDomain="PLACE"), path="/apart")
    with Site(tmp_path / "a", lane=lane) as edge:
        shop.page(HEAD + configured(edgeDomain=f"127.0.0.1:{edge.server.port}"), path="/apart")
        found = diagnosed(address, timeout_s=4)
        assert [one.cause for one in found] == ["origin_refused"], found
    origin = shop.url("").rstrip("/")
    settings = Settings(edge=Edge(origins=[origin], experiences=str(tmp_path / "b" / "experiences")))  # fmt: skip
    with Site(tmp_path / "b", lane=lane, settings=settings) as edge:
        shop.page(HEAD + configured(edgeDomain=f"localhost:{edge.server.port}"), path="/apart")  # fmt: skip
        other = page.context.new_page()
        found = findings(examine(other, address, quiet_s=0.4))

    assert [one.cause for one in found] == ["sites_differ"], found
    assert found[0].evidence == "the page is on 127.0.0.1, the edge on localhost"


def test_a_copy_of_the_script_that_is_older_than_the_edge(
    shop: Site, diagnosed: Callable[..., list[Finding]], tmp_path: Path, lane: str
) -> None:
    with Site(tmp_path, lane=lane) as pages:
        text = (Path(__file__).parents[2] / "web" / "dist" / "alloy.js").read_text()
        pages.file("/copy/alloy.js", text + "// of last year")
        origin = pages.url("").rstrip("/")
        settings = Settings(edge=Edge(origins=[origin], experiences=str(tmp_path / "edge" / "experiences")))  # fmt: skip
        with Site(tmp_path / "edge", lane=lane, settings=settings) as edge:
            head = HEAD.replace("/alloy.js", "/copy/alloy.js")
            found = diagnosed(pages.page(head + configured(edgeDomain=f"127.0.0.1:{edge.server.port}")))  # fmt: skip

    assert [one.cause for one in found] == ["tracker_outdated"], found


def test_a_page_over_https_with_http_in_it(browser: Browser, tmp_path: Path, lane: str) -> None:
    with Site(tmp_path, lane=lane, certificate=certificate(tmp_path, "shop.test")) as site:
        plain = f"http://edge.test:{site.server.port}"
        head = HEAD.replace('src="/alloy.js"', f'src="{plain}/alloy.js"')
        url = site.page(head + configured(), path="/mixed").replace("127.0.0.1", "shop.test")
        context = browser.new_context(ignore_https_errors=True)
        found = findings(examine(context.new_page(), url, quiet_s=0.4))
        context.close()

    assert [one.cause for one in found] == ["tracker_mixed_content"], found


def test_a_page_that_is_not_there(
    shop: Site, page: Page, diagnosed: Callable[..., list[Finding]], lane: str
) -> None:
    assert [one.cause for one in diagnosed(shop.url("/no/such/page"))] == ["page_not_loaded"]
    nobody = page.context.new_page()
    assert [one.cause for one in findings(examine(nobody, "http://127.0.0.1:9/"))] == ["page_not_loaded"]  # fmt: skip


def test_a_service_worker_between_page_and_edge(
    shop: Site, page: Page, diagnosed: Callable[..., list[Finding]], lane: str
) -> None:
    worker = "onactivate = (event) => event.waitUntil(clients.claim()); onfetch = (event) => event.respondWith(fetch(event.request));"
    shop.file("/worker.js", worker)
    page.goto(shop.page("<script>window.ready = navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)</script>", path="/install"))  # fmt: skip
    page.evaluate("ready.then(() => 1)")
    found = diagnosed(shop.page(HEAD + configured(), path="/between"))

    assert [one.cause for one in found] == ["service_worker_between"], found


def test_prehiding_that_ends_by_its_timeout(
    shop: Site, page: Page, diagnosed: Callable[..., list[Finding]], lane: str
) -> None:
    style = '<style id="alloy-prehiding">h1 { visibility: hidden }</style><script>setTimeout(() => document.getElementById("alloy-prehiding")?.remove(), 1200)</script>'
    held = shop.fault("/v1/", delay_s=2)
    try:
        found = diagnosed(shop.page(style + HEAD + configured(), path="/hidden"))
    finally:
        shop.faults.remove(held)

    assert [one.cause for one in found] == ["prehiding_timed_out"], found


def test_a_selector_that_never_matches(
    shop: Site, diagnosed: Callable[..., list[Finding]], lane: str
) -> None:
    shop.render({"type": "setText", "selector": "#no-such-element", "content": "new"})
    shop.edge.state.experiences.reload()
    try:
        found = diagnosed(shop.page(HEAD + configured(), path="/selector"))
    finally:
        (shop.experiences / "rendered.toml").unlink()
        shop.edge.state.experiences.reload()

    assert [one.cause for one in found] == ["selector_never_matches"], found
    assert "#no-such-element" in found[0].evidence


def test_a_promise_that_is_awaited_is_looked_at(shop: Site, page: Page, lane: str) -> None:
    script = "(async () => { try { await alloy('event', {viewStart: true}); } catch (error) {} alloy('event', {type: 'add'}); })()"
    seen = examine(page, shop.page(HEAD + configured(script), path="/awaited"), quiet_s=0.4)

    assert [(one.command, one.watched) for one in seen.calls[1:]] == [("event", True), ("event", False)]  # fmt: skip


def test_every_cause_has_a_page_here(lane: str) -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    without_browser = {"events_" + "dropped"}  # tests/doctor/test_causes.py

    assert {cause.name for cause in CAUSES if f'"{cause.name}"' not in text} == without_browser

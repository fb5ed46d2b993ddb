"""The real clients of JSS 19 (axios) and 23 (fetch) in a page, and the vendor's layout client, against Pyrite's own edge."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jss.clients import KEY, PARAMS
from jss.service import HOME, KINDS, site_with_jss, stored
from playwright.sync_api import Page
from support.site import Site

from pyrite.edge.settings import JssKey

PAGE = '<!doctype html><link rel="icon" href="data:,"><script src="/clients.js"></script>'
LAYOUTS, ELSEWHERE = (f"{{BBBBBBBB-0000-0000-0000-00000000000{number}}}" for number in (1, 2))
UNKNOWN = "{CCCCCCCC-0000-0000-0000-000000000001}"
REAL = [("jss19", "axios"), ("jss23", "native")]
real = pytest.mark.parametrize(("name", "fetcher"), REAL, ids=[name for name, _ in REAL])
DONE = {"resolved": ""}  # of both: 204 has no body
GLOBAL = "SC_ANALYTICS_GLOBAL_COOKIE"


class Caller:
    """Calls from a page of *site* that stands on `host`; the service is the site's edge at 127.0.0.1."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site

    def stands_on(self, host: str) -> None:
        """Open the page there."""
        self.page.goto(self.site.url("/page", host))

    def __call__(self, name: str, fetcher: str, events: Any, **options: Any) -> Any:
        """What came of a call."""
        given = {"host": self.site.url("")} | {"querystringParams": PARAMS} | options
        call = (
            "([client, events, options, fetcher]) => window.run(client, events, options, fetcher)"
        )
        return self.page.evaluate(call, [name, events, given, fetcher])

    def cookies(self) -> set[str]:
        """Names of the cookies that the service has set."""
        return {str(one.get("name")) for one in self.page.context.cookies(self.site.url("/"))}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, clients_script: str) -> Iterator[Site]:
    """A site that is a JSS service with a key for all, one for layouts only, and one of another app."""
    keys = {
        KEY: JssKey(origins="*"),
        LAYOUTS: JssKey(origins="*", services=["layout"]),
        ELSEWHERE: JssKey(origins="https://app.example"),
    }
    with site_with_jss(tmp_path_factory.mktemp("service"), keys=keys) as made:
        made.file("/clients.js", clients_script)
        made.page(PAGE)
        yield made


@pytest.fixture
def call(service: Site, page: Page) -> Caller:
    """Calls the service from a page on its own site."""
    caller = Caller(page, service)
    caller.stands_on("127.0.0.1")
    return caller


def refusal(ended: Any) -> tuple[int, str]:
    """`(status, code)` of a call that was refused; the client of 23 leaves application/problem+json a text."""
    told = ended["data"]
    return ended["status"], (json.loads(told) if isinstance(told, str) else told)["code"]


def sessions(site: Site) -> list[Any]:
    """The sessions of the service, the newest last."""
    return sorted(site.store.sessions(), key=lambda one: one.started_ms)


@real
def test_each_kind_is_stored_and_resolves_as_against_the_original(
    call: Caller, name: str, fetcher: str
) -> None:
    for type, (given, kept) in KINDS.items():
        before = len(stored(call.site))
        assert call(name, fetcher, [given]) == DONE
        [event] = stored(call.site)[before:]
        assert {"type": type} | kept == {key: event[key] for key in {"type": type} | kept}


@real
def test_a_batch_is_kept_in_order_and_ends_with_the_flush(
    call: Caller, name: str, fetcher: str
) -> None:
    before = len(stored(call.site))
    given = [{"pageId": HOME, "url": "/x"}, {"goalId": "Instant Demo"}, {"eventId": "Download"}]
    assert call(name, fetcher, given) == DONE

    kept = stored(call.site)[before:]
    assert [one["kind"] for one in kept] == ["pageview", "goal", "event"]
    assert [one.get("page") for one in kept[1:]] == [HOME, HOME]
    assert sessions(call.site)[-1].ended_ms == 0
    assert call(name, fetcher, [], action="flush") == DONE
    ended = sessions(call.site)[-1]
    assert (ended.how, ended.events, ended.pages, ended.value) == ("flushed", 3, 1, 10)


@real
def test_of_a_batch_with_something_unknown_the_rest_is_stored(
    call: Caller, name: str, fetcher: str
) -> None:
    before, bad = len(stored(call.site)), len(list(call.site.store.bad_rows()))
    ended = call(name, fetcher, [{"goalId": "Instant Demo"}, {"goalId": "Instant Dmo"}])

    assert [one["definition"] for one in stored(call.site)[before:]] == ["Instant Demo"]
    assert len(list(call.site.store.bad_rows())) == bad + 1
    [error] = ended["resolved"]["errors"]  # 207 is a success to both
    assert (error["code"], error["report"]["eventIndex"]) == ("jss.unknown", 1)


@real
@pytest.mark.parametrize(
    ("key", "code", "status"),
    [(UNKNOWN, "jss.key", 401), (LAYOUTS, "jss.service", 403), ("", "jss.key", 401)],
    ids=["unknown key", "key for layouts", "no key"],
)
def test_a_wrong_key_rejects_with_its_reason(
    call: Caller, name: str, fetcher: str, key: str, code: str, status: int
) -> None:
    before = len(stored(call.site))
    ended = call(name, fetcher, [{"eventId": "Download"}], querystringParams={"sc_apikey": key})

    assert refusal(ended) == (status, code)
    assert len(stored(call.site)) == before


@real
def test_an_origin_that_is_not_the_keys_gets_no_answer_to_read(
    call: Caller, name: str, fetcher: str
) -> None:
    call.stands_on("localhost")
    before = len(stored(call.site))
    ended = call(name, fetcher, [{"eventId": "Download"}], querystringParams={"sc_apikey": ELSEWHERE})  # fmt: skip

    # What both say where a browser hides the answer, as from the original.
    assert ended["rejected"] == {"jss19": "Network Error", "jss23": "Failed to fetch"}[name]
    assert len(stored(call.site)) == before


@real
def test_cookies_go_there_and_back_on_one_site_only(call: Caller, name: str, fetcher: str) -> None:
    before = len(sessions(call.site))
    for _ in range(2):
        call(name, fetcher, [{"eventId": "Download"}])
    assert GLOBAL in call.cookies()
    assert [one.events for one in sessions(call.site)[before:]] == [2]

    # On another site a browser sends no cookie of the service's without TLS: each call is a newcomer's, and `why` says so.
    call.page.context.clear_cookies()
    call.stands_on("localhost")
    for _ in range(2):
        assert call(name, fetcher, [{"eventId": "Download"}]) == DONE
    assert [one.events for one in sessions(call.site)[before:]] == [2, 1, 1]


def test_a_service_that_is_off_says_so(page: Page, tmp_path: Path, clients_script: str) -> None:
    with site_with_jss(tmp_path, enabled=False) as site:
        site.file("/clients.js", clients_script)
        site.page(PAGE)
        call = Caller(page, site)
        call.stands_on("127.0.0.1")
        for name, fetcher in REAL:
            ended = call(name, fetcher, [{"eventId": "Download"}])
            assert refusal(ended) == (404, "jss.off")
        assert stored(site) == []


def test_the_layout_client_reads_a_page_and_counts_one_view_unless_told_not_to(
    call: Caller,
) -> None:
    before = len(stored(call.site))
    fetched = """([apiHost, apiKey, tracking]) => new window.layouts({apiHost, apiKey, siteName: "app", ...tracking}).fetchLayoutData("/", "en")"""
    for tracking, views in (({}, 1), ({"tracking": False}, 1), ({"tracking": True}, 2)):
        layout = call.page.evaluate(fetched, [call.site.url(""), LAYOUTS, tracking])
        assert layout["sitecore"]["route"]["name"] == "Home"
        assert layout["sitecore"]["context"]["site"] == {"name": "app"}
        assert [one["kind"] for one in stored(call.site)[before:]] == ["pageview"] * views
    missing = call.page.evaluate(
        fetched.replace('"/"', '"/no/such"'), [call.site.url(""), LAYOUTS, {}]
    )
    assert missing["sitecore"]["route"] is None

"""Which pages may call: origins compared as origins, strangers' names for this machine, and what a refused page is told."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from asked import post, stored
from starlette.testclient import TestClient

from pyrite.demo.shop import shop
from pyrite.edge.http.callers import KNOWN, LONGEST, TOLD, Callers
from pyrite.edge.settings import Edge, SettingsError, read
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]


def answered(client: TestClient, **headers: str) -> int:
    """The status of an event that comes with these headers."""
    return int(post(client, headers=headers).status_code)


def on(edge: Maker, base_url: str, *origins: str) -> TestClient:
    """A client of an edge with these *origins* that listens at *base_url*."""
    app = edge(settings=Edge(origins=list(origins), metrics=True)).app
    return TestClient(app, base_url=base_url)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.example", "shop.example:443"),
        ("https://shop.example:443", "shop.example"),
        ("https://Shop.Example", "shop.example"),
        ("HTTPS://shop.example", "SHOP.example:443"),
        ("http://shop.example", "shop.example:80"),
        ("https://shop.example", "shop.example:80"),
        ("https://shop.example:8443", "shop.example:8443"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_capitals_and_default_ports_make_no_other_origin(
    edge: Maker, origin: str, host: str
) -> None:
    assert answered(on(edge, "http://10.0.0.1"), origin=origin, host=host) == 200


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.example:8443", "shop.example"),
        ("https://shop.example", "shop.example:8443"),
        ("https://shop.example.evil", "shop.example"),
        ("https://user@shop.example", "shop.example"),
        ("shop.example", "shop.example"),
        ("null", "null"),
        ("https://", ""),
        ("https://shop.example:99999", "shop.example:99999"),
    ],
)
def test_another_host_or_port_is_another_origin(edge: Maker, origin: str, host: str) -> None:
    assert answered(on(edge, "http://10.0.0.1"), origin=origin, host=host) == 403


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://evil", "evil", 403),
        ("http://evil.example:8000", "evil.example:8000", 403),
        ("http://127.0.0.1.evil.example", "127.0.0.1.evil.example", 403),
        ("http://localhost:8000", "localhost:8000", 200),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", 200),
        ("http://shop.localhost", "shop.localhost", 200),
        ("https://shop.example", "shop.example", 200),  # by a proxy that ends TLS
        ("http://listed.example", "listed.example", 200),
    ],
)
def test_on_loopback_a_name_that_anybody_can_point_there_is_not_the_edges_own(
    edge: Maker, origin: str, host: str, status: int
) -> None:
    client = on(edge, "http://127.0.0.1:8000", "http://listed.example")

    assert answered(client, origin=origin, host=host) == status


def test_names_for_tests_are_the_edges_own_unless_the_edges_own_server_listens_there(
    edge: Maker,
) -> None:
    client = on(edge, "http://127.0.0.1:8000")
    before = answered(client, origin="http://site.test", host="site.test")
    client.app.state.callers.bind("127.0.0.1")  # type: ignore[attr-defined]

    assert (before, answered(client, origin="http://site.test", host="site.test")) == (200, 403)


def test_every_page_of_this_machine_may_call_where_that_is_listed(edge: Maker) -> None:
    client = on(edge, "http://10.0.0.1", "http://localhost:*")
    found = [
        answered(client, origin=origin)
        for origin in (
            "http://localhost",
            "http://localhost:5173",
            "http://127.0.0.1:9",
            "http://a.localhost:1",
            "http://[::1]:3000",
            "http://localhost.evil.example",
            "https://localhost:5173",
            "http://localhost:*",
        )
    ]

    assert found == [200, 200, 200, 200, 200, 403, 403, 403]


def test_a_listed_origin_is_compared_as_an_origin(edge: Maker) -> None:
    client = on(edge, "http://10.0.0.1", "HTTPS://Shop.Example:443/", "https://bücher.example")

    assert answered(client, origin="https://shop.example") == 200
    assert answered(client, origin="https://xn--bcher-kva.example") == 200


@pytest.mark.parametrize(
    ("origin", "remedy"),
    [
        ("*", "list the origin of each site"),
        ("https://*.example.com", "list each origin by itself"),
        ("https://localhost:*", "only 'http://localhost:*'"),
        ("shop.example.com", "the scheme is missing: write 'https://shop.example.com'"),
        ("Shop.Example.com/cart", "the scheme is missing: write 'https://shop.example.com'"),
        ("https://shop.example.com/cart?a=1", "write 'https://shop.example.com'"),
        ("https://me:x@shop.example.com", "write 'https://shop.example.com'"),
        ("https://shop.example.com:99999", "write scheme and host"),
        ("file:///home/me/page.html", "write scheme and host"),
        ("", "write scheme and host"),
    ],
)
def test_an_origin_that_no_browser_sends_is_refused_at_the_start(
    tmp_path_factory: pytest.TempPathFactory, origin: str, remedy: str
) -> None:
    path = tmp_path_factory.mktemp("settings") / "pyrite.toml"
    path.write_text(f'[edge]\nport = 1\norigins = ["https://a.example", "{origin}"]\n')
    with pytest.raises(SettingsError) as in_file:
        read(path)
    with pytest.raises(SettingsError) as in_code:
        Edge(origins=[origin])

    assert f"{path}:3: edge.origins[1]: expected an origin such as" in str(in_file.value)
    assert remedy in str(in_file.value)
    assert remedy in str(in_code.value)


def test_a_refused_page_may_read_why_and_a_preflight_is_refused_readably_too(edge: Maker) -> None:
    client = on(edge, "http://10.0.0.1", "https://a.example")
    asked = {"origin": "https://new.example", "access-control-request-method": "POST"}
    refusal = post(client, headers=asked)
    preflight = client.options("/ee/v1/interact", headers=asked)

    for response in (refusal, preflight):
        assert (response.status_code, response.json()["code"]) == (403, "origin.unknown")
        # The tracker's requests carry credentials: without this a browser hides the answer.
        assert response.headers["access-control-allow-credentials"] == "true"
        assert response.headers["access-control-allow-origin"] == "https://new.example"
        assert "https://new.example" in response.json()["detail"]
        assert "access-control-allow-methods" not in response.headers
        assert "set-cookie" not in response.headers
    assert stored(client) == []


def test_a_refused_origin_is_counted_and_logged_once_with_what_to_paste(
    edge: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    client = on(edge, "http://10.0.0.1", "https://a.example")
    with caplog.at_level(logging.WARNING, "pyrite.edge"):
        for _ in range(3):
            post(client, headers={"origin": "https://new.example"})

    assert [record.getMessage() for record in caplog.records] == [
        "pages of 'https://new.example' may not send events here; list the origin under [edge] origins in pyrite.toml: "
        'origins = ["https://a.example", "https://new.example"]'
    ]
    assert 'pyrite_turned_away_total{code="origin.unknown"} 3.0' in client.get("/metrics").text


def test_the_log_of_refused_origins_is_bounded_and_shows_no_control_characters(
    caplog: pytest.LogCaptureFixture,
) -> None:
    callers = Callers([])
    with caplog.at_level(logging.WARNING, "pyrite.edge"):
        callers.tell("https://\x1b]0;gone\x07\x9b" + "x" * 10_000)
        for number in range(3 * TOLD):
            callers.tell(f"https://{number}.example")
    lines = [record.getMessage() for record in caplog.records]

    assert len(lines) == TOLD + 1
    assert len(lines[0]) < 400
    assert lines[0].isascii()
    assert lines[0].isprintable()
    assert "further ones are counted" in lines[-1]


def test_what_is_remembered_of_origins_is_bounded_and_new_where_the_edge_is_bound() -> None:
    callers = Callers([])

    def may_call(origin: str, host: str) -> bool:
        return callers.may_call(origin, host=host, scheme="http", server="10.0.0.1")

    for number in range(3 * KNOWN):
        assert not may_call(f"https://{number}.example", "edge.example")
    assert not may_call("https://" + "x" * 10_000, "edge.example")
    remembered = callers._known

    assert len(remembered) <= KNOWN
    assert max(len(asked[0]) for asked in remembered) <= LONGEST
    assert [may_call("http://a.example", "a.example") for _ in range(2)] == [True, True]
    callers.bind("127.0.0.1")
    assert [may_call("http://a.example", "a.example") for _ in range(2)] == [False, False]


def test_a_page_from_a_file_is_told_to_be_opened_by_http(edge: Maker) -> None:
    said = post(on(edge, "http://10.0.0.1"), headers={"origin": "null"}).json()["detail"]

    assert "opened from a file" in said
    assert "open the page by http" in said


def test_the_demo_takes_pages_of_this_machine_and_no_others(built: Path, tmp_path: Path) -> None:
    app = shop(data=tmp_path, store=MemoryStore())
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    app.state.callers.bind("127.0.0.1")
    found = [
        answered(client, origin=origin, host=host)
        for origin, host in (
            ("http://127.0.0.1:8000", "127.0.0.1:8000"),
            ("http://localhost:5173", "127.0.0.1:8000"),
            ("http://evil:8000", "evil:8000"),
            ("http://evil.test:8000", "evil.test:8000"),
            ("https://evil.example", "127.0.0.1:8000"),
            ("null", "127.0.0.1:8000"),
        )
    ]

    assert found == [200, 200, 403, 403, 403, 403]

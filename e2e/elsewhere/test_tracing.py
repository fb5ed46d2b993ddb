"""Pages whose software for tracing puts headers on every request: an edge elsewhere is asked beforehand by the browser."""

from pathlib import Path

from playwright.sync_api import Page
from support.server import Server
from support.site import HEAD, Site

from pyrite.edge.settings import Edge, Settings

# As Sentry's, Datadog's and OpenTelemetry's: every fetch gets headers, whoever makes it.
TRACING = """<script>
const given = window.fetch;
window.fetch = (url, options = {}) => given(url, {...options, headers: {...options.headers, baggage: "a=b", traceparent: "00-1-2-01", "sentry-trace": "x"}});
</script>"""
TOLD = """alloy("event", {type: "one"}).then(() => { window.told = "acknowledged"; }, (error) => { window.told = error.code; });"""


def test_headers_of_tracing_pass_and_also_the_runtime_is_fetched_with_them(
    page: Page, tmp_path: Path, lane: str
) -> None:
    with Site(tmp_path / "pages", lane=lane) as pages:
        origin = pages.url("", host="localhost")
        with Site(
            tmp_path / "edge", lane=lane, settings=Settings(edge=Edge(origins=[origin]))
        ) as edge:
            pages.page(_page(edge.server, edge.url()))
            page.goto(pages.url("/page", host="localhost"))
            page.wait_for_function("window.told")

            assert page.evaluate("told") == "acknowledged"
            posts = [seen for seen in edge.seen if "/v1/" in seen.path and seen.method == "POST"]
            assert [seen.headers.get("traceparent") for seen in posts] == ["00-1-2-01"]
            assert [event["type"] for event in edge.all_events()] == ["one"]


def test_where_the_preflight_is_refused_the_event_goes_once_by_a_beacon_and_the_console_says_so(
    page: Page, tmp_path: Path, lane: str, console: list[str]
) -> None:
    with Site(tmp_path / "pages", lane=lane) as pages:
        origin = pages.url("", host="localhost")
        with Site(
            tmp_path / "edge", lane=lane, settings=Settings(edge=Edge(origins=[origin]))
        ) as edge:
            # A proxy before the edge that knows no headers but its own.
            pages.page(_page(edge.server, pages.url(host="localhost")))
            edge.refuses_preflights = True
            page.goto(pages.url("/page", host="localhost"))
            edge.requests("/v1/", 3)  # refused, the beacon, and refused again

            beacons = [seen for seen in edge.seen if seen.is_beacon]
            assert len(beacons) == 1
            edge.events(1)
            assert [event["type"] for event in edge.all_events()] == ["one"]
            page.evaluate("0")  # lines of the console are heard with the answer to a call
            assert [line for line in console if "sent by a beacon" in line]


def _page(server: Server, files: str) -> str:
    configure = (
        f'alloy("configure", {{datastreamId: "shop", edgeDomain: "127.0.0.1:{server.port}"}});'
    )
    return f"{TRACING}{HEAD.replace('/alloy.js', files + 'alloy.js')}<script>{configure}{TOLD}</script>"

"""Page start to first event at the server, our lanes beside alloy.min.js and two light trackers in one run: cold and warm, two links.

    python e2e/bench/first_event.py [--rounds 15] [--json FILE]

Everything goes over TLS with a certificate that the browser is told to trust, so that brotli and the cache work as on a real
site: both pages come from one server and send to the same edge on another host. Rounds alternate, each cold round in a fresh browser profile. Main-thread time is the browser's own TaskDuration when the event
arrived, less that of a blank page. *answered* is page start to the promise of that event, its answer rendered. Noise: the spread of each cell is printed beside its median.
"""

import argparse
import base64
import hashlib
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from support.built import built
from support.chromium import ARGUMENTS, executable
from support.faults import STUB
from support.packs import bundled, pack
from support.server import Server, certificate

import pyrite
from pyrite.edge.settings import Edge, Settings
from pyrite.stores.memory import MemoryStore

LINKS = {
    "no throttle": None,
    "9 Mbit/s, 60 ms": {"latency": 60, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8},
}
# Each lane with the plain base code, and (early) with the one that sends the first view itself, as the edge's head has it.
OURS = ("compiled", "compiled early", "micropython", "micropython early")
PEERS = (*OURS, "alloy", "plausible", "snowplow")
CALLS = """<script>
    alloy("configure", {datastreamId: "bench", edgeDomain: "edge.site.test"});
    alloy("event", {viewStart: true, data: {key: "value"}}).then(() => window.done = performance.now());</script>"""
PAGES = {
    "blank": "",
    "compiled": '<script>{base}</script><script async src="/alloy.compiled.js"></script>' + CALLS,
    "compiled early": '<script>{early}</script><script async src="/alloy.compiled.js"></script>'
    + CALLS,
    "micropython": '<script>{base}</script><script async src="/alloy.micropython.js"></script>'
    + CALLS,
    "micropython early": "{head}" + CALLS,
    "alloy": """<script>{stub}</script><script async src="/peer/alloy.js"></script><script>
        alloy("configure", {datastreamId: "bench", orgId: "bench", edgeDomain: "edge.site.test", thirdPartyCookiesEnabled: false,
          idMigrationEnabled: false});
        alloy("sendEvent", {renderDecisions: true, data: {key: "value"}}).then(() => window.done = performance.now());</script>""",
    # Both are silent in automated browsers unless told; neither is answered anything.
    "plausible": """<script>window.__plausible = true; window.done = 1e-9;</script><script async src="/peer/plausible.js"></script>""",
    "snowplow": """<script>window.done = 1e-9;</script><script async src="/peer/snowplow.js"></script>""",
}


PREFLIGHT = Response(
    headers={
        "access-control-allow-origin": "https://www.site.test",
        "access-control-allow-credentials": "true",
        "access-control-allow-headers": "content-type, sp-anonymous",
    }
)


class Arrivals:
    """When events arrived, in seconds since 1970, by the time the request was read."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.times: list[float] = []
        self.first = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope.get("method") == "POST":
            self.times.append(time.time())
            self.first.set()
            if path in ("/api/event", "/com.snowplowanalytics.snowplow/tp2"):
                origin = dict(scope["headers"])[b"origin"].decode()
                headers = {
                    "access-control-allow-origin": origin,
                    "access-control-allow-credentials": "true",
                }
                await Response("ok", headers=headers)(scope, receive, send)
                return
        if path == "/com.snowplowanalytics.snowplow/tp2":  # its preflight
            await PREFLIGHT(scope, receive, send)
            return
        await self._app(scope, receive, send)


def peers() -> dict[str, bytes]:
    """The scripts of the others, as a site would serve them: minified, started, compressed."""
    import brotli

    plausible = f"""import {{ init }} from {json.dumps(str(pack("@plausible-analytics/tracker") / "plausible.js"))};
        init({{domain: "site.test", endpoint: "https://edge.site.test/api/event"}});"""
    snowplow = (pack("@snowplow/browser-tracker") / "dist" / "index.umd.min.js").read_text()
    scripts = {
        "alloy": (pack("@adobe/alloy") / "dist" / "alloy.min.js").read_text(),
        "plausible": bundled(plausible, "plausible.js", "--minify"),
        "snowplow": snowplow
        + """;snowplowBrowserTracking.newTracker("sp", "https://edge.site.test", {appId: "bench"});
        snowplowBrowserTracking.trackPageView();""",
    }
    return {name: brotli.compress(text.encode()) for name, text in scripts.items()}


def site() -> tuple[Starlette, Arrivals]:
    """The site with every page, and the edge that all send to."""
    scripts = peers()
    edge = pyrite.edge(
        settings=Settings(edge=Edge(origins=["https://www.site.test"], lane="micropython")),
        store=MemoryStore(),
    )
    dist = built()
    texts = {
        "{head}": edge.state.head().replace("/alloy.js", "/alloy.micropython.js"),
        "{base}": (dist / "base.js").read_text(),
        "{early}": (dist / "base-early.js").read_text(),
        "{stub}": STUB,
    }

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        html = f"<!doctype html><title>{name}</title><h1>Hello</h1>{PAGES[name]}"
        for mark, text in texts.items():
            html = html.replace(mark, text)
        return HTMLResponse(html)

    async def peer(request: Request) -> Response:
        headers = {"Content-Encoding": "br", "Cache-Control": "public, max-age=300"}
        content = scripts[request.path_params["name"]]
        return Response(content, media_type="text/javascript", headers=headers)

    routes = [Route("/page/{name}", page), Route("/peer/{name}.js", peer), Mount("/", edge)]
    return Starlette(routes=routes), Arrivals(edge)


def visit(page: Page, session: CDPSession, url: str, arrivals: Arrivals) -> dict[str, float]:
    """One page load: milliseconds to the first event, bytes received, main-thread milliseconds."""
    received = [0.0]
    session.on(
        "Network.loadingFinished",
        lambda event: received.__setitem__(0, received[0] + event["encodedDataLength"]),
    )
    page.goto(
        url.rpartition("/")[0] + "/blank"
    )  # the same site, so that both pages run in one process
    arrivals.times.clear()
    arrivals.first.clear()
    before = metrics(session)
    received[0] = 0.0
    page.goto(url, wait_until="commit")
    if not arrivals.first.wait(30):
        raise TimeoutError(url)
    after = metrics(session)
    origin = page.evaluate("performance.timeOrigin")
    page.wait_for_function("window.done")
    return {
        "ms": arrivals.times[0] * 1000 - origin,
        "answered_ms": page.evaluate("window.done"),
        "bytes": received[0],
        "main_ms": after["TaskDuration"] - before["TaskDuration"],
        "script_ms": after["ScriptDuration"] - before["ScriptDuration"],
    }


def fingerprint(pem: str) -> str:
    """The hash of a certificate's public key, as Chromium takes it."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    found = x509.load_pem_x509_certificates(Path(pem).read_bytes())[0]
    key = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def metrics(session: CDPSession) -> dict[str, float]:
    """The browser's own counters, in milliseconds."""
    return {
        metric["name"]: metric["value"] * 1000
        for metric in session.send("Performance.getMetrics")["metrics"]
    }


def opened(browser: Browser, link: dict[str, float] | None) -> tuple[Page, CDPSession]:
    """A page in a fresh profile, on *link*."""
    page = browser.new_context().new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Network.enable")
    if link:
        session.send("Network.emulateNetworkConditions", {"offline": False, **link})
    page.goto("about:blank")
    return page, session


def measure(browser: Browser, origin: str, arrivals: Arrivals, rounds: int) -> list[dict[str, Any]]:
    """Every sample: link, cache, peer, round and what was measured."""
    samples: list[dict[str, Any]] = []
    for link, conditions in LINKS.items():
        for number in range(rounds + 1):
            turn = number % len(PEERS)
            order = PEERS[turn:] + PEERS[:turn]
            for peer in order:
                page, session = opened(browser, conditions)
                for cache in ("cold", "warm", "warm"):
                    sample = visit(page, session, f"{origin}/page/{peer}", arrivals)
                    if number:  # the first round warms the machine up
                        samples.append(
                            {"link": link, "cache": cache, "peer": peer, "round": number, **sample}
                        )
                page.context.close()
            print(f"\r{link}: round {number} of {rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    return samples


def summary(samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Medians, spreads and ratios for each link and cache."""
    rows = []
    for link in LINKS:
        for cache in ("cold", "warm"):
            row: dict[str, Any] = {"link": link, "cache": cache}
            for peer in PEERS:
                found = [
                    sample
                    for sample in samples
                    if (sample["link"], sample["cache"], sample["peer"]) == (link, cache, peer)
                ]
                times = sorted(sample["ms"] for sample in found)
                row[peer] = {
                    "n": len(found),
                    "ms": statistics.median(times),
                    "p25": times[len(times) // 4],
                    "p75": times[len(times) * 3 // 4],
                    "main_ms": statistics.median(sample["main_ms"] for sample in found),
                    "script_ms": statistics.median(sample["script_ms"] for sample in found),
                    "answered_ms": statistics.median(sample["answered_ms"] for sample in found),
                    "bytes": statistics.median(sample["bytes"] for sample in found),
                }
            for peer in PEERS:
                for name in ("ms", "answered_ms", "main_ms"):
                    row[peer][f"{name}_ratio"] = row[peer][name] / row["alloy"][name]
                row[peer]["ms_to_plausible"] = row[peer]["ms"] / row["plausible"]["ms"]
            rows.append(row)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The summary for people; each `x` is the ratio to alloy, unless it says to whom."""
    head = (
        "link",
        "cache",
        "peer",
        "n",
        "first event ms (p25-p75)",
        "x",
        "x plausible",
        "answered ms",
        "x",
        "main ms",
        "x",
        "KB in",
    )
    widths = (17, 6, 19, 4, 26, 6, 13, 13, 6, 9, 6, 8)
    lines = ["".join(f"{title:>{width}}" for title, width in zip(head, widths, strict=True))]
    for row in rows:
        for peer in PEERS:
            cell = row[peer]
            cells = (
                row["link"],
                row["cache"],
                peer,
                str(cell["n"]),
                f"{cell['ms']:.0f} ({cell['p25']:.0f}-{cell['p75']:.0f})",
                f"{cell['ms_ratio']:.2f}",
                f"{cell['ms_to_plausible']:.2f}",
                f"{cell['answered_ms']:.0f}",
                f"{cell['answered_ms_ratio']:.2f}",
                f"{cell['main_ms']:.0f}",
                f"{cell['main_ms_ratio']:.2f}",
                f"{cell['bytes'] / 1000:.1f}",
            )
            lines.append(
                "".join(f"{text:>{width}}" for text, width in zip(cells, widths, strict=True))
            )
    return "\n".join(lines)


def main() -> None:
    """Run, print the table, write the JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    app, arrivals = site()
    with tempfile.TemporaryDirectory() as folder:
        pem = certificate(Path(folder), "edge.site.test", "www.site.test")
        with (
            Server(app, certificate=pem) as pages,
            Server(arrivals, certificate=pem) as edge,
            sync_playwright() as playwright,
        ):
            arguments = [argument for argument in ARGUMENTS if "resolver" not in argument] + [
                f"--ignore-certificate-errors-spki-list={fingerprint(pem)}",
                f"--host-resolver-rules=MAP edge.site.test:443 127.0.0.1:{edge.port}, MAP www.site.test:443 127.0.0.1:{pages.port}",
            ]
            browser = playwright.chromium.launch(executable_path=executable(), args=arguments)
            version = browser.version
            samples = measure(browser, "https://www.site.test", arrivals, options.rounds)
            browser.close()
    rows = summary(samples)
    print(table(rows))
    if options.json:
        options.json.write_text(
            json.dumps({"chromium": version, "summary": rows, "samples": samples}, indent=1)
        )


if __name__ == "__main__":
    main()

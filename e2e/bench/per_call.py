"""What a call costs the page's main thread, our lanes beside alloy.min.js in one run.

    python e2e/bench/per_call.py [--rounds 11] [--json FILE]

Three things, each until the promise has settled and the page has drawn: one `event` call, a thousand in one go, and one whose answer
renders 1, 100 or 500 propositions (setText, each at an element of its own). Times are the browser's own TaskDuration in milliseconds,
so what the browser itself does for a request is in all of them. Rounds alternate between the peers; noise: the quartiles are
printed beside the median.
"""

import argparse
import asyncio
import gzip
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from first_event import PAGES, fingerprint, metrics, opened, site
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from starlette.responses import Response
from support.built import built
from support.chromium import ARGUMENTS, executable
from support.server import Server, certificate

PEERS = ("compiled", "micropython", "alloy")
RENDERED = (1, 100, 500)
# What each measures: a script that gives a promise. {start} and {options} are the peer's own words.
CASES = {
    "one call": 'alloy("{command}", {{type: "bench", data: {{key: "value", list: [1, 2, 3], nested: {{a: {{b: "c"}}}}}}}})',
    "1,000 calls": 'Promise.all(Array.from({{length: 1000}}, (_, n) => alloy("{command}", {{type: "bench", data: {{n}}}})))',
} | {
    f"render {count}": f'alloy("{{command}}", {{{{{{start}}: true, personalization: {{{{defaultPersonalizationEnabled: true}}}}, type: "bench", data: {{{{render: {count}}}}}}}}})'
    for count in RENDERED
}
SPELLED = {
    "alloy": {"command": "sendEvent", "start": "renderDecisions"},
    "compiled": {"command": "event", "start": "viewStart"},
    "micropython": {"command": "event", "start": "viewStart"},
}
REPEATS = {"one call": 20}


class Rendering:
    """The edge, answering events with `data.render` with that many propositions."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("method") != "POST" or not scope["path"].endswith("/interact"):
            await self._app(scope, receive, send)
            return
        content = bytearray()
        while True:
            message = await receive()
            content += message.get("body", b"")
            if not message.get("more_body"):
                break
        packed = content.startswith(b"\x1f\x8b")
        body = json.loads(gzip.decompress(content) if packed else content)
        count = body.get("events", [{}])[0].get("data", {}).get("render") if "events" in body else 0
        if not count:
            sent = False

            async def again() -> Any:
                nonlocal sent
                if sent:
                    await asyncio.sleep(3600)
                sent = True
                return {"type": "http.request", "body": bytes(content), "more_body": False}

            await self._app(scope, again, send)
            return
        answer = {"requestId": "r", "handle": [decisions(count)]}
        headers = {
            "access-control-allow-origin": "https://www.site.test",
            "access-control-allow-credentials": "true",
        }
        await Response(json.dumps(answer), media_type="application/json", headers=headers)(
            scope, receive, send
        )


def decisions(count: int) -> dict[str, Any]:
    """A handle with *count* propositions."""
    payload = [
        {
            "id": f"p{number}",
            "scope": "__view__",
            "scopeDetails": {
                "decisionProvider": "TGT",
                "activity": {"id": str(number)},
                "characteristics": {"eventToken": f"token-{number}"},
            },
            "items": [
                {
                    "id": f"i{number}",
                    "schema": "https://ns.adobe.com/personalization/dom-action",
                    "data": {
                        "type": "setText",
                        "selector": f"#e{number}",
                        "content": f"new {number}",
                    },
                }
            ],
        }
        for number in range(count)
    ]
    return {"type": "personalization:decisions", "payload": payload, "eventIndex": 0}


def measure(page: Page, session: CDPSession, peer: str, case: str) -> float:
    """Main-thread milliseconds of one *case*."""
    script = CASES[case].format(**SPELLED[peer])
    repeats = REPEATS.get(case, 1)
    last = int(case.split()[1]) - 1 if case.startswith("render") else -1
    before = metrics(session)
    page.evaluate(
        """async ([script, repeats, last]) => {
            for (let n = 0; n < repeats; n++) await (0, eval)(script);
            const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
            const end = performance.now() + 10000;
            do await drawn(); while (performance.now() < end && last >= 0 && document.getElementById("e" + last).textContent !== "new " + last);
        }""",
        [script, repeats, last],
    )
    assert last < 0 or page.inner_text(f"#e{last}") == f"new {last}", (peer, case)
    return (metrics(session)["TaskDuration"] - before["TaskDuration"]) / repeats


def samples(browser: Browser, rounds: int) -> list[dict[str, Any]]:
    """Every sample: peer, case, round, milliseconds."""
    found = []
    for number in range(rounds + 1):
        turn = number % len(PEERS)
        for peer in PEERS[turn:] + PEERS[:turn]:
            for case in CASES:
                page, session = opened(browser, None)
                page.goto(f"https://www.site.test/page/{peer}")
                page.wait_for_function("window.done")
                elements = "".join(f"<p id=e{place}>old</p>" for place in range(max(RENDERED)))
                page.evaluate(
                    """async (html) => {
                        document.body.insertAdjacentHTML("beforeend", html);
                        // What loading the page left behind is none of a call's cost.
                        await new Promise((done) => setTimeout(done, 1500 - performance.now()));
                        await new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done)));
                    }""",
                    elements,
                )
                if case == "1,000 calls":  # warm, as in a page that has run a while
                    page.evaluate(CASES["one call"].format(**SPELLED[peer]))
                ms = measure(page, session, peer, case)
                if number:  # the first round warms the machine up
                    found.append({"peer": peer, "case": case, "round": number, "ms": ms})
                page.context.close()
        print(f"\rround {number} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def summary(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Medians, quartiles and ratios."""
    rows = []
    for case in CASES:
        row: dict[str, Any] = {"case": case}
        for peer in PEERS:
            times = sorted(
                sample["ms"] for sample in found if (sample["peer"], sample["case"]) == (peer, case)
            )
            row[peer] = {
                "ms": statistics.median(times),
                "p25": times[len(times) // 4],
                "p75": times[len(times) * 3 // 4],
            }
        for peer in PEERS:
            row[peer]["ratio"] = row[peer]["ms"] / row["alloy"]["ms"]
        rows.append(row)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The summary for people; `x` is the ratio to alloy."""
    lines = [f"{'case':>14}" + "".join(f"{peer + ' ms (p25-p75)':>32}{'x':>7}" for peer in PEERS)]
    for row in rows:
        cells = [
            f"{row[peer]['ms']:.2f} ({row[peer]['p25']:.2f}-{row[peer]['p75']:.2f})"
            for peer in PEERS
        ]
        lines.append(
            f"{row['case']:>14}"
            + "".join(
                f"{cell:>32}{row[peer]['ratio']:>7.2f}"
                for cell, peer in zip(cells, PEERS, strict=True)
            )
        )
    return "\n".join(lines)


def main() -> None:
    """Run, print the table, write the JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    options = parser.parse_args()
    assert set(PEERS) <= set(PAGES)
    for case in [case for case in CASES if options.only not in case]:
        del CASES[case]
    built()
    app, arrivals = site()
    with tempfile.TemporaryDirectory() as folder:
        pem = certificate(Path(folder), "edge.site.test", "www.site.test")
        with (
            Server(app, certificate=pem) as pages,
            Server(Rendering(arrivals), certificate=pem) as edge,
            sync_playwright() as playwright,
        ):
            arguments = [argument for argument in ARGUMENTS if "resolver" not in argument] + [
                f"--ignore-certificate-errors-spki-list={fingerprint(pem)}",
                f"--host-resolver-rules=MAP edge.site.test:443 127.0.0.1:{edge.port}, MAP www.site.test:443 127.0.0.1:{pages.port}",
            ]
            browser = playwright.chromium.launch(executable_path=executable(), args=arguments)
            version = browser.version
            found = samples(browser, options.rounds)
            browser.close()
    rows = summary(found)
    print(table(rows))
    if options.json:
        options.json.write_text(
            json.dumps({"chromium": version, "summary": rows, "samples": found}, indent=1)
        )


if __name__ == "__main__":
    main()

"""`await alloy.track_event([...])` in a page whose Python is MicroPython or Pyodide, in the page and in a worker."""

from pathlib import Path

import pytest
from jss.service import site_with_jss
from playwright.sync_api import Page
from support import lanes
from support.site import HEAD

import pyrite

PACKAGES = {"mpy": ("/micropython/micropython.mjs", "/pyscript/pyrite.tar.gz"),
            "py": ("/pyodide/pyodide.mjs", f"/pyscript/pyrite-{pyrite.__version__}-py3-none-any.whl")}  # fmt: skip
CALLS = """
from pyrite import alloy

async def main():
    await alloy.configure(datastream_id="shop")
    result = await alloy.track_event([{"goalId": "Instant Demo", "more": "ü"}, {"eventId": "Download"}, {"goalId": "Instant Dmo"}])
    print("errors", [one["index"] for one in result["errors"]])
    try:
        await alloy.track_event([{"outcomeId": "Opportunity", "monetaryValue": "much"}])
    except Exception as error:
        print("refused", error.code)

await main()
"""


@pytest.mark.parametrize(("type", "place"), [("mpy", ""), ("mpy", "worker"), ("py", "worker")])
def test_events_of_a_python_page_are_stored_once(
    page: Page, console: list[str], tmp_path: Path, type: str, place: str
) -> None:
    interpreter, package = PACKAGES[type]
    head = HEAD + '<script src="/worker.js"></script>' if place else ""
    html = f"""<!doctype html><title>page</title>{head}<script type="module" src="/pyscript-core/core.js"></script>
<script {place} type="{type}" config='{{"interpreter": "{interpreter}", "files": {{"{package}": "./*"}}}}'>{CALLS}</script>"""
    with site_with_jss(tmp_path) as site:
        site.folders.update(lanes.folders("pyscript"))
        with page.expect_console_message(lambda said: "refused" in said.text, timeout=60000):
            page.goto(site.page(html))
        kept = [(event["type"], event["jss"]["definition"]) for event in site.all_events()]
        more = [event["jss"].get("extra") for event in site.all_events()]

    assert kept == [("jss.goal", "Instant Demo"), ("jss.event", "Download")]
    assert more == [{"more": "ü"}, None]
    assert "log: errors [2]" in console
    assert any("refused jss.money" in line for line in console)

"""The same tracker in a PyScript page: imported, awaited, and callable from the page's own scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.packs import WEB, pack
from support.site import HEAD, Site

import pyrite

pytestmark = pytest.mark.lanes("micropython")

HERE = Path(__file__).parent
RUNTIME = WEB / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"


TAGS = {
    "mpy": {"interpreter": "/runtime/micropython.mjs", "package": "/pyscript/pyrite.tar.gz"},
    "py": {
        "interpreter": "/pyodide/pyodide.mjs",
        "package": f"/pyscript/pyrite-{pyrite.__version__}-py3-none-any.whl",
    },
}


def written(page: str, type: str) -> str:
    """*page* for the script type `mpy` or `py`."""
    for name, value in ({"type": type} | TAGS[type]).items():
        page = page.replace("{" + name + "}", value)
    return page


@pytest.fixture
def pyscript(site: Site) -> Site:
    """A site that serves PyScript and both of its runtimes."""
    site.folders["/core"] = pack("@pyscript/core") / "dist"
    site.folders["/runtime"] = RUNTIME
    site.folders["/pyodide"] = pack("pyodide")
    return site


@pytest.fixture(params=["mpy", "py"])
def opened(
    request: pytest.FixtureRequest, pyscript: Site, page: Page, console: list[str]
) -> list[str]:
    pyscript.render({"type": "setText", "selector": "h1", "content": "rendered"})
    page.goto(pyscript.page(written((HERE / "page.html").read_text(), request.param)))
    try:
        page.wait_for_function("document.title.startsWith('command.unknown')", timeout=30000)
    except Exception as error:
        raise AssertionError(f"{error}; console: {console}") from error
    return console


def test_an_awaited_event_is_stored_and_its_answer_rendered(
    site: Site, page: Page, opened: list[str]
) -> None:
    event = site.all_events("web.webpagedetails.pageViews")[0]

    assert event["data"] == {"key": "value", "n": [1, 1.5, "ü😀"], "view_start": 1}
    assert page.inner_text("h1") == "rendered"
    assert (
        page.get_attribute("h1", "title")
        == "['decisions', 'propositions', 'requestBody', 'responseBody']"
    )


def test_a_refused_command_raises_with_its_code(page: Page, opened: list[str]) -> None:
    assert "did you mean 'event'?" in page.title()
    # In the caller's spelling.
    said = "event: options.view_strt: unknown (did you mean 'view_start'?); known are view_start,"
    assert said in page.title()


def test_the_pages_own_scripts_have_the_function_too(
    site: Site, page: Page, opened: list[str]
) -> None:
    result = page.evaluate("alloy('event', {type: 'from-javascript', data: {n: 1}})")
    code = page.evaluate("alloy('event', {viewstart: true}).catch((error) => error.code)")

    assert site.all_events("from-javascript")[0]["data"] == {"n": 1}
    assert result["requestBody"]["events"][0]["data"] == {"n": 1}
    assert code == "options.invalid"


def test_clicks_are_tracked_there_as_well(site: Site, page: Page, opened: list[str]) -> None:
    page.click("#link")

    assert (
        site.events(1, "web.webinteraction.linkClicks")[0]["xdm"]["web"]["webInteraction"]["name"]
        == "Next"
    )


@pytest.mark.parametrize("type", ["mpy", "py"])
def test_calls_that_came_before_python_run_in_their_order_and_with_their_time(
    pyscript: Site, page: Page, type: str
) -> None:
    early = """<script src="/base.js"></script><script>
        const options = {datastreamId: "shop"};
        alloy("configure", options);
        alloy("event", {type: "first", data: {n: 1}}).then(() => window.done = true);
        options.datastreamId = "changed later";</script>"""
    html = early + written((HERE / "page.html").read_text(), type).replace(
        'await alloy.configure(datastream_id="shop")', "pass"
    )
    page.goto(pyscript.page(html))
    page.wait_for_function("window.done", timeout=30000)
    first, second = pyscript.events(2)

    assert [first["type"], second["data"]["key"]] == ["first", "value"]
    assert pyscript.requests("/v1/")[0].query.startswith("configId=shop&")


@pytest.mark.parametrize("type", ["mpy", "py"])
def test_where_alloy_js_runs_the_page_python_uses_its_function_and_says_so(
    pyscript: Site, page: Page, console: list[str], type: str
) -> None:
    script = """<script>alloy("configure", {datastreamId: "shop"}).then(() => window.first = true)</script>"""
    body = """
import js
from pyrite import alloy
result = await alloy.event(type="from-python", data={"n": 1})
js.document.title = str(sorted(result))
</script>"""
    tag = written((HERE / "page.html").read_text(), type).partition("import js")[0]
    core = '<script type="module"' + tag.partition('<script type="module"')[2]
    # alloy.js is in the page and not async: it is there first.
    html = HEAD.replace("async ", "") + script + core + body
    page.goto(pyscript.page(html))
    page.wait_for_function("document.title.startsWith('[')", timeout=30000)

    assert "requestBody" in page.title()
    assert [event["type"] for event in pyscript.all_events()] == ["from-python"]
    assert len([line for line in console if "the pyscript lane steps back" in line]) == 1


WORKER = """
from pyrite import alloy
try:
    await alloy.configure(datastream_id="shop")
    result = await alloy.event(view_start=True, data={"from": "worker"})
    print("result", sorted(result))
    await alloy.event(viewstart=True)
except Exception as error:
    print("refused", error.code, error.message)
</script>"""


def in_a_worker(type: str, head: str) -> str:
    tag = written((HERE / "page.html").read_text(), type).partition("import js")[0]
    return head + tag.replace('<script type="' + type, '<script worker type="' + type) + WORKER


@pytest.mark.parametrize("type", ["mpy", "py"])
def test_in_a_worker_commands_are_carried_out_by_the_page(
    pyscript: Site, page: Page, console: list[str], type: str
) -> None:
    pyscript.render({"type": "setText", "selector": "h1", "content": "rendered"})
    head = HEAD + '<script src="/worker.js"></script>'
    with page.expect_console_message(lambda message: "refused" in message.text, timeout=60000):
        page.goto(pyscript.page(in_a_worker(type, head)))
    event = pyscript.events(1, "web.webpagedetails.pageViews")[0]

    assert event["data"] == {"from": "worker"}
    assert page.inner_text("h1") == "rendered"
    assert any("'requestBody'" in line for line in console)
    assert any("refused options.invalid" in line and "viewStart" in line for line in console)


@pytest.mark.parametrize("type", ["mpy", "py"])
def test_in_a_worker_without_the_helper_every_command_says_what_is_missing(
    pyscript: Site, page: Page, type: str
) -> None:
    with page.expect_console_message(
        lambda message: "refused worker.helper" in message.text, timeout=60000
    ) as said:
        page.goto(pyscript.page(in_a_worker(type, HEAD)))

    assert "worker.js" in said.value.text


def test_the_wheel_is_one_that_pyodide_installs_by_itself(pyscript: Site, page: Page) -> None:
    script = f"""<!doctype html><title>pyodide</title><script type="module">
        import {{loadPyodide}} from "/pyodide/pyodide.mjs";
        const python = await loadPyodide();
        await python.loadPackage(location.origin + "{TAGS["py"]["package"]}");
        await python.runPythonAsync(`
            from pyrite import alloy
            await alloy.configure(datastream_id="shop")
            await alloy.event(type="installed")
        `);
        window.done = true;
    </script>"""
    page.goto(pyscript.page(script))
    page.wait_for_function("window.done", timeout=60000)

    assert [event["type"] for event in pyscript.all_events()] == ["installed"]

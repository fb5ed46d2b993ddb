"""The loader: everything in parallel, checked, cached for ever; and a page that is untouched where it can't start."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.site import HEAD, Site

pytestmark = pytest.mark.lanes("micropython")

HIDDEN = '<style id="alloy-prehiding">h1 { opacity: 0 }</style>'


def manifest(built: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((built / "manifest.json").read_text())["files"]
    return found


def test_runtime_glue_and_tracker_are_fetched_side_by_side(
    site: Site, page: Page, built: Path
) -> None:
    holds = [site.fault(file["path"]) for file in manifest(built).values()]
    page.goto(
        site.tracked('alloy("event", {}).then(() => window.done = true)'), wait_until="commit"
    )
    for file in manifest(built).values():
        site.requests(file["path"])  # all three were asked for before any was answered
    for hold in holds:
        hold.release()
    page.wait_for_function("window.done")


def test_files_have_content_hashes_and_are_kept_for_ever(site: Site, page: Page) -> None:
    url = site.tracked('alloy("event", {}).then(() => window.done = true)')
    for _ in range(2):
        page.goto(url)
        page.wait_for_function("window.done")

    paths = [seen.path for seen in site.seen if seen.path.startswith("/lib/")]
    assert len(paths) == len(set(paths)) == 3


@pytest.mark.parametrize("type", ["text/plain", "application/octet-stream", ""])
def test_webassembly_may_be_served_with_any_type(
    site: Site, page: Page, built: Path, type: str
) -> None:
    path = manifest(built)["wasm"]["path"]
    site.pages["/" + path] = ((built / path).read_bytes(), {"content-type": type})
    page.goto(site.tracked('alloy("event", {type: "t"}).then(() => window.done = true)'))
    page.wait_for_function("window.done")

    assert len(site.all_events("t")) == 1


def test_a_fetch_that_throws_once_does_not_end_the_tracker(site: Site, page: Page) -> None:
    script = """
        window.fetch = ((real) => { let first = true; return (...given) => {
            if (first) { first = false; throw new Error("not ready"); }
            return real(...given);
        }; })(window.fetch);"""
    page.add_init_script(script)
    page.goto(site.tracked('alloy("event", {type: "t"}).then(() => window.done = true)'))
    page.wait_for_function("window.done")

    assert len(site.all_events("t")) == 1


@pytest.mark.parametrize("head", ["two tags", "the edge's head"])
@pytest.mark.parametrize("part", ["runtime", "wasm", "tracker"])
def test_a_file_that_was_tampered_with_is_not_run(
    site: Site, page: Page, console: list[str], built: Path, part: str, head: str
) -> None:
    file = manifest(built)[part]
    content = (built / file["path"]).read_bytes() + b"\n"
    type = {
        "runtime": "text/javascript",
        "wasm": "application/wasm",
        "tracker": "application/octet-stream",
    }[part]
    site.fault(
        file["path"],
        body=content,
        headers={"content-type": type, "access-control-allow-origin": "*"},
    )
    script = """alloy("configure", {datastreamId: "shop"});
        alloy("event", {}).catch((error) => window.error = [error.code, error.message])"""
    tags = HEAD if head == "two tags" else f"<!doctype html>{site.edge.state.head()}"
    page.goto(site.page(f"{tags}{HIDDEN}<h1>Hi</h1><script>{script}</script>"))
    page.wait_for_function("window.error")

    assert page.evaluate("window.error[0]") == "runtime.failed"
    assert "the tracker could not start" in page.evaluate("window.error[1]")
    assert len([line for line in console if "[alloy]" in line]) == 1
    assert page.locator("#alloy-prehiding").count() == 0
    assert page.evaluate("alloy('event', {}).catch((error) => error.code)") == "runtime.failed"


@pytest.mark.parametrize("part", ["runtime", "wasm", "tracker"])
def test_a_download_that_fails_rejects_what_waits(
    site: Site, page: Page, built: Path, part: str
) -> None:
    site.fault(manifest(built)[part]["path"], status=500)
    page.goto(
        site.tracked('alloy("event", {}).catch((error) => window.error = error.code)', HIDDEN)
    )
    page.wait_for_function("window.error")

    assert page.evaluate("window.error") == "runtime.failed"
    assert page.locator("#alloy-prehiding").count() == 0


def test_where_wasm_is_blocked_the_page_is_untouched(
    site: Site, page: Page, console: list[str]
) -> None:
    script = 'alloy("configure", {datastreamId: "shop"}); alloy("event", {}).catch((error) => window.error = error.code);'
    html = f"{HEAD}{HIDDEN}<h1>Hello</h1><script>{script}</script>"
    page.goto(site.page(html, Content_Security_Policy="script-src 'self' 'unsafe-inline'"))
    error = site.poll(lambda: page.evaluate("window.error"), "an error", 10)

    assert error == "runtime.failed"
    assert len([line for line in console if line.startswith("error: [alloy]")]) == 1
    assert [line for line in console if line.startswith("uncaught")] == []
    assert page.locator("#alloy-prehiding").count() == 0


def test_hidden_content_is_shown_after_three_seconds_of_a_runtime_that_never_comes(
    site: Site, page: Page
) -> None:
    site.fault(".wasm")
    page.goto(
        site.tracked('alloy("event", {viewStart: true});', HIDDEN + "<h1>Hi</h1>"),
        wait_until="commit",
    )

    page.wait_for_function(
        "document.querySelector('h1') && !document.getElementById('alloy-prehiding')", timeout=6000
    )


def test_nothing_but_the_instances_and_their_list_is_left_on_the_window(
    site: Site, page: Page
) -> None:
    page.goto(site.page("<!doctype html><title>bare</title>", "/bare"))
    before = set(page.evaluate("Object.getOwnPropertyNames(window)"))
    page.goto(
        site.page(
            f'{HEAD}<script>alloy("configure", {{datastreamId: "shop"}}).then(() => document.title = "ready")</script>'
        )
    )
    page.wait_for_function("document.title === 'ready'")

    assert set(page.evaluate("Object.getOwnPropertyNames(window)")) - before == {
        "alloy",
        "__alloyNS",
    }


def test_the_head_that_the_edge_gives_saves_a_round_trip_and_fetches_nothing_twice(
    site: Site, page: Page, console: list[str]
) -> None:
    held = site.fault("/alloy.js")
    script = 'alloy("configure", {datastreamId: "shop"}); alloy("event", {}).then(() => window.done = true);'
    page.goto(
        site.page(f"<!doctype html><head>{site.edge.state.head()}</head><script>{script}</script>"),
        wait_until="commit",
    )
    site.requests("/lib/micropython.", 2)  # while alloy.js has not even arrived
    site.requests("/lib/tracker.")
    held.release()
    page.wait_for_function("window.done")

    asked = [seen.path for seen in site.seen if seen.path.startswith("/lib/")]
    assert len(asked) == len(set(asked))
    assert len([path for path in asked if not path.startswith("/lib/render.")]) == 3
    assert [line for line in console if "preload" in line] == []

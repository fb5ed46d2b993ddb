"""The sign of a human in a browser, and the page of web/docs/jss.md as it is pasted; against our own edge."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site

from pyrite.edge.settings import converted

TEXT = (Path(__file__).resolve().parents[2] / "web" / "docs" / "jss.md").read_text()
CALL = """async ([action, events]) => {
  const answer = await fetch(`/sitecore/api/jss/track/${action}?sc_apikey=%7BAAAAAAAA-0000-0000-0000-000000000001%7D`,
    {method: "POST", body: JSON.stringify(events)});
  return answer.status;
}"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with the settings and the definitions of the documentation."""
    settings, definitions = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)[:2]
    (tmp_path / "definitions.toml").write_text(definitions)
    chosen = tomllib.loads(settings)
    chosen["jss"] |= {"definitions": str(tmp_path / "definitions.toml"), "index_anonymous": True}
    with Site(tmp_path, settings=converted(chosen)) as made:
        yield made


def track(page: Page, action: str, events: Any) -> None:
    assert page.evaluate(CALL, [action, events]) == 204


@pytest.mark.parametrize("script", ["/human.js", "/layouts/system/VisitorIdentification.js"])
def test_a_page_without_input_is_no_human_until_the_pointer_moves(
    site: Site, page: Page, script: str
) -> None:
    page.goto(site.page(f'<!doctype html><h1>Hello</h1><script src="{script}"></script>'))
    track(page, "event", [{"goalId": "Instant Demo"}])
    page.evaluate("dispatchEvent(new PointerEvent('pointermove'))")  # not trusted
    [before] = site.store.sessions()
    assert (before.robot, before.events) == (None, 1)

    with page.expect_response("**/VisitorIdentificationCSS.aspx?tstamp=*") as answered:
        page.mouse.move(20, 20)
    assert answered.value.headers["content-type"].startswith("text/css")
    page.mouse.move(40, 40)
    track(page, "flush", [])
    [after] = site.store.sessions()
    assert (after.robot, after.events, after.how) == (False, 1, "flushed")
    assert len([one for one in site.seen if "VisitorIdentificationCSS" in one.path]) == 1
    cookies = {one["name"]: one for one in page.context.cookies()}
    contact = cookies["SC_ANALYTICS_GLOBAL_COOKIE"]
    assert contact["value"] == f"{after.visitor}|True"
    assert contact["httpOnly"]


def test_a_sign_before_the_first_event_is_asked_for_again_and_makes_no_second_contact(
    site: Site, page: Page
) -> None:
    page.goto(site.page('<!doctype html><h1>Hello</h1><script src="/human.js"></script>'))
    with page.expect_response("**/VisitorIdentificationCSS.aspx?tstamp=*"):
        page.mouse.move(20, 20)
    track(page, "event", [{"goalId": "Instant Demo"}])
    page.wait_for_function(
        "at => performance.now() > at", arg=page.evaluate("performance.now()") + 1000
    )
    with page.expect_response("**/VisitorIdentificationCSS.aspx?tstamp=*"):
        page.mouse.move(40, 40)

    [session] = site.store.sessions()
    assert session.robot is False
    assert [one["value"] for one in page.context.cookies() if "GLOBAL" in one["name"]] == [
        f"{session.visitor}|True"
    ]


def test_the_page_of_the_documentation_works_as_it_is_pasted(
    site: Site, page: Page, console: list[str]
) -> None:
    [html] = [text for text in re.findall(r"```html\n(.*?)```", TEXT, re.DOTALL) if "Instant demo" in text]  # fmt: skip
    edge = site.url("", host="localhost")
    pasted = site.page(html.replace("http://localhost:8000", edge).replace("<title>", '<link rel="icon" href="data:,"><title>'))  # fmt: skip
    page.goto(pasted.replace("127.0.0.1", "localhost"))
    page.wait_for_function("() => performance.getEntriesByType('resource').some(one => one.name.includes('/track/event'))")  # fmt: skip
    with page.expect_response("**/VisitorIdentificationCSS.aspx?tstamp=*"):
        page.mouse.move(5, 5)
    page.click("#demo")
    page.wait_for_function("() => said.textContent.includes('Instant Demo')")

    shown = json.loads(page.inner_text("#said"))
    [session] = shown["sessions"]
    assert [one["definition"] for one in session["entries"]] == ["Home", "Instant Demo"]
    assert (session["how"], session["robot"]) == ("flushed", False)
    assert [line for line in console if "rror" in line] == []

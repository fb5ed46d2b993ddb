"""Every promise settles, with an Error that has a code and a message, and the page goes on."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from support.clock import passes
from support.site import Site

Run = Callable[[str], Any]


def ready(site: Site, page: Page, **options: Any) -> None:
    page.goto(
        site.tracked("alloy('getLibraryInfo').then(() => document.title = 'ready')", **options)
    )
    page.wait_for_function("document.title === 'ready'")


def test_a_refusal_of_the_edge_rejects_with_its_words(site: Site, page: Page, run: Run) -> None:
    ready(site, page, datastreamId="not allowed!")
    result = run("alloy('event', {})")

    assert result["ok"] is False
    assert (result["value"]["code"], result["value"]["status"], result["value"]["name"]) == (
        "edge.refused",
        400,
        "Error",
    )
    assert "expected a data stream" in result["value"]["message"]


def test_a_dead_network_rejects_within_half_a_minute(site: Site, page: Page) -> None:
    page.clock.install()
    ready(site, page)
    page.context.set_offline(True)
    page.evaluate(
        "alloy('event', {viewStart: true}).catch(({code, message}) => window.got = [code, message]); 1"
    )
    code, message = site.poll(
        lambda: passes(page, 5000) or page.evaluate("window.got"), "a rejection", 20
    )

    assert code == "network.failed"
    assert "no answer from the edge" in message


def test_a_busy_edge_is_tried_again_and_the_event_is_stored_once(
    site: Site, page: Page, run: Run
) -> None:
    ready(site, page)
    site.fault("/v1/", status=503, headers={"retry-after": "0"}, times=2)
    result = run("alloy('event', {type: 'again'})")
    bodies = [request.json for request in site.requests("/v1/", 3)]

    assert result["ok"]
    assert len({body["events"][0]["xdm"]["_id"] for body in bodies}) == 1
    assert len(site.all_events("again")) == 1


def test_a_page_that_is_no_edge_rejects(site: Site, page: Page, run: Run) -> None:
    ready(site, page)
    site.fault("/v1/", body=b"<html>hello</html>")
    result = run("alloy('event', {viewStart: true})")

    assert result["value"]["code"] == "edge.answer"


def test_a_failed_configuration_rejects_itself_and_what_waited(
    site: Site, page: Page, console: list[str]
) -> None:
    script = """
        const first = alloy("event", {}).catch((error) => error.code);
        const configured = alloy("configure", {datastreamId: "shop", edgeDomian: "x", context: ["weather"]}).catch((error) => error);
        Promise.all([first, configured]).then(([code, error]) => { window.got = [code, error.code, error.message, error instanceof Error]; });"""
    page.goto(
        site.page(
            f'<script src="/base.js"></script><script async src="/alloy.js"></script><script>{script}</script>'
        )
    )
    page.wait_for_function("window.got")
    waiting, code, message, is_error = page.evaluate("window.got")

    assert (waiting, code, is_error) == ("command.unconfigured", "options.invalid", True)
    assert "did you mean 'edgeDomain'?" in message
    assert "options.context" in message
    assert [line for line in console if line.startswith("uncaught")] == []


def test_wrong_commands_and_options_reject_with_the_nearest_name(
    site: Site, page: Page, run: Run
) -> None:
    ready(site, page)

    assert "did you mean 'event'?" in run("alloy('evnt', {})")["value"]["message"]
    assert (
        "did you mean 'viewStart'?" in run("alloy('event', {viewstart: true})")["value"]["message"]
    )
    assert run("alloy('event', 'text')")["value"]["code"] == "wire.invalid"
    assert run("alloy('event', [1])")["value"]["code"] == "wire.invalid"
    assert run("alloy()")["value"]["code"] == "command.unknown"
    assert run("alloy('event', null)")["ok"]


def test_results_are_plain_objects_of_the_page(site: Site, page: Page) -> None:
    ready(site, page)

    assert page.evaluate(
        "alloy('event', {}).then((result) => Object.getPrototypeOf(result) === Object.prototype && Array.isArray(result.propositions))"
    )
    assert page.evaluate("alloy('nope').catch((error) => error instanceof Error)")
    assert page.evaluate("alloy('setDebug', {enabled: false}) instanceof Promise")


def test_a_callback_that_throws_rejects_only_its_event(
    site: Site, page: Page, console: list[str], run: Run
) -> None:
    script = """
        alloy("configure", {datastreamId: "shop", onBeforeEventSend: ({xdm}) => {
            if (xdm.eventType === "throws") throw new Error("from the page");
            if (xdm.eventType === "cancelled") return false;
            xdm.changed = true;
        }}).then(() => document.title = "ready");"""
    page.goto(
        site.page(
            f'<script src="/base.js"></script><script async src="/alloy.js"></script><script>{script}</script>'
        )
    )
    page.wait_for_function("document.title === 'ready'")
    thrown = run("alloy('event', {type: 'throws'})")

    assert (thrown["value"]["code"], "from the page" in thrown["value"]["message"]) == (
        "hook.failed",
        True,
    )
    assert run("alloy('event', {type: 'cancelled'})") == {"ok": True, "value": {}}
    assert run("alloy('event', {type: 'kept'})")["ok"]
    assert [(event["type"], event["xdm"]["changed"]) for event in site.all_events()] == [
        ("kept", True)
    ]
    assert [line for line in console if line.startswith("uncaught")] == []


def test_data_may_lie_fifty_levels_deep_and_far_deeper_is_refused(
    site: Site, page: Page, run: Run, lane: str
) -> None:
    ready(site, page)
    levels = 20 if lane == "pyscript" else 50  # PyScript starts MicroPython with its small stack
    nested = "Array.from({length: %d}).reduce((inner) => ({inner}), {end: 1})"

    assert run(f"alloy('event', {{type: 'deep', data: {nested % levels}}})")["ok"]
    refused = run(f"alloy('event', {{type: 'deeper', data: {nested % 5000}}})")
    assert (refused["ok"], refused["value"]["name"]) == (False, "Error")
    assert run("alloy('event', {type: 'after'})")["ok"]
    assert [event["type"] for event in site.all_events()] == ["deep", "after"]


def test_a_burst_of_events_settles(site: Site, page: Page) -> None:
    ready(site, page)
    settled = page.evaluate(
        "Promise.all(Array.from({length: 300}, (_, n) => alloy('event', {type: 'many', data: {n}}))).then((all) => all.length)"
    )

    assert settled == 300
    assert sorted(event["data"]["n"] for event in site.all_events("many")) == list(range(300))


HOOKS = """
    alloy("configure", {datastreamId: "shop", onBeforeEventSend: (content) => {
        const how = {
            replaced: () => { content.xdm = {eventType: "replaced", n: 1}; },
            none: () => { content.xdm = null; delete content.data; },
            itself: () => { content.data.self = content; },
            big: () => { content.data.n = 1n; },
            getter: () => { Object.defineProperty(content.data, "x", {enumerable: true, get() { throw new Error("no"); }}); },
            toJSON: () => { content.data.toJSON = () => { throw new Error("no"); }; },
            nothing: () => { content.toJSON = () => undefined; },
            then: () => ({then: 5}),
        }[content.xdm.eventType];
        return how && how();
    }}).then(() => document.title = "ready");"""


def test_whatever_a_callback_leaves_is_an_event_again_or_rejects(
    site: Site, page: Page, console: list[str], run: Run
) -> None:
    page.goto(
        site.page(
            f'<script src="/base.js"></script><script async src="/alloy.js"></script><script>{HOOKS}</script>'
        )
    )
    page.wait_for_function("document.title === 'ready'")
    for name in ("itself", "big", "getter", "toJSON", "nothing"):
        result = run(f"alloy('event', {{type: '{name}', data: {{a: 1}}}})")
        assert result["value"]["code"] == "hook.failed", name
    for name in ("replaced", "none", "kept"):
        assert run(f"alloy('event', {{type: '{name}', data: {{a: 1}}}})")["ok"], name

    stored = site.all_events()
    assert [(event["type"], event["xdm"].get("n")) for event in stored] == [
        ("replaced", 1),
        ("", None),
        ("kept", None),
    ]
    assert all(len(event["xdm"]["_id"]) == 36 for event in stored)
    assert [line for line in console if line.startswith("uncaught")] == []


def test_promises_that_nobody_would_settle_are_rejected_in_time(
    site: Site, page: Page, console: list[str]
) -> None:
    page.clock.install()
    script = """
        window.got = {};
        const noted = (name, promise) => promise.then(() => got[name] = "ok", (error) => got[name] = error.code);
        noted("unconfigured", alloy("event", {type: "early"}));
        window.go = () => {
            noted("configured", alloy("configure", {datastreamId: "shop", onBeforeEventSend: ({xdm}) =>
                xdm.eventType === "open" ? new Promise(() => {}) : undefined}));
            noted("open", alloy("event", {type: "open"}));
            noted("circle", alloy("event", {type: "circle", data: (() => { const a = {}; a.a = a; return a; })()}));
        };"""
    page.goto(
        site.page(
            f'<script src="/base.js"></script><script async src="/alloy.js"></script><script>{script}</script>'
        )
    )
    site.poll(lambda: passes(page, 5000) or page.evaluate("got.unconfigured"), "a rejection", 20)
    assert page.evaluate("got.unconfigured") == "configure.missing"
    assert len([line for line in console if "has not been called" in line]) == 2
    page.evaluate("go()")
    site.poll(lambda: passes(page, 5000) or page.evaluate("got.open"), "a rejection", 20)

    assert page.evaluate("got") == {
        "unconfigured": "configure.missing",
        "configured": "ok",
        "open": "hook.failed",
        "circle": "wire.invalid",
    }
    assert any("no JSON form" in line for line in console)
    site.poll(lambda: passes(page, 1000) or site.all_events("early"), "the event", 10)
    assert [line for line in console if line.startswith("uncaught")] == []


@pytest.mark.parametrize("console_is", ["undefined", "5", "{}", "{warn() { throw 1 }}"])
def test_a_page_without_a_console_gets_its_rejections_all_the_same(
    site: Site, page: Page, console_is: str
) -> None:
    ready(site, page)
    page.evaluate(
        f"Object.defineProperty(window, 'console', {{value: {console_is}, configurable: true}}); 1"
    )

    assert page.evaluate("alloy('nope').catch((error) => error.code)") == "command.unknown"
    assert page.evaluate("alloy('event', {type: 't'}).then(() => 'ok')") == "ok"

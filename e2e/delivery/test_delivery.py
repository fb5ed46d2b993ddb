"""The outbox in a page: gathered, tried again, kept, taken over by other pages, let go of."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright
from support.chromium import ARGUMENTS, executable
from support.clock import passes
from support.site import Fault, Site

from pyrite.edge.settings import Datastream, Edge, Settings

Run = Callable[[str], Any]
READY = "alloy('event', {type: 'ready'}).then(() => document.title = 'ready');"


def ready(site: Site, page: Page, script: str = "", path: str = "/page", **options: Any) -> None:
    page.goto(site.tracked(READY + script, path=path, **options))
    page.wait_for_function("document.title === 'ready'")


def kept(page: Page) -> list[str]:
    """The ids in the page's storage."""
    found: list[str] = page.evaluate("""() => new Promise((done) => {
        const open = indexedDB.open("pyrite", 1);
        open.onupgradeneeded = () => open.result.createObjectStore("outbox", {keyPath: "id"});
        open.onsuccess = () => {
            const all = open.result.transaction("outbox").objectStore("outbox").getAllKeys();
            all.onsuccess = () => { open.result.close(); done(all.result); };
        };
    })""")
    return found


def types(site: Site) -> list[str]:
    return [event["type"] for event in site.all_events() if event["type"] != "ready"]


# ---- gathering -----------------------------------------------------------------------------------------------------


@pytest.mark.every_lane
def test_a_burst_travels_in_few_bodies_in_order(site: Site, page: Page, lane: str) -> None:
    ready(site, page)
    before = len(site.seen)
    page.evaluate(
        "Promise.all([...Array(30).keys()].map((n) => alloy('event', {type: 't', data: {n}})))"
    )

    assert [event["data"]["n"] for event in site.all_events("t")] == list(range(30))
    bodies = len([seen for seen in site.seen[before:] if "/v1/" in seen.path])
    assert bodies <= (8 if lane == "compiled" else 25)  # what comes within 10 ms shares one


def test_a_burst_of_a_thousand_costs_few_requests_and_no_long_task(
    site: Site, page: Page, lane: str
) -> None:
    ready(site, page)
    before = len(site.seen)
    longest = page.evaluate("""async () => {
        const tasks = [];
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration))).observe({type: "longtask"});
        await new Promise((done) => setTimeout(done, 50));
        await Promise.all([...Array(1000).keys()].map((n) => alloy("event", {type: "t", data: {n}})));
        await new Promise((done) => setTimeout(done, 50));
        return Math.max(0, ...tasks);
    }""")
    requests = [seen for seen in site.seen[before:] if "/v1/" in seen.path]

    assert sorted(event["data"]["n"] for event in site.all_events("t")) == list(range(1000))
    assert len(requests) < (60 if lane == "compiled" else 250)
    print(f"{lane}: {len(requests)} requests, longest task {longest:.0f} ms")


# ---- trying again --------------------------------------------------------------------------------------------------


@pytest.mark.every_lane
def test_an_event_that_fails_is_kept_and_goes_again_with_its_id(
    site: Site, page: Page, run: Run
) -> None:
    ready(site, page)
    site.fault("/v1/", status=500, times=2)
    result = run("alloy('event', {type: 'again'})")

    assert result["ok"]
    assert types(site) == ["again"]
    assert run("alloy('getDelivery')")["value"]["retried"] == 2
    site.poll(lambda: kept(page) == [], "an empty storage", 5)


def test_an_outage_ends_with_the_network_coming_back(site: Site, page: Page) -> None:
    ready(site, page)
    page.context.set_offline(True)
    page.evaluate(
        "for (const n of [1, 2]) alloy('event', {type: 'offline', data: {n}}).then(() => log.push(n)); 1"
    )
    site.poll(lambda: len(kept(page)) == 2, "two kept events", 5)
    page.context.set_offline(False)
    page.wait_for_function("log.length === 2")

    assert types(site) == ["offline", "offline"]


def test_a_promise_is_rejected_after_half_a_minute_and_its_event_arrives_all_the_same(
    site: Site, page: Page, run: Run
) -> None:
    page.clock.install()
    page.goto(site.tracked(READY))
    site.poll(lambda: passes(page, 100) or page.title() == "ready", "a first event", 10)
    down = site.fault("/v1/", status=503)
    page.evaluate("alloy('event', {type: 'late'}).catch((error) => log.push(error.code)); 1")
    site.poll(lambda: passes(page, 5000) or page.evaluate("log.length"), "a rejection", 20)
    site.faults.remove(down)
    site.poll(lambda: passes(page, 20_000) or types(site), "the event", 20)

    assert page.evaluate("log") == ["edge.refused"]
    assert types(site) == ["late"]


# ---- across pages --------------------------------------------------------------------------------------------------


@pytest.mark.every_lane
def test_the_next_page_delivers_what_this_one_could_not(site: Site, page: Page) -> None:
    ready(site, page)
    down = site.fault("/v1/", status=503)
    page.evaluate("for (const n of [1, 2, 3]) alloy('event', {type: 'left', data: {n}}); 1")
    site.poll(lambda: len(kept(page)) == 3, "three kept events", 5)
    page.goto(site.page("<title>blank</title>", "/blank"))
    site.faults.remove(down)
    assert types(site) == []
    ready(site, page, path="/next")

    assert sorted(event["data"]["n"] for event in site.events(3, "left")) == [1, 2, 3]
    site.poll(lambda: kept(page) == [], "an empty storage", 5)


def test_events_of_a_living_tab_are_its_own_and_those_of_a_closed_one_are_taken_over(
    site: Site, page: Page, second_page: Page, run: Run
) -> None:
    ready(site, second_page)
    down = site.fault("/v1/", status=503, headers={"retry-after": "600"})
    second_page.evaluate("alloy('event', {type: 'waiting'}); 1")
    site.poll(lambda: len(kept(second_page)) == 1, "a kept event", 5)
    site.faults.remove(down)
    ready(site, page, path="/other")
    page.wait_for_timeout(
        400
    )  # it looks 200 ms after its start; that nothing happens can't be waited for
    assert run("alloy('getDelivery')")["value"]["restored"] == 0
    second_page.close()
    ready(site, page, path="/third")

    site.events(1, "waiting")
    assert run("alloy('getDelivery')")["value"]["restored"] <= 1
    assert len(site.all_events("waiting")) == 1


@pytest.mark.every_lane
def test_what_the_database_does_not_get_while_the_page_goes_away_is_there_all_the_same(
    site: Site, page: Page
) -> None:
    ready(site, page)
    # As it happens where a browser is quicker to end a page than to write for it: nothing comes of a transaction.
    page.evaluate("""() => {
        IDBObjectStore.prototype.put = () => {};
        const listen = IDBTransaction.prototype.addEventListener;
        IDBTransaction.prototype.addEventListener = function (type, ...rest) { if (type !== "complete") listen.call(this, type, ...rest); };
    }""")
    down = site.fault("/v1/", status=503)
    page.evaluate("for (const n of [1, 2, 3]) alloy('event', {type: 'left', data: {n}}); 1")
    page.goto(site.page("<title>blank</title>", "/blank"))
    assert (kept(page), page.evaluate("localStorage.length")) == ([], 1)
    site.faults.remove(down)
    ready(site, page, path="/next")

    assert sorted(event["data"]["n"] for event in site.events(3, "left")) == [1, 2, 3]
    site.poll(lambda: kept(page) == [], "an empty storage", 5)
    site.poll(lambda: page.evaluate("localStorage.length") == 0, "an empty localStorage", 5)


@pytest.mark.lanes("compiled")
def test_without_web_locks_a_page_counts_as_gone_after_ten_seconds(
    site: Site, page: Page, second_page: Page
) -> None:
    for one in (page, second_page):
        one.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    ready(site, second_page)
    down = site.fault("/v1/", status=503, headers={"retry-after": "600"})
    second_page.evaluate("alloy('event', {type: 'waiting'}); 1")
    site.poll(lambda: len(kept(second_page)) == 1, "a kept event", 5)
    second_page.context.set_offline(True)
    second_page.close()
    page.context.set_offline(False)
    site.faults.remove(down)
    page.clock.install()
    page.goto(site.tracked(READY))
    site.poll(lambda: passes(page, 1000) or types(site), "the event", 15)

    assert types(site) == ["waiting"]


@pytest.mark.parametrize("how", ["undefined", "throws"])
def test_where_storage_is_refused_events_still_leave_and_that_is_said_once(
    site: Site, page: Page, console: list[str], how: str
) -> None:
    value = "undefined" if how == "undefined" else "{open() { throw new Error('SecurityError') }}"
    page.add_init_script(f"Object.defineProperty(window, 'indexedDB', {{value: {value}}})")
    ready(site, page)
    page.evaluate("Promise.all([1, 2, 3].map((n) => alloy('event', {type: 't', data: {n}})))")

    assert types(site) == ["t", "t", "t"]
    assert len([line for line in console if "nothing can be stored" in line]) == 1
    assert [line for line in console if line.startswith("uncaught")] == []


def test_a_database_of_that_name_that_is_not_ours_is_left_alone_and_that_is_said_once(
    site: Site, page: Page, console: list[str]
) -> None:
    page.goto(site.page("<title>blank</title>", "/blank"))
    page.evaluate("""() => new Promise((done) => {
        const open = indexedDB.open("pyrite", 1);
        open.onsuccess = () => { open.result.close(); done(1); };
    })""")
    ready(site, page)
    page.evaluate("alloy('event', {type: 't'}).then(() => 1)")

    assert types(site) == ["t"]
    assert len([line for line in console if "nothing can be stored" in line]) == 1


def test_a_visitor_who_declines_has_what_was_kept_erased(site: Site, page: Page, run: Run) -> None:
    ready(site, page)
    down = site.fault("/v1/collect", status=503)
    page.evaluate("alloy('event', {type: 'kept'}).catch((error) => log.push(error.code)); 1")
    site.poll(lambda: len(kept(page)) == 1, "a kept event", 5)
    page.evaluate(
        "localStorage['pyrite:theirs'] = 1; localStorage['pyrite.outbox:gone'] = JSON.stringify([{id: 'x', stream: 'shop', at: 0}])"
    )
    consent = "{standard: 'Adobe', version: '1.0', value: {general: 'out'}}"
    assert run(f"alloy('setConsent', {{consent: [{consent}]}})")["ok"]

    site.poll(lambda: kept(page) == [], "an empty storage", 5)
    keys = "Object.keys(localStorage)"
    site.poll(lambda: page.evaluate(keys) == ["pyrite:theirs"], "what is the page's own", 5)
    assert page.evaluate("log") == ["outbox.consent"]
    site.faults.remove(down)
    assert types(site) == []


# ---- pages that are hidden, frozen, cached, rendered beforehand ---------------------------------------------------


def test_a_frozen_page_has_let_go_of_its_events_and_takes_them_up_again(
    site: Site, page: Page, console: list[str]
) -> None:
    ready(site, page, debugEnabled=True)
    down = site.fault("/v1/", status=503, headers={"retry-after": "600"})
    page.evaluate("alloy('event', {type: 'cold'}); 1")
    # It waits for its next attempt.
    site.poll(
        lambda: page.title() and any("goes again" in line for line in console), "a failure", 5
    )
    site.faults.remove(down)
    # The browser tells of these two; headless it never freezes a page by itself.
    page.evaluate("document.dispatchEvent(new Event('freeze'))")
    beacon = site.wait(
        lambda: [seen for seen in site.seen if seen.is_beacon and "/v1/" in seen.path], "a beacon"
    )
    page.evaluate("document.dispatchEvent(new Event('resume'))")
    site.events(1, "cold")
    site.poll(lambda: kept(page) == [], "an acknowledgement", 10)

    assert beacon
    assert types(site) == ["cold"]


def test_a_page_back_from_the_cache_sends_what_waits(
    site: Site, playwright: Playwright, lane: str
) -> None:
    browser = playwright.chromium.launch(
        executable_path=executable(),
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = browser.new_page()
    script = "addEventListener('pageshow', (event) => { if (event.persisted) document.title = 'back'; });"
    ready(site, page, script)
    down = site.fault("/v1/", cut=True)
    page.evaluate("alloy('event', {type: 'cached'}).then(() => log.push('acknowledged')); 1")
    site.poll(lambda: len(kept(page)) == 1, "a kept event", 5)
    page.goto(site.page("<title>blank</title>", "/blank"))
    down.release()
    site.faults.remove(down)
    page.go_back(wait_until="commit")
    page.wait_for_function("document.title === 'back'")
    page.wait_for_function("log.length")

    assert page.evaluate("log") == ["acknowledged"]
    assert types(site) == ["cached"]
    browser.close()


@pytest.mark.parametrize("base", ["base.js", "base-early.js"])
def test_a_page_rendered_beforehand_sends_nothing_until_it_is_seen(
    site: Site, page: Page, base: str
) -> None:
    # Headless Chromium prerenders nothing: what a page sees of it is put in its place.
    page.add_init_script("""
        let hidden = true;
        Object.defineProperty(Document.prototype, "prerendering", {get: () => hidden});
        window.activate = () => { hidden = false; document.dispatchEvent(new Event("prerenderingchange")); };
    """)
    head = f'<script src="/{base}"></script><script async src="/alloy.js"></script>'
    script = "alloy('configure', {datastreamId: 'shop'}); alloy('event', {viewStart: true, type: 'view'}).then(() => document.title = 'seen');"
    page.goto(site.page(f"<!doctype html>{head}<script>{script}</script>"))
    page.wait_for_function("alloy.q.length === 0", timeout=20_000)
    page.wait_for_timeout(300)  # that nothing is sent can't be waited for
    assert [seen.path for seen in site.seen if "/v1/" in seen.path] == []
    page.evaluate("activate()")
    page.wait_for_function("document.title === 'seen'")

    assert types(site) == ["view"]


# ---- what the browser has beforehand -------------------------------------------------------------------------------

# fetchLater is there in Chromium; elsewhere, and where it is refused, beacons and the next page do the same job.
TEXT = "'lorem ipsum dolor sit amet '.repeat(400)"


def waiting(site: Site, page: Page, count: int) -> Fault:
    """An edge that is down, and *count* events of 10 KB in the net of a page that knows it otherwise."""
    ready(site, page)
    page.evaluate("""() => {
        const real = window.fetchLater;
        window.armed = [];
        window.fetchLater = (...given) => { const taken = real(...given); armed.push(given[1].body.size || given[1].body.length); return taken; };
    }""")
    down = site.fault("/v1/", status=503, headers={"retry-after": "600"})
    page.evaluate(
        f"for (let n = 0; n < {count}; n++) alloy('event', {{type: 't', data: {{n, text: {TEXT}}}}}); 1"
    )
    site.poll(lambda: len(kept(page)) == count, "kept events", 10)
    site.poll(lambda: page.evaluate("armed.length") >= count // 6, "armed bodies", 10)
    site.faults.remove(down)
    return down


@pytest.mark.every_lane
def test_more_than_beacons_take_leaves_with_the_page(site: Site, page: Page) -> None:
    waiting(site, page, 30)
    page.goto(site.page("<title>blank</title>", "/blank"))

    assert sorted(event["data"]["n"] for event in site.events(30, "t")) == list(range(30))
    assert len(site.all_events("t")) == 30
    assert any(seen.is_packed for seen in site.seen)
    assert [seen for seen in site.seen if seen.method == "OPTIONS"] == []


def test_a_page_that_crashes_delivers_what_waited(site: Site, page: Page) -> None:
    waiting(site, page, 12)
    with suppress(Exception):  # there is nobody left to answer
        page.goto("chrome://crash", timeout=2000)

    assert len(site.events(12, "t")) == 12


def test_what_has_been_acknowledged_does_not_leave_again_with_the_page(
    site: Site, page: Page, run: Run
) -> None:
    waiting(site, page, 12)
    page.evaluate("dispatchEvent(new Event('online'))")
    site.events(12, "t")
    site.poll(lambda: kept(page) == [], "an empty storage", 5)
    site.poll(lambda: run("alloy('getDelivery')")["value"]["waiting"] == 0, "an empty outbox", 5)
    before = len(site.seen)
    page.goto(site.page("<title>blank</title>", "/blank"))
    ready(site, page, path="/next")

    assert all(len(seen.body) < 5000 for seen in site.seen[before:])


def test_where_there_is_no_fetchlater_beacons_take_what_fits_and_the_next_page_the_rest(
    site: Site, page: Page
) -> None:
    page.add_init_script("delete window.fetchLater")
    ready(site, page)
    down = site.fault("/v1/", status=503, headers={"retry-after": "600"})
    page.evaluate(
        f"for (let n = 0; n < 30; n++) alloy('event', {{type: 't', data: {{n, text: {TEXT}}}}}); 1"
    )
    site.poll(lambda: len(kept(page)) == 30, "kept events", 10)
    site.faults.remove(down)
    page.goto(site.page("<title>blank</title>", "/blank"))
    site.wait(lambda: any(seen.is_beacon for seen in site.seen), "a beacon")
    ready(site, page, path="/next")

    assert len(site.events(30, "t")) == 30


@pytest.mark.every_lane
def test_a_large_body_is_packed_for_an_edge_that_has_said_it_unpacks(
    site: Site, page: Page, run: Run
) -> None:
    ready(site, page)
    result = run("alloy('event', {type: 't', data: {text: 'ä' + 'x'.repeat(60000)}})")

    assert result["ok"]
    sent = next(seen for seen in site.seen if "/v1/" in seen.path and b"ready" not in seen.body)
    assert (sent.is_packed, len(sent.body) < 2000) == (True, True)
    assert sent.headers.get("content-type") is None
    assert site.events(1, "t")[0]["data"]["text"].startswith("äxxx")


def test_an_edge_that_has_not_said_so_gets_bodies_as_they_are(site: Site, page: Page) -> None:
    page.add_init_script("""
        const get = Headers.prototype.get;
        Headers.prototype.get = function (name) { return name === "Accept-Encoding" ? null : get.call(this, name); };
    """)
    ready(site, page)
    page.evaluate("alloy('event', {type: 't', data: {text: 'x'.repeat(60000)}}).then(() => 1)")

    assert len(site.events(1, "t")) == 1
    assert not any(seen.is_packed for seen in site.seen)


# ---- clocks --------------------------------------------------------------------------------------------------------


def sends_at_the_right_time(site: Site, page: Page, date: str) -> None:
    page.goto(site.tracked(f"{date} {READY}"))
    page.wait_for_function("document.title === 'ready'")
    event = next(iter(site.store.events()))

    assert abs(event.made_ms - event.received_ms) < 30_000


@pytest.mark.parametrize(
    "date",
    [
        "Date = class { static now() { return 'nonsense'; } };",
        "Date.now = () => { throw new Error('not yours'); };",
    ],
    ids=["nonsense", "throws"],
)
def test_a_page_that_has_broken_its_clock_sends_at_the_right_time(
    site: Site, page: Page, date: str
) -> None:
    sends_at_the_right_time(site, page, date)


@pytest.mark.every_lane
def test_a_clock_that_is_hours_ahead_is_seen_through_by_the_edge(site: Site, page: Page) -> None:
    date = "const real = Date.now; Date.now = () => real() + 5 * 3600000;"
    sends_at_the_right_time(site, page, date)


# ---- counts --------------------------------------------------------------------------------------------------------


def test_what_went_wrong_is_counted_and_the_edge_is_told(site: Site, page: Page, run: Run) -> None:
    ready(site, page, outbox={"maxEvents": 2})
    site.poll(lambda: run("alloy('getDelivery')")["value"]["waiting"] == 0, "an empty outbox", 5)
    down = site.fault("/v1/", status=503, headers={"retry-after": "1"})
    page.evaluate(
        "for (const n of [1, 2, 3]) alloy('event', {type: 't', data: {n}}).catch((error) => log.push(error.code)); 1"
    )
    page.wait_for_function("log.length === 1")
    site.faults.remove(down)
    site.events(2, "t")
    site.poll(lambda: run("alloy('getDelivery')")["value"]["waiting"] == 0, "an empty outbox", 5)
    assert run("alloy('event', {type: 'after'})")["ok"]
    counts = run("alloy('getDelivery')")["value"]
    told = list(site.store.deliveries())

    assert page.evaluate("log") == ["outbox.full"]
    assert (counts["dropped"], counts["waiting"]) == ({"full": 1}, 0)
    assert [one.dropped for one in told] == [{"full": 1}]


# ---- what a data stream expects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("violations", ["warn", "refuse"])
def test_the_console_names_event_path_and_what_was_expected(
    tmp_path: Path, page: Page, run: Run, console: list[str], lane: str, violations: Any
) -> None:
    file = tmp_path / "order.json"
    file.write_text('{"properties": {"data": {"required": ["total"]}}}')
    shop = Datastream(schemas={"order": str(file)}, violations=violations)
    with Site(tmp_path, lane=lane, settings=Settings(datastreams={"shop": shop})) as site:
        ready(site, page)
        result = run("alloy('event', {type: 'order', data: {amount: 5}})")

        assert result["ok"] is (violations == "warn")
        assert len(site.all_events("order")) == (1 if violations == "warn" else 0)
        line = next(line for line in console if "required property" in line)
        assert "is not what" in line
        assert "order" in line
        assert ".data" in line


@pytest.mark.every_lane
def test_a_page_under_development_checks_its_events_itself(
    tmp_path: Path, page: Page, run: Run, console: list[str], lane: str
) -> None:
    file = tmp_path / "order.json"
    schema = {
        "properties": {"data": {"required": ["total"], "properties": {"total": {"type": "number"}}}}
    }
    file.write_text(json.dumps(schema))
    shop = Datastream(schemas={"order": str(file)}, violations="warn")
    settings = Settings(edge=Edge(development=True), datastreams={"shop": shop})
    with Site(tmp_path, lane=lane, settings=settings) as site:
        monitor = "(window.__alloyMonitors ||= []).push({onBeforeNetworkRequest() { throw new Error('mine') }});"
        script = f"<script>{monitor}</script><script src='/check.js'></script>"
        page.goto(site.tracked(READY, script))
        page.wait_for_function("document.title === 'ready'")
        site.fault("/v1/collect")  # the edge says nothing: what is said is said here
        page.evaluate("alloy('event', {type: 'order', data: {total: '5'}}); 1")
        said = lambda: page.title() and [one for one in console if "event 'order'" in one]  # noqa: E731
        line = site.poll(said, "a line", 10)[
            0
        ]  # asking the page for its title lets its console be heard

    assert "event 'order'" in line
    assert '.data.total: Instance type "string" is invalid. Expected "number". Send' in line
    assert "Send it as described, or change the schema" in line
    assert [line for line in console if "a monitor threw" in line and "mine" in line]
    assert [line for line in console if line.startswith("uncaught")] == []

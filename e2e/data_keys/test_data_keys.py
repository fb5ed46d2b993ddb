"""The caller's keys of data keep their names, whatever they are called, on their way through each lane."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page
from support.site import Site

Run = Callable[[str], Any]
KEYS = ["_id", "_experience", "_tenant", "$ref", "$type", "constructor", "__proto__", "a", "name"]


def test_an_event_with_its_own_id_is_stored_once_with_all_its_keys(
    site: Site, page: Page, run: Run
) -> None:
    page.goto(site.tracked("alloy('getLibraryInfo').then(() => document.title = 'ready')"))
    page.wait_for_function("document.title === 'ready'")
    data = "JSON.parse('{" + ", ".join([f'"{key}": "of {key}"' for key in KEYS]) + "}')"
    for _ in range(2):
        assert run(f"alloy('event', {{type: 'order', xdm: {{_id: 'order-4711'}}, data: {data}}})")[
            "ok"
        ]
    stored = site.all_events("order")

    assert [event["xdm"]["_id"] for event in stored] == ["order-4711"]
    assert stored[0]["data"] == {key: f"of {key}" for key in KEYS}


def test_what_a_page_adds_to_every_object_is_nobodys_data(site: Site, page: Page, run: Run) -> None:
    page.add_init_script(
        "Object.prototype.type = 'x'; Object.prototype._id = 'y'; Object.prototype.viewStart = true;"
    )
    page.goto(site.tracked("alloy('getLibraryInfo').then(() => document.title = 'ready')"))
    page.wait_for_function("document.title === 'ready'")
    result = run("alloy('event', {data: {value: 1}})")

    assert result["ok"]
    event = site.all_events()[0]
    assert event["xdm"].get("eventType") is None
    assert event["xdm"]["_id"] != "y"

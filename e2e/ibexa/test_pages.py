"""Pixels and JSONP of pages without a tracker, in a real browser."""

import json
import uuid
from typing import Any

import pytest
from ibexa.conftest import KEY
from playwright.sync_api import Browser, Page
from support.site import Site

from pyrite.serverside import page_token, pixel, script

pytestmark = pytest.mark.lanes("compiled")  # no tracker is on these pages
EVENT: dict[str, Any] = {"customer": "00000", "kind": "click", "itemtype": 1, "item": 128}


def taken(shop: Site) -> list[dict[str, Any]]:
    return [json.loads(event.body)["ibexa"] for event in shop.store.events()]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_view_counts_once_with_scripts_and_without(
    shop: Site, browser: Browser, scripts: bool
) -> None:
    eid = str(uuid.uuid4())
    html = script("", **EVENT, eid=eid) + pixel("", **EVENT, eid=eid, noscript=True)
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(shop.page(f"<!doctype html><link rel=icon href=data:,>{html}"), wait_until="load")

    shop.wait(lambda: taken(shop), "an event")
    assert len(taken(shop)) == 1
    assert [seen.path for seen in shop.seen if seen.path.startswith("/api/")] == [
        "/api/00000/click/_me/1/128"
    ]


def test_one_markup_for_all_visitors_knows_each_of_them_again(shop: Site, browser: Browser) -> None:
    address = shop.page(f"<!doctype html><link rel=icon href=data:,>{pixel('', **EVENT)}")
    for _ in range(2):
        context = browser.new_context()
        page = context.new_page()
        for _ in range(3):
            page.goto(address, wait_until="load")
        [cookie] = context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("pyrite_pid", True, "Lax")  # fmt: skip
        context.close()

    shop.wait(lambda: len(taken(shop)) == 6, "six events")
    assert len({one["user"] for one in taken(shop)}) == 2


def test_with_global_privacy_control_nobody_is_known(shop: Site, browser: Browser) -> None:
    context = browser.new_context(extra_http_headers={"Sec-GPC": "1"})
    page = context.new_page()
    page.goto(shop.page(f"<!doctype html><link rel=icon href=data:,>{pixel('', **EVENT)}"), wait_until="load")  # fmt: skip

    shop.wait(lambda: taken(shop), "an event")
    assert (taken(shop)[0]["user"], context.cookies()) == ("", [])


def test_a_pixel_shows_whether_its_token_is_good(shop: Site, page: Page) -> None:
    token = page_token(KEY, key_id="a", customer="11111", kinds=["click"], items=["1/128"])
    event = EVENT | {"customer": "11111", "token": token}
    images = pixel("", **event) + pixel("", **(event | {"item": 129}))
    page.goto(shop.page(f"<!doctype html><link rel=icon href=data:,>{images}"), wait_until="load")

    widths = page.eval_on_selector_all("img", "images => images.map(image => image.naturalWidth)")
    assert widths == [1, 0]
    assert [one["item"] for one in taken(shop)] == ["128"]


def test_a_page_of_another_origin_sends_by_jsonp_without_cors(shop: Site, page: Page) -> None:
    edge = shop.url("", "localhost")
    scripts = [
        f'<script src="{edge}/api/00000/{rest}&jsonpCallback=page.done"></script>'
        for rest in ("click/johndoe/1/128?lang=de", "rate/johndoe/1/128?rating=%3C/script%3E")
    ]
    html = "<script>const page = {told: [], done(said) { this.told.push(said) }}</script>" + "".join(scripts)  # fmt: skip
    page.goto(shop.page(f"<!doctype html><link rel=icon href=data:,>{html}"), wait_until="load")
    ok, error = page.evaluate("page.told")

    assert ok == {"status": "ok"}
    assert (error["status"], error["code"]) == ("error", "ibexa.parameter")
    assert [one["extra"] for one in taken(shop)] == [{"lang": "de"}]

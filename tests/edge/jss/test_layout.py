"""Layout requests: the route of a page with its personalization, and a view of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asked import stored
from service import GLOBAL, HOME, KEY, LAYOUT_KEY, PAGE, track
from starlette.testclient import TestClient

Maker = Callable[..., TestClient]

LAYOUT = "/sitecore/api/layout/render/jss"
EXPERIENCE = """
[audience]
path = "/"
[[variants]]
id = "warm"
[[variants.items]]
schema = "json-content-item"
content = { hero = "sale" }
"""


def layout(client: TestClient, item: str = "/", query: str = "", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(f"{LAYOUT}?item={item}&sc_apikey={LAYOUT_KEY}&{query}", headers=named)


def test_a_layout_is_a_route_and_counts_a_view_of_its_page(service: Maker) -> None:
    client = service()
    answer = layout(client, query="sc_lang=de&sc_site=app", referer="https://search.example/")
    body = answer.json()["sitecore"]

    assert answer.status_code == 200
    assert (body["context"]["language"], body["context"]["site"]["name"]) == ("de", "app")
    assert (body["route"]["name"], body["route"]["itemLanguage"]) == ("Home", "de")
    assert body["route"]["itemId"] == HOME.strip("{}").lower()
    assert body["route"]["placeholders"] == {}
    [view] = stored(client)
    assert (view.type, view.way) == ("web.webpagedetails.pageViews", "server")
    found = json.loads(view.body)
    assert (found["jss"]["kind"], found["jss"]["pageId"], found["jss"]["url"]) == ("pageview", HOME, "/")  # fmt: skip
    assert found["xdm"]["web"]["webReferrer"] == {"URL": "https://search.example/"}
    assert [one.pages for one in client.app.state.store.sessions()] == [1]  # type: ignore[attr-defined]


def test_with_tracking_off_it_counts_none(service: Maker) -> None:
    client = service()
    answer = layout(client, query="tracking=false")

    assert answer.json()["sitecore"]["route"]["name"] == "Home"
    assert stored(client) == []


def test_an_unknown_item_is_404_and_a_view_of_that(service: Maker) -> None:
    client = service()
    answer = layout(client, "/no/such")

    assert answer.status_code == 404
    assert answer.json()["sitecore"]["route"] is None
    [view] = stored(client)
    found = json.loads(view.body)
    assert (found["jss"]["page"], found["jss"]["url"]) == ("404", "/no/such")
    assert found["xdm"]["web"]["webPageDetails"]["isErrorPage"] is True


def test_the_pages_personalization_is_among_the_fields(service: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "experiences"
    folder.mkdir()
    (folder / "hero.toml").write_text(EXPERIENCE)
    client = service(experiences=folder)
    field = layout(client).json()["sitecore"]["route"]["fields"]["personalization"]

    [proposition] = field["value"]
    assert proposition["items"][0]["data"]["content"] == {"hero": "sale"}


def test_the_visitor_is_the_one_whose_cookies_a_server_forwards(service: Maker) -> None:
    client = service()
    track(client, {"goalId": "Instant Demo"})
    contact = client.cookies[GLOBAL].partition("|")[0]
    server = service(store=client.app.state.store)  # type: ignore[attr-defined]
    cookies = "; ".join([f"{name}={value}" for name, value in client.cookies.items()])
    answer = layout(server, cookie=cookies, user_agent="Mozilla/5.0 (a visitor's)")
    fresh = layout(service())

    assert {one.visitor for one in stored(client)} == {contact}
    assert "set-cookie" not in answer.headers
    assert GLOBAL in fresh.headers["set-cookie"]


def test_a_crawler_that_a_server_forwards_is_a_robot(service: Maker) -> None:
    client = service()
    layout(client, user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)")

    assert [one.robot for one in client.app.state.store.sessions()] == [True]  # type: ignore[attr-defined]


def test_without_consent_there_is_a_page_and_no_view(service: Maker) -> None:
    client = service()
    answer = layout(client, sec_gpc="1")

    assert answer.json()["sitecore"]["route"]["name"] == "Home"
    assert answer.json()["sitecore"]["route"]["fields"]["personalization"]["value"] == []
    assert stored(client) == []
    assert "set-cookie" not in answer.headers


def test_it_needs_a_key_for_layouts(service: Maker) -> None:
    client = service()
    answers = [
        client.get(f"{LAYOUT}?item=/"),
        client.get(f"{LAYOUT}?item=/&sc_apikey={KEY}", headers={"origin": PAGE}),
        client.get(f"{LAYOUT}?item=/&sc_apikey={LAYOUT_KEY}", headers={"origin": "https://evil.example"}),
        client.post(f"{LAYOUT}?item=/&sc_apikey={LAYOUT_KEY}"),
        client.get(f"/sitecore/api/layout/render/other?item=/&sc_apikey={LAYOUT_KEY}"),
    ]  # fmt: skip

    assert [one.status_code for one in answers] == [401, 200, 403, 405, 404]

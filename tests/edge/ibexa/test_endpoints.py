"""Events as existing pages send them: what is stored, and what is answered."""

import gzip
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from taken import ITEM, KEY, bad, events, hashed, taken

from pyrite.edge.replay import replay
from pyrite.edge.settings import Datastream
from pyrite.serverside.signing import signed_headers

Site = Callable[..., TestClient]
UUID = "1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"
URL = "http://edge.test"
IMAGE = {"sec-fetch-dest": "image"}
BASE = {"customer": "00000", "user": hashed("johndoe"), "itemtype": 1, "item": "11"}


def test_it_is_off_until_the_settings_say_otherwise(edge: Any) -> None:
    assert edge().get(ITEM).status_code == 404


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        ("click/johndoe/1/11?categorypath=%2FCamera%2FCompact%2F", {"categorypath": "Camera/Compact"}),
        ("consume/johndoe/1/11?percentage=70", {"percentage": 70}),
        ("buy/johndoe/1/11?quantity=2&fullprice=12.45EUR", {"quantity": 2, "price": "12.45", "currency": "EUR"}),
        ("buy/johndoe/1/11", {"quantity": 1}),
        ("basket/johndoe/1/11?lang=de", {"extra": {"lang": "de"}}),
        ("deletefrombasket/johndoe/1/11", {}),
        ("wishlist/johndoe/1/11?price=456JPY", {"price": "456", "currency": "JPY"}),
        ("deletefromwishlist/johndoe/1/11", {}),
        ("rate/johndoe/1/11?rating=80", {"rating": 80}),
        ("blacklist/johndoe/1/11", {}),
        ("owns/johndoe/1/11", {}),
        ("rendered/johndoe/1/11?scenario=top&modelid=m", {"scenario": "top", "modelid": "m"}),
        ("clickrecommended/johndoe/1/11?scenario=top", {"scenario": "top"}),
        ("clicktriggered/johndoe/1/11?triggername=T", {"triggername": "T"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_event_of_an_item_is_stored(
    site: Site, method: str, address: str, stored: dict[str, Any]
) -> None:
    client = site()
    answer = client.request(method, f"/api/00000/{address}")
    kind = address.partition("/")[0]

    assert (answer.status_code, answer.content) == (204, b"")
    assert taken(client) == [{"kind": kind, **BASE, **stored}]
    [event] = events(client)
    assert (event.type, event.source, event.datastream) == (f"ibexa.{kind}", "ibexa", "shop")
    assert event.visitor == hashed("johndoe")
    assert json.loads(event.body)["xdm"]["eventType"] == f"ibexa.{kind}"


@pytest.mark.parametrize("name", ["login", "transfer"])
def test_a_login_is_stored_and_a_trigger_has_no_item(site: Site, name: str) -> None:
    client = site()
    client.get(f"/ebl/00000/{name}/anonymous-1/johndoe")
    client.get("/news/00000/triggeropened/johndoe?triggername=T")

    assert taken(client) == [
        {"kind": "login", "customer": "00000", "user": hashed("anonymous-1"), "target": hashed("johndoe")},
        {"kind": "triggeropened", "customer": "00000", "user": hashed("johndoe"), "triggername": "T"},
    ]  # fmt: skip


def test_a_buy_is_commerce_too(site: Site) -> None:
    client = site()
    client.get("/api/00000/buy/johndoe/1/11?quantity=3&fullprice=12.45EUR")
    xdm = json.loads(events(client)[0].body)["xdm"]

    priced = {"priceTotal": 37.35, "currencyCode": "EUR"}
    assert xdm["commerce"] == {"purchases": {"value": 1}, "order": priced}
    assert xdm["productListItems"] == [{"SKU": "11", "quantity": 3, **priced}]


@pytest.mark.parametrize("items", ["1,2,3", "1%2C2%2c3"])
def test_each_of_several_items_has_an_id_derived_from_the_events(site: Site, items: str) -> None:
    client = site()
    for _ in range(2):
        client.get(f"/api/00000/rendered/johndoe/1/{items}?scenario=top&eid={UUID}")

    assert [one["item"] for one in taken(client)] == ["1", "2", "3"]
    assert [event.id for event in events(client)] == [
        str(uuid.uuid5(uuid.UUID(UUID), f"1/{item}")) for item in (1, 2, 3)
    ]


def test_two_ways_that_bring_one_id_store_it_once(site: Site) -> None:
    client = site()
    client.get(f"{ITEM}?eid={UUID}", headers=IMAGE)
    client.get(f"{ITEM}?eid={UUID.upper()}&jsonpCallback=done")
    client.post(ITEM, content=f"eid={UUID}")
    client.get(ITEM)

    assert [event.id == UUID for event in events(client)] == [True, False]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (204, "")),
        (IMAGE, (200, "image/gif")),
        ({"accept": "image/avif,image/webp,image/*,*/*;q=0.8"}, (200, "image/gif")),
        ({"accept": "text/html,image/avif,*/*"}, (204, "")),
        ({"accept": "image/*", "sec-fetch-dest": "empty"}, (204, "")),
    ],
)
def test_an_image_is_answered_where_one_is_asked_for_and_nothing_is_kept_of_it(
    site: Site, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    answer = site().get(ITEM, headers=headers)

    assert (answer.status_code, answer.headers.get("content-type", "")) == expected
    assert answer.headers["cache-control"] == "no-store"
    if expected[0] == 200:
        assert answer.content[:6] == b"GIF89a"
        assert answer.content[6:10] == b"\x01\x00\x01\x00"


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/api/00000/click/johndoe/1/x", 400, "ibexa.item"),
        ("GET", "/api/00000/click//1/1", 400, "ibexa.user"),
        ("GET", "/api/00000/click/%FFdoe/1/1", 400, "ibexa.address"),
        ("GET", "/api/00000/click/john%5Cdoe/1/1", 400, "ibexa.address"),
        ("GET", "/api/00000/click/johndoe/2/1", 400, "ibexa.item"),
        ("GET", "/api/00000/rate/johndoe/1/1?rating=101", 400, "ibexa.parameter"),
        ("GET", ITEM + "?jsonpCallback=alert(1)", 400, "ibexa.callback"),
        ("GET", ITEM + "?eid=1", 400, "ibexa.parameter"),
        ("GET", "/api/11111/click/johndoe/1/1", 404, "ibexa.customer"),
        ("GET", "/api/00000/Click/johndoe/1/1", 404, "ibexa.event"),
        ("GET", "/api/00000", 400, "ibexa.address"),
        ("PUT", ITEM, 405, "method.unknown"),
        ("HEAD", ITEM, 405, "method.unknown"),
        ("GET", ITEM + "?a=" + "x" * 8192, 414, "ibexa.long"),
        ("GET", ITEM + "?a=" + "x" * 40_000, 414, "ibexa.long"),
        ("GET", "/api/00000/buy/x/1/1?overridetimestamp=2012-02-31T00:00:00", 401, "auth.missing"),
    ],
)
def test_refusals_are_sentences_for_people(
    site: Site, method: str, address: str, status: int, code: str
) -> None:
    client = site(item_types=[1])
    answer = client.request(method, address)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    if method != "HEAD":
        assert answer.text.startswith(code + ": ")
    assert events(client) == []


def test_a_method_that_is_not_supported_is_answered_with_those_that_are(site: Site) -> None:
    assert site().put(ITEM).headers["allow"] == "GET, POST"


def test_ids_may_be_texts_and_codes_of_ones_own_are_events(site: Site) -> None:
    client = site(item_ids="text", custom=["share"])
    client.get("/api/00000/share/johndoe/3/a%2Fb?by=mail")

    assert taken(client) == [
        {**BASE, "kind": "share", "itemtype": 3, "item": "a/b", "extra": {"by": "mail"}}
    ]


def test_prefixes_are_the_settings_own(site: Site) -> None:
    client = site(ibexa={"prefixes": ["t/e"]})

    assert client.get("/t/e/00000/click/johndoe/1/11").status_code == 204
    assert client.get(ITEM).status_code == 404
    assert len(taken(client)) == 1


def test_it_answers_wherever_the_edge_is_mounted(site: Site) -> None:
    client = site()
    outer = TestClient(Starlette(routes=[Mount("/api", client.app)]))

    assert outer.get("/api" + ITEM.replace("johndoe", "a%2Fb")).status_code == 204
    assert taken(client)[0]["user"] == hashed("a/b")


def test_parameters_may_stand_in_a_body(site: Site) -> None:
    client = site()
    client.post("/api/00000/rate/johndoe/1/11?lang=de", content="rating=3&lang=fr")
    refused = client.post(ITEM, content="{}", headers={"content-type": "application/json"})

    assert taken(client) == [{"kind": "rate", **BASE, "rating": 3, "extra": {"lang": "de"}}]
    assert refused.status_code == 415


def test_a_page_is_told_without_its_query(site: Site) -> None:
    client = site()
    client.get(ITEM, headers={"referer": "https://shop.test/a?mail=x@y#z"})

    [event] = events(client)
    assert event.url == "https://shop.test/a"
    assert "mail" not in event.body


@pytest.mark.parametrize(
    ("headers", "query", "way"),
    [
        (IMAGE, "", "pixel"),
        ({"sec-fetch-dest": "script"}, "?jsonpCallback=a", "jsonp"),
        ({"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}, "", "fetch"),
        ({}, "", "server"),
    ],
)
def test_an_event_says_by_which_way_it_came(
    site: Site, headers: dict[str, str], query: str, way: str
) -> None:
    client = site()
    client.get(ITEM + query, headers=headers)

    assert events(client)[0].way == way


def test_a_beacon_is_told_from_a_fetch(site: Site) -> None:
    client = site()
    client.post(ITEM, headers={"sec-fetch-mode": "no-cors", "sec-fetch-dest": "empty"})

    assert events(client)[0].way == "beacon"


def test_pages_of_other_sites_may_not_fetch_but_may_show_an_image(site: Site) -> None:
    client = site()

    assert client.get(ITEM, headers={"origin": "https://evil.test"}).status_code == 403
    assert client.get(ITEM, headers=IMAGE).status_code == 200
    allowed = client.get(ITEM, headers={"origin": "https://shop.test"})
    assert allowed.headers["access-control-allow-origin"] == "https://shop.test"
    assert client.get("/metrics").text.count('code="origin.unknown"} 1.0') == 1


def test_what_is_refused_for_its_content_is_a_bad_row_and_nothing_else_is(site: Site) -> None:
    client = site()
    for address in (
        "/api/00000/rate/johndoe/1/11",  # no rating
        "/api/11111/click/johndoe/1/11",
        "/api/00000/seen/johndoe/1/11",
        ITEM + "?a=" + "x" * 9000,
    ):
        client.get(address)

    assert [row.code for row in bad(client)] == ["ibexa.parameter", "ibexa.event", "ibexa.long"]


def test_an_event_that_was_unknown_is_taken_once_its_code_is_listed(site: Site) -> None:
    client = site()
    assert client.get("/api/00000/share/johndoe/1/11").status_code == 404
    state = client.app.state  # type: ignore[attr-defined]
    later = site(custom=["share"]).app.state.settings  # type: ignore[attr-defined]
    [found] = replay(state.store, bad(client), later)

    assert found.stored == 1
    assert taken(client) == [{"kind": "share", **BASE}]


def test_it_is_counted_like_every_dialect(site: Site) -> None:
    client = site(level="server")
    client.get(ITEM)
    counted = client.get("/metrics").text

    assert 'pyrite_requests_total{action="ibexa",status="401"} 1.0' in counted
    assert 'pyrite_turned_away_total{code="auth.missing"} 1.0' in counted
    assert "johndoe" not in counted


def test_schemas_hold_for_it(site: Site, tmp_path: Any) -> None:
    schema = tmp_path / "rate.json"
    schema.write_text('{"properties": {"ibexa": {"properties": {"rating": {"maximum": 10}}}}}')
    stream = Datastream(schemas={"ibexa.rate": str(schema)})
    client = site(options={"datastreams": {"shop": stream}})

    assert client.get("/api/00000/rate/johndoe/1/11?rating=11").status_code == 422
    assert client.get("/api/00000/rate/johndoe/1/11?rating=10").status_code == 204
    assert [row.code for row in bad(client)] == ["schema.violated"]


def test_a_server_says_so(site: Site) -> None:
    client = site()
    url = URL + ITEM
    client.get(url, headers=signed_headers("GET", url, key=KEY, key_id="a") | IMAGE)

    assert events(client)[0].way == "server"


def test_a_body_may_be_packed_and_is_signed_as_it_is_sent(site: Site) -> None:
    client = site(level="server")
    body = gzip.compress(b"rating=3")
    address = "/api/00000/rate/johndoe/1/11"
    headers = signed_headers("POST", URL + address, key=KEY, key_id="a", body=body)

    assert client.post(address, content=body, headers=headers).status_code == 204
    assert taken(client) == [{"kind": "rate", **BASE, "rating": 3}]


def test_a_body_that_is_torn_or_too_large_is_kept_as_an_address_without_a_user(site: Site) -> None:
    client = site()
    for body in (b"\x1f\x8btorn", b"x" * 2_000_000):
        client.post("/api/00000/rate/johndoe/1/11", content=body)

    rows = bad(client)
    assert [row.code for row in rows] == ["body.gzip", "body.too_large"]
    kept = f"/api/00000/rate/~{hashed('johndoe')}/1/11"
    assert [row.body.decode() for row in rows] == [kept, kept]


def test_a_page_of_this_site_asks_before_it_posts(site: Site) -> None:
    answer = site().options(ITEM, headers={"origin": "https://shop.test"})

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, POST"


MANY = ",".join([str(number) for number in range(1, 101)])


def test_what_a_hundred_items_have_in_common_is_not_stored_a_hundred_times(site: Site) -> None:
    client = site()
    page = {"referer": "https://shop.example/" + "p" * 1900}
    answer = client.get(f"/api/00000/rendered/johndoe/1/{MANY}?extra={'x' * 6000}", headers=page)
    first, *rest = events(client)

    assert answer.status_code == 204
    assert len(rest) == 99
    assert json.loads(first.body)["ibexa"]["extra"] == {"extra": "x" * 6000}
    assert first.url == page["referer"]
    assert {event.url for event in rest} == {""}
    assert sum([len(event.body) + len(event.url) for event in (first, *rest)]) < 100_000


def test_parameters_that_are_too_long_for_so_many_items_are_refused_and_kept_once(
    site: Site,
) -> None:
    client = site()
    answer = client.get(f"/api/00000/rendered/johndoe/1/{MANY}?scenario={'s' * 5000}")

    assert answer.status_code == 400
    assert "too many for each of 100 items" in answer.text
    assert events(client) == []
    [row] = bad(client)
    assert (row.code, len(row.body) < 8192) == ("ibexa.long", True)
    few = client.get(f"/api/00000/rendered/johndoe/1/1,2?scenario={'s' * 5000}")
    assert few.status_code == 204


def test_the_script_is_served_where_events_are_taken(site: Site, edge: Any) -> None:
    assert site().get("/ibexa.js").text == "ibexa"
    assert edge().get("/ibexa.js").status_code == 404

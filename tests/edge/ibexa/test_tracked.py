"""Ibexa's events that come with the tracker's own, beside those that come by addresses."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from taken import KEY, bad, events, hashed, taken

from pyrite.edge.ibexa.histories import Wanted, histories
from pyrite.edge.replay import replay
from pyrite.serverside.signing import signed_headers
from pyrite.serverside.tokens import page_token

Site = Callable[..., TestClient]
COLLECT = "/ee/v1/collect?configId=shop"
ID = "0b9f1a52-6f0f-4f4b-9c55-6a1b000000fe"
CLICK = {"event": "click", "itemtype": 1, "item": 11}


def sent(client: TestClient, *said: Any, id: str = ID, meta: Any = None, **headers: str) -> Any:
    """The answer to a body with an event for each of *said*, of the device `device-1`."""
    content = [
        {"xdm": {"_id": id if len(said) == 1 else f"{id[:-1]}{place}", "eventType": "ibexa", "timestamp": "2026-11-20T06:53:47.711Z", "web": {"webPageDetails": {"URL": "https://shop.test/a?b=1"}}}, "data": {"mine": 1}, "ibexa": one}
        for place, one in enumerate(said)
    ]  # fmt: skip
    body = {
        "xdm": {"identityMap": {"FPID": [{"id": "device-1"}]}},
        "events": content,
        "meta": meta or {},
    }
    return client.post(COLLECT, content=json.dumps(body), headers=headers)


def links(client: TestClient) -> list[tuple[str, str, str]]:
    return [(link.source, link.target, link.how) for link in client.app.state.store.links()]  # type: ignore[attr-defined]


def replayed(client: TestClient, **options: Any) -> list[Any]:
    state = client.app.state  # type: ignore[attr-defined]
    return list(replay(state.store, bad(client), options.get("settings", state.settings)))


def test_it_is_stored_as_the_endpoint_stores_it_with_what_the_page_knows(site: Site) -> None:
    client = site()
    assert sent(client, {**CLICK, "categorypath": "/Camera/", "lang": "de"}).status_code == 204
    client.get("/api/00000/click/_me/1/11?categorypath=%2FCamera%2F&lang=de", headers={"cookie": "pyrite_fpid=device-1"})  # fmt: skip

    tracked, addressed = taken(client)
    assert tracked == addressed
    mine, other = events(client)
    assert (mine.type, mine.visitor, mine.id) == ("ibexa.click", hashed("device-1"), ID)
    assert (mine.type, mine.visitor) == (other.type, other.visitor)
    body = json.loads(mine.body)
    assert body["xdm"]["web"]["webPageDetails"]["URL"] == "https://shop.test/a?b=1"
    assert body["xdm"]["timestamp"] == "2026-11-20T06:53:47.711Z"
    assert (body["xdm"]["eventType"], body["data"]) == ("ibexa.click", {"mine": 1})
    assert "identityMap" not in body["xdm"]


def test_a_user_is_hashed_and_a_device_is_one_with_its_hash(site: Site) -> None:
    client = site()
    sent(client, {**CLICK, "user": "johndoe"}, CLICK, {**CLICK, "user": "not_defined"})

    assert [one["user"] for one in taken(client)] == [hashed("johndoe"), hashed("device-1"), ""]
    assert links(client) == [("device-1", hashed("device-1"), "identify")]
    assert not [event for event in events(client) if "johndoe" in event.body]
    store = client.app.state.store  # type: ignore[attr-defined]
    assert store.erase(store.names_of("device-1")).events == 1


def test_a_login_takes_the_devices_history_along(site: Site) -> None:
    client = site()
    sent(client, CLICK)
    sent(client, {"event": "login", "target": "johndoe"}, id=str(uuid.uuid4()))

    assert (hashed("device-1"), hashed("johndoe"), "login") in links(client)
    assert taken(client)[1]["target"] == hashed("johndoe")
    rows = list(histories(client.app.state.store, Wanted(), now_ms=2**42))  # type: ignore[attr-defined]
    assert [(row.user, row.kind, row.item) for row in rows] == [(hashed("johndoe"), "click", "11")]


def test_of_several_items_each_is_an_event_with_the_id_that_its_address_gives_it(
    site: Site,
) -> None:
    client = site()
    sent(client, {"event": "rendered", "itemtype": 1, "items": [1, 2], "scenario": "top"})
    client.get(f"/api/00000/rendered/_me/1/1,2?scenario=top&eid={ID}", headers={"cookie": "pyrite_fpid=device-1"})  # fmt: skip

    assert [one["item"] for one in taken(client)] == ["1", "2"]
    first, second = [json.loads(event.body) for event in events(client)]
    assert ("data" in first, "data" in second) == (True, False)


def test_the_pixel_of_a_page_and_its_script_are_one_event(site: Site) -> None:
    client = site()
    sent(client, {**CLICK, "eid": ID}, id=str(uuid.uuid4()))
    client.get(f"/api/00000/click/_me/1/11?eid={ID}")

    assert len(events(client)) == 1


def test_a_buy_is_commerce_too(site: Site) -> None:
    client = site()
    sent(client, {"event": "buy", "itemtype": 1, "item": 5, "quantity": 2, "fullprice": "12.45EUR"})

    xdm = json.loads(events(client)[0].body)["xdm"]
    assert xdm["commerce"]["order"] == {"priceTotal": 24.9, "currencyCode": "EUR"}


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        (7, "ibexa.shape", "ibexa"),
        ({"event": "clik", "itemtype": 1, "item": 1}, "ibexa.event", "ibexa"),
        ({"event": "rate", "itemtype": 1, "item": 1, "user": "johndoe"}, "ibexa.parameter", "ibexa.rating"),
        ({"event": "click", "itemtype": 1, "item": "a"}, "ibexa.item", "ibexa.item"),
        ({"event": "click", "itemtype": 2, "item": 1}, "ibexa.item", "ibexa.itemtype"),
        ({**CLICK, "customer": "1", "user": "johndoe"}, "ibexa.customer", "ibexa.customer"),
        ({**CLICK, "user": "john\\doe"}, "ibexa.address", "ibexa.user"),
        ({**CLICK, "user": ["johndoe"]}, "ibexa.parameter", "ibexa.user"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_a_bad_row_beside_its_neighbours(
    site: Site, said: Any, code: str, path: str
) -> None:
    client = site(item_types=[1])
    answer = sent(client, CLICK, said, {**CLICK, "item": 12})
    alone = sent(client, said)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["type"].rpartition("/")[2], error["report"]) == (207, code, {"eventIndex": 1})  # fmt: skip
    assert (alone.status_code, alone.json()["code"], alone.json()["path"]) == (422, code, path)
    assert [one["item"] for one in taken(client)] == ["11", "12"]
    rows = bad(client)
    assert [row.code for row in rows] == [code, code]
    for row in rows:
        assert b"johndoe" not in row.body
        assert b"john\\\\doe" not in row.body


def test_a_bad_row_is_read_back_with_its_user(site: Site) -> None:
    client = site()
    share = {"event": "share", "itemtype": 1, "item": 1, "user": "johndoe"}
    sent(client, share, CLICK)
    sent(client, {**share, "user": "jane"}, id=str(uuid.uuid4()))
    wider = site(custom=["share"]).app.state.settings  # type: ignore[attr-defined]
    found = replayed(client, settings=wider)

    assert [one.problem for one in found] == [None, None]
    kinds = [(one["kind"], one["user"]) for one in taken(client)]
    assert kinds == [("click", hashed("device-1")), ("share", hashed("johndoe")), ("share", hashed("jane"))]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        '{"events":[{"xdm":{},"ibexa":{"event":"click","user":"johndoe","itemtype":1,"item":1}}',
        '{"events":[{"ibexa":{"user":"johndoe"}},1,2,3,4]}',
        '{"events":{"a":1},"raw":{"commands":[["configure",{}],["ibexa",{"user":"johndoe"}]]}}',
        '{"raw":[{"datastreamId":"shop"},[["ibexa",{"user":"johndoe","target":"johndoe"}],["nothing",{}]],[],"",0]}',
        '{"events":[{"ibexa":{"user":"johndoe"}}],"x":"' + "y" * 6000 + '"}',
    ],
    ids=["cut", "many", "raw", "early", "large"],
)
def test_a_body_that_is_refused_whole_holds_no_user(site: Site, content: str) -> None:
    from pyrite.edge.settings import Limits

    client = site(options={"limits": Limits(body_bytes=5000, events=3)})
    assert client.post(COLLECT, content=content).status_code in (400, 413)

    assert bad(client)
    assert not [row for row in bad(client) if b"johndoe" in row.body]


@pytest.mark.parametrize(
    ("headers", "meta"),
    [
        ({"sec-gpc": "1"}, {}),
        ({"dnt": "1"}, {}),
        ({"cookie": "kndctr_ORG_AdobeOrg_consent=general=out"}, {}),
        ({}, {"state": {"entries": [{"key": "kndctr_ORG_AdobeOrg_consent", "value": "general=out"}]}}),
    ],
)  # fmt: skip
def test_the_item_alone_is_counted_of_who_does_not_want_to_be_known(
    site: Site, headers: dict[str, str], meta: Any
) -> None:
    client = site()
    login = {"event": "login", "target": "johndoe"}
    sent(client, {**CLICK, "user": "johndoe"}, CLICK, login, meta=meta, **headers)

    assert [(event.visitor, one["user"]) for event, one in zip(events(client), taken(client), strict=True)] == [("", "")] * 3  # fmt: skip
    assert links(client) == []
    for event in events(client):
        assert "johndoe" not in event.body
        assert "device-1" not in event.body


def test_a_page_token_is_asked_for_and_what_does_not_prove_it_is_not_kept(site: Site) -> None:
    client = site(level="page")
    token = page_token(KEY, key_id="a", customer="00000", kinds=["click"], items=["1/11"])
    good = {**CLICK, "token": token}
    assert sent(client, good).status_code == 204
    answer = sent(client, CLICK, {**good, "item": 12}, {**good, "item": "a"}, id=str(uuid.uuid4()))
    codes = [error["type"].rpartition("/")[2] for error in answer.json()["errors"]]
    alone = sent(client, {**good, "event": "basket"})

    assert (answer.status_code, codes) == (207, ["auth.missing", "auth.scope", "ibexa.item"])
    assert (alone.status_code, alone.json()["code"]) == (401, "auth.scope")
    assert len(events(client)) == 1
    assert [row.code for row in bad(client)] == ["ibexa.item"]
    metrics = client.get("/metrics").text
    assert 'pyrite_turned_away_total{code="auth.scope"} 2.0' in metrics


def test_a_servers_signature_is_good_once(site: Site) -> None:
    client = site(level="server", keys={"a": KEY})
    body = json.dumps({"events": [{"xdm": {"_id": ID}, "ibexa": {**CLICK, "user": "johndoe"}}, {"xdm": {"_id": ID[:-1] + "0"}, "ibexa": CLICK}]}).encode()  # fmt: skip
    headers = signed_headers("POST", f"http://edge.test{COLLECT}", key=KEY, key_id="a", body=body)
    answers = [client.post(COLLECT, content=body, headers=headers) for _ in range(2)]
    altered = client.post(COLLECT, content=body.replace(b"johndoe", b"janedoe"), headers=headers)

    assert [one.status_code for one in answers] == [204, 401]
    assert sent(client, CLICK).json()["code"] == "auth.missing"
    assert altered.json()["errors"][0]["type"].endswith("auth.signature")
    assert len(events(client)) == 2
    assert bad(client) == []


def test_at_an_edge_that_takes_none_it_is_refused_and_kept_without_its_user(edge: Any) -> None:
    client = edge()
    answer = sent(client, {**CLICK, "user": "johndoe"})

    assert (answer.status_code, answer.json()["code"]) == (422, "ibexa.off")
    assert [b"johndoe" in row.body for row in bad(client)] == [False]
    assert events(client) == []

"""Events of web servers, by every technique, to an edge that asks for a signature. No browser takes part."""

import http.client
import json
from typing import Any

import pytest
from ibexa.conftest import KEY, OTHER
from support.site import Site

from pyrite.serverside import ASYNCHRONOUS, BOTTOM, QUEUED, Sender

pytestmark = pytest.mark.lanes("compiled")
TECHNIQUES = pytest.mark.parametrize("technique", [BOTTOM, ASYNCHRONOUS, QUEUED])


def sender(shop: Site, technique: str, key: str) -> Sender:
    return Sender(shop.url(""), customer="22222", technique=technique, key=key)


def taken(shop: Site) -> list[dict[str, Any]]:
    return [json.loads(event.body)["ibexa"] for event in shop.store.events()]


@TECHNIQUES
def test_both_live_keys_are_good_also_while_one_takes_the_others_place(
    shop: Site, technique: str
) -> None:
    old, new = [sender(shop, technique, key) for key in (f"a:{KEY}", f"b:{OTHER}")]
    for number in range(10):
        (old, new)[number % 2].event(
            "buy", user="4711", itemtype=1, item=number + 1, fullprice="12.45EUR", quantity=2
        )

    shop.wait(lambda: len(taken(shop)) == 10, "ten events")
    assert sorted(int(one["item"]) for one in taken(shop)) == list(range(1, 11))
    assert {event.way for event in shop.store.events()} == {"server"}
    for one in (old, new):
        one.close()
        assert one.counts()["dropped"] == {}


@TECHNIQUES
@pytest.mark.parametrize("key", [f"a:{OTHER}", f"c:{KEY}"])
def test_with_a_wrong_key_nothing_is_stored_and_nothing_is_given_up(
    shop: Site, technique: str, key: str
) -> None:
    wrong = sender(shop, technique, key)
    wrong.event("click", user="4711", itemtype=1, item=1)
    shop.wait(lambda: [seen for seen in shop.seen if "/click/" in seen.path], "a request")
    shop.poll(lambda: wrong.counts()["failed"], "an answer", 5)

    assert taken(shop) == []
    assert wrong.counts()["queued"] == 1
    assert list(shop.store.bad_rows()) == []
    wrong.close(0.1)


def test_a_request_that_somebody_has_seen_on_its_way_is_good_once(shop: Site) -> None:
    good = sender(shop, QUEUED, f"a:{KEY}")
    good.event("click", user="4711", itemtype=1, item=1)
    shop.wait(lambda: taken(shop), "an event")
    good.close()
    [seen] = [one for one in shop.seen if "/click/" in one.path]
    statuses = [again(shop, seen.path, seen.query, seen.headers) for _ in range(2)]
    altered = again(shop, seen.path.replace("/1/1", "/1/2"), seen.query, seen.headers)

    assert (statuses, altered) == ([401, 401], 401)
    assert len(taken(shop)) == 1


def again(shop: Site, path: str, query: str, headers: dict[str, str]) -> int:
    """The status of the same request once more."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.server.port, timeout=10)
    sent = {name: value for name, value in headers.items() if name.startswith("signature")}
    connection.request("GET", f"{path}?{query}" if query else path, headers=sent)
    status = connection.getresponse().status
    connection.close()
    return status

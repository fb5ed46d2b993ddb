"""Events by a script's address, whose answer calls a function of the page."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from taken import ITEM, bad, events

from pyrite.core.ibexa.events import EVENTS
from pyrite.stores.contract import Batch, StoreUnavailable, Written
from pyrite.stores.memory import MemoryStore

Site = Callable[..., TestClient]
NEEDED = "rating=1&scenario=a&triggername=a"


def said(answer: Any, callback: str = "page.done") -> dict[str, Any]:
    """What the function is called with."""
    start = f"/**/{callback}("
    assert answer.text.startswith(start)
    assert answer.text.endswith(");")
    found: dict[str, Any] = json.loads(answer.text[len(start) : -2])
    return found


@pytest.mark.parametrize("row", EVENTS, ids=[row[0] for row in EVENTS])
def test_every_event_calls_the_function(site: Site, row: tuple[str, str, Any, Any]) -> None:
    client = site()
    rest = {"item": "x/1/11", "login": "x/y", "user": "x"}[row[1]]
    answer = client.get(f"/api/00000/{row[0]}/{rest}?{NEEDED}&jsonpCallback=page.done")

    assert answer.text == '/**/page.done({"status": "ok"});'
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/javascript"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert events(client)[0].way == "jsonp"


def test_it_needs_no_cors_and_the_function_is_called_in_any_page(site: Site) -> None:
    answer = site().get(
        f"{ITEM}?jsonpCallback=f",
        headers={"sec-fetch-dest": "script", "sec-fetch-site": "cross-site", "referer": "https://else.test/"},
    )  # fmt: skip

    assert said(answer, "f") == {"status": "ok"}
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/api/00000/rate/johndoe/1/11?rating=%3C/script%3E", "ibexa.parameter"),
        ("/api/1/click/johndoe/1/11?a=1", "ibexa.customer"),
        ("/api/00000/seen/johndoe/1/11?a=1", "ibexa.event"),
        (ITEM + "?a=" + "x" * 9000, "ibexa.long"),
        ("/api/00000/login/a/b?a=1", "auth.missing"),
    ],
)
def test_a_refusal_calls_it_too(site: Site, address: str, code: str) -> None:
    client = site(levels={"login": "server"})
    answer = client.get(f"{address}&jsonpCallback=page.done")

    assert answer.status_code == 200  # browsers run no other script
    told = said(answer)
    assert (told["status"], told["code"]) == ("error", code)
    assert told["message"]
    assert "<" not in answer.text
    assert events(client) == []


def test_it_is_called_where_nothing_can_be_stored(site: Site) -> None:
    class Full(MemoryStore):
        def write(self, batch: Batch, done: Written) -> None:
            done(StoreUnavailable("the disk is full"))

    answer = site(options={"store": Full()}).get(f"{ITEM}?jsonpCallback=page.done")

    assert said(answer)["code"] == "store.unavailable"


@pytest.mark.parametrize(
    "callback", ["alert(1)", "a%3Bb", "", ".a", "a" * 129, "1a", "a%0Ab", "%3Cscript%3E", "%FF"]
)
def test_what_is_no_name_of_a_function_is_never_answered_as_script(
    site: Site, callback: str
) -> None:
    client = site()
    answer = client.get(f"{ITEM}?jsonpCallback={callback}")

    assert answer.status_code == (400 if callback else 204)
    assert "javascript" not in answer.headers.get("content-type", "")
    assert [row.code for row in bad(client)] in (
        [] if not callback else ["ibexa.address"],
        [] if not callback else ["ibexa.callback"],
    )


def test_a_name_may_be_as_long_as_128_characters(site: Site) -> None:
    name = "a" * 128

    assert said(site().get(f"{ITEM}?jsonpCallback={name}"), name) == {"status": "ok"}


def test_a_visitor_without_a_cookie_is_given_one(site: Site) -> None:
    answer = site().get("/api/00000/click/_me/1/11?jsonpCallback=page.done")

    assert "pyrite_pid" in answer.cookies

"""What calls have to prove: signatures of servers, tokens of pages, the vendor's own."""

import hashlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace as changed
from starlette.testclient import TestClient
from taken import ITEM, KEY, bad, events

from pyrite.edge.ibexa.keys import FILE, add_key, retire_key
from pyrite.edge.replay import replay
from pyrite.edge.settings import IbexaCustomer
from pyrite.serverside.signing import signed_headers
from pyrite.serverside.tokens import page_token

Site = Callable[..., TestClient]
URL = "http://edge.test"
OTHER = "o" * 16
LICENCE = "8695-1828-92810-5535-4239"
PRICED = "/api/00000/buy/johndoe/1/11?fullprice=19.99EUR"
LOGIN = "/api/00000/login/a/b"


def signed(
    address: str, *, method: str = "GET", key: str = KEY, id: str = "a", **more: Any
) -> dict[str, str]:
    return signed_headers(method, URL + address, key=key, key_id=id, **more)


def token(key: str = KEY, *, id: str = "a", customer: str = "00000", **more: Any) -> str:
    return page_token(key, key_id=id, customer=customer, **more)


def refused(answer: Any) -> str:
    """The code of an answer, '' where it is none of a refusal."""
    return answer.text.partition(":")[0] if answer.status_code == 401 else ""


def counted(client: TestClient, code: str) -> bool:
    return f'pyrite_turned_away_total{{code="{code}"}}' in client.get("/metrics").text


# ---- signatures of servers -------------------------------------------------------------------------------------------


def test_a_servers_signature_opens_everything(site: Site) -> None:
    client = site(level="server")
    assert client.get(ITEM, headers=signed(ITEM)).status_code == 204
    headers = signed(ITEM, method="POST", body=b"lang=de")
    assert client.post(ITEM, content="lang=de", headers=headers).status_code == 204
    for address in (PRICED, LOGIN, "/api/00000/buy/a/1/1?overridetimestamp=2012-01-01T11:00:00"):
        assert client.get(address, headers=signed(address)).status_code == 204

    assert len(events(client)) == 5


# Signed when the test runs: a signature is good for five minutes, and the run may be longer.
@pytest.mark.parametrize(
    ("signing", "code"),
    [
        (lambda: {}, "auth.missing"),
        (lambda: signed(ITEM, key=OTHER), "auth.signature"),
        (lambda: signed(ITEM, id="b"), "auth.key"),
        (lambda: signed(ITEM.replace("11", "12")), "auth.signature"),
        (lambda: signed(ITEM + "?lang=de"), "auth.signature"),
        (lambda: signed(ITEM, method="POST"), "auth.signature"),
        (lambda: signed(ITEM, created_s=time.time() - 310), "auth.expired"),
        (lambda: signed(ITEM, created_s=time.time() + 3300), "auth.expired"),
        (lambda: signed(ITEM, nonce="short"), "auth.signature"),
        (lambda: signed(ITEM) | {"signature": "pyrite=:AAAA:"}, "auth.signature"),
        (lambda: signed(ITEM) | {"signature-input": "pyrite=()"}, "auth.signature"),
        (lambda: signed(ITEM) | {"signature-input": "\xff"}, "auth.signature"),
        (lambda: {"signature-input": "x", "signature": "y"}, "auth.signature"),
    ],
)
@pytest.mark.parametrize("level", ["page", "server"])
def test_a_signature_that_is_not_good_is_refused_and_nothing_is_stored(
    site: Site, level: str, signing: Callable[[], dict[str, str]], code: str
) -> None:
    client = site(level=level)
    lines = [(name.encode(), value.encode("latin-1")) for name, value in signing().items()]
    answer = client.get(ITEM, headers=lines)

    assert refused(answer) == code
    assert (events(client), bad(client)) == ([], [])
    assert counted(client, code)


def test_a_body_that_was_changed_is_refused(site: Site) -> None:
    client = site(level="server")
    headers = signed(ITEM, method="POST", body=b"lang=de")

    assert refused(client.post(ITEM, content="lang=fr", headers=headers)) == "auth.signature"
    unsigned = signed(ITEM, method="POST")
    assert refused(client.post(ITEM, content="lang=fr", headers=unsigned)) == "auth.signature"


def test_a_request_that_comes_twice_is_stored_once_and_refused_then(site: Site) -> None:
    client = site(level="server")
    headers = signed(ITEM)
    answers = [client.get(ITEM, headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [204, 401, 401]
    assert refused(answers[1]) == "auth.replayed"
    assert len(events(client)) == 1
    assert counted(client, "auth.replayed")


def test_what_a_server_sends_again_is_stored_once(site: Site) -> None:
    client = site(level="server")
    address = ITEM + "?eid=1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"
    answers = [client.get(address, headers=signed(address)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert len(events(client)) == 1


def test_two_keys_are_good_at_once_until_one_is_retired(site: Site, tmp_path: Any) -> None:
    client = site(level="server", keys={"a": KEY})
    made = add_key(tmp_path / "data", customer="00000", id="b")
    for key, id in ((KEY, "a"), (made.secret, "b")):
        assert client.get(ITEM, headers=signed(ITEM, key=key, id=id)).status_code == 204
    retire_key(tmp_path / "data", customer="00000", id="b")

    assert refused(client.get(ITEM, headers=signed(ITEM, key=made.secret, id="b"))) == "auth.key"
    assert client.get(ITEM, headers=signed(ITEM)).status_code == 204


def test_keys_stay_good_while_their_file_can_not_be_read(
    site: Site, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = site(level="server")
    made = add_key(tmp_path / "data", customer="00000", id="b")
    assert client.get(ITEM, headers=signed(ITEM, key=made.secret, id="b")).status_code == 204
    (tmp_path / "data" / FILE).write_text("{")

    assert client.get(ITEM, headers=signed(ITEM, key=made.secret, id="b")).status_code == 204
    assert "the keys of before stay good" in caplog.text


def test_a_key_may_stand_in_a_file(site: Site, tmp_path: Any) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    client = site(level="server", keys={"c": f"file:{tmp_path / 'key'}"})

    assert client.get(ITEM, headers=signed(ITEM, id="c")).status_code == 204


def test_a_key_is_one_customers(site: Site) -> None:
    customers = {
        "00000": IbexaCustomer(datastream="shop", keys={"a": KEY}, level="server"),
        "1": IbexaCustomer(datastream="shop", keys={"b": OTHER}, level="server"),
    }
    client = site(ibexa={"customers": customers})
    address = "/api/1/click/x/1/1"

    assert refused(client.get(address, headers=signed(address))) == "auth.key"
    good = signed(address, key=OTHER, id="b")
    assert client.get(address, headers=good).status_code == 204


# ---- tokens of pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "given", "code"),
    [
        (ITEM, token(), ""),
        (ITEM, token(kinds=["click", "rate"], items=["1/11"]), ""),
        (ITEM, token(page="https://shop.test/a"), ""),
        ("/api/00000/rendered/x/1/1,2", token(items=["1/1", "1/2"]), ""),
        (ITEM, "", "auth.missing"),
        (ITEM, token(OTHER), "auth.token"),
        (ITEM, token(id="b"), "auth.key"),
        (ITEM, token() + "x", "auth.token"),
        (ITEM, "a.b", "auth.token"),
        (ITEM, token(customer="1"), "auth.scope"),
        (ITEM, token(kinds=["rate"]), "auth.scope"),
        (ITEM, token(items=["1/12"]), "auth.scope"),
        ("/api/00000/rendered/x/1/1,2", token(items=["1/1"]), "auth.scope"),
        (ITEM, token(page="https://shop.test/b"), "auth.scope"),
        (ITEM, token(minutes=-1), "auth.expired"),
        (PRICED, token(), "auth.missing"),
        ("/api/00000/buy/johndoe/1/11", token(), ""),
        (LOGIN, token(), "auth.missing"),
    ],
    ids=[
        "all",
        "kinds and item",
        "page",
        "both items",
        "none",
        "secret of another",
        "id of another key",
        "one letter more",
        "no token",
        "other customer",
        "other kind",
        "other item",
        "one of two items",
        "other page",
        "expired",
        "price",
        "buy without price",
        "login",
    ],
)
@pytest.mark.parametrize("way", ["pixel", "jsonp", "post"])
def test_a_page_token_allows_what_it_says_and_nothing_else(
    site: Site, way: str, address: str, given: str, code: str
) -> None:
    client = site(level="page")
    joint = "&" if "?" in address else "?"
    address += f"{joint}token={given}"
    headers = {"referer": "https://shop.test/a"}
    if way == "jsonp":
        answer = client.get(address + "&jsonpCallback=f", headers=headers)
        expected = f'"code": "{code}"' if code else '"status": "ok"'
        assert expected in answer.text
    else:
        method = "POST" if way == "post" else "GET"
        answer = client.request(method, address, headers=headers | {"sec-fetch-dest": "image"})
        assert refused(answer) == code
    assert (len(events(client)) > 0) is (code == "")
    assert bad(client) == []
    assert not code or counted(client, code)


def test_a_token_is_not_good_for_longer_than_the_edge_lets_it(site: Site) -> None:
    given = token(minutes=60)

    assert site(level="page", token_minutes=1).get(f"{ITEM}?token={given}").status_code == 204
    short = site(level="page", token_minutes=1e-9)
    assert refused(short.get(f"{ITEM}?token={given}")) == "auth.expired"


def test_the_same_token_serves_all_visitors_of_a_cached_page(site: Site) -> None:
    client = site(level="page")
    address = f"/api/00000/click/_me/1/11?token={token(items=['1/11'])}"
    for visitor in ("one", "two"):
        answer = client.get(address, headers={"cookie": f"pyrite_fpid={visitor}"})
        assert answer.status_code == 204

    assert len({event.visitor for event in events(client)}) == 2


def test_single_events_have_levels_of_their_own(site: Site) -> None:
    client = site(level="open", levels={"rate": "page", "buy": "server"})

    assert client.get(ITEM).status_code == 204
    assert refused(client.get("/api/00000/rate/x/1/1?rating=1")) == "auth.missing"
    assert refused(client.get(f"/api/00000/buy/x/1/1?token={token()}")) == "auth.missing"
    trusting = site(level="page", levels={"login": "page", "click": "open"})
    assert trusting.get(f"{LOGIN}?token={token()}").status_code == 204
    assert trusting.get(ITEM).status_code == 204


# ---- the vendor's ----------------------------------------------------------------------------------------------------

VECTORS = (
    ("11", "19.99EUR", "2012-01-01T11%3A00%3A00", 1, "d0026f017ae823f19530d93318c5a2f6"),
    ("94", "23.99EUR", "2012-01-02T11%3A00%3A00", 5, "53ae5744879d5a3ae833f3ef34109b44"),
    ("78", "7.59EUR", "2012-01-03T11%3A00%3A00", 1, "d73e76754fb333e9733936bbd11bb5cd"),
)


@pytest.mark.parametrize(("item", "price", "when", "quantity", "signature"), VECTORS)
def test_the_vendors_published_signatures_are_good(
    site: Site, item: str, price: str, when: str, quantity: int, signature: str
) -> None:
    client = site(licence_key=LICENCE)
    answer = client.get(
        f"/api/00000/buy/johndoe/1/{item}?fullprice={price}&overridetimestamp={when}&quantity={quantity}&signature={signature}"
    )

    assert answer.status_code == 204
    [event] = events(client)
    assert event.made_ms == 1325415600000 + 86400000 * (int(when[9]) - 1)
    assert event.made_ms < event.received_ms


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("signature=d", "signature=e"), "auth.signature"),
        (("19.99", "9.99"), "auth.signature"),
        (("2012-01-01", "2012-01-02"), "auth.signature"),
        (("/1/11", "/1/12"), "auth.signature"),
        (("/1/11", "/1/11,12"), "auth.signature"),
        (("&signature=d0026f017ae823f19530d93318c5a2f6", ""), "auth.missing"),
    ],
)
def test_a_back_dated_buy_that_is_not_signed_is_refused(
    site: Site, change: tuple[str, str], code: str
) -> None:
    client = site(licence_key=LICENCE)
    item, price, when, quantity, signature = VECTORS[0]
    address = f"/api/00000/buy/johndoe/1/{item}?fullprice={price}&overridetimestamp={when}&quantity={quantity}&signature={signature}"

    assert refused(client.get(address.replace(*change))) == code
    assert (events(client), bad(client)) == ([], [])


def test_without_a_licence_key_no_signature_of_the_vendors_is_good(site: Site) -> None:
    client = site()
    item, price, when, quantity, _ = VECTORS[0]
    text = f"1&{item}&&fullprice={price}&overridetimestamp={when}&quantity={quantity}"
    forged = hashlib.md5(text.encode()).hexdigest()
    address = f"/api/00000/buy/johndoe/1/{item}?fullprice={price}&overridetimestamp={when}&quantity={quantity}&signature={forged}"

    assert refused(client.get(address)) == "auth.signature"


def test_a_time_in_the_future_is_no_time(site: Site) -> None:
    client = site(level="server")
    address = "/api/00000/buy/johndoe/1/11?overridetimestamp=2999-01-01T00:00:00"
    answer = client.get(address, headers=signed(address))

    assert (answer.status_code, answer.text[:16]) == (400, "ibexa.parameter:")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (("00000", LICENCE), 204),
        (("00000", "wrong"), 401),
        (("11111", LICENCE), 401),
    ],
)
def test_a_basic_header_is_checked_where_it_comes(
    site: Site, given: tuple[str, str], status: int
) -> None:
    client = site(licence_key=LICENCE)

    assert client.get(ITEM, auth=given).status_code == status
    assert site().get(ITEM, auth=("00000", "")).status_code == 401


def test_a_basic_header_allows_nothing_more(site: Site) -> None:
    client = site(licence_key=LICENCE, level="page")

    assert refused(client.get(ITEM, auth=("00000", LICENCE))) == "auth.missing"
    assert refused(client.get(ITEM, headers={"authorization": "Basic %"})) == "auth.basic"


# ---- bad rows --------------------------------------------------------------------------------------------------------


def test_a_bad_row_proves_as_much_as_its_call_did(site: Site) -> None:
    client = site(level="page")
    address = "/api/00000/rate/johndoe/1/11?rating=a"
    client.get(address)
    client.get(address, headers=signed(address))
    client.get(f"{address}&token={token(kinds=['rate'])}")
    client.get(f"{address}&token={token(kinds=['click'])}")
    state = client.app.state  # type: ignore[attr-defined]
    rows = [changed(row, body=row.body.replace(b"rating=a", b"rating=7")) for row in bad(client)]
    found = list(replay(state.store, rows, state.settings))

    codes = [one.problem.code if one.problem else "" for one in found]
    assert codes == ["auth.missing", "", "", "auth.scope"]
    assert len(events(client)) == 2

"""Whose events are: users who are known by nobody else, visitors who are known by a cookie, and those who want neither."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace as changed
from starlette.testclient import TestClient
from taken import ITEM, bad, events, hashed, taken

from pyrite.edge.replay import replay

Site = Callable[..., TestClient]
ME = "/api/00000/click/_me/1/11"
DECLINED = "kndctr_ORG_AdobeOrg_consent=general=out"
GIVEN = "kndctr_ORG_AdobeOrg_consent=general=in"


def links(client: TestClient) -> list[tuple[str, str]]:
    return [(link.source, link.target) for link in client.app.state.store.links()]  # type: ignore[attr-defined]


def test_a_user_is_stored_as_a_hash_of_customer_and_user_that_needs_the_secret(site: Site) -> None:
    client = site()
    client.get("/api/00000/click/John%20Doe/1/11")
    client.get("/api/00000/click/john%20doe/1/11")

    users = [one["user"] for one in taken(client)]
    assert users == [hashed("John Doe"), hashed("john doe")]
    assert [event.visitor for event in events(client)] == users
    assert hashed("a", "1") != hashed("a", "2")


def test_a_secret_is_made_and_kept_where_none_is_given(site: Site, tmp_path: Any) -> None:
    users = []
    for _ in range(2):
        client = site(ibexa={"user_secret": ""})
        client.get(ITEM)
        users.append(taken(client)[0]["user"])

    assert users[0] == users[1] != hashed("johndoe")
    file = tmp_path / "data" / "ibexa-users.key"
    assert len(file.read_text()) >= 32
    assert file.stat().st_mode & 0o077 == 0


def test_nobody_is_counted_and_stored_as_nobody(site: Site) -> None:
    client = site()
    client.get("/api/00000/click/not_defined/1/11")

    assert [(event.visitor, one["user"]) for event, one in zip(events(client), taken(client), strict=True)] == [("", "")]  # fmt: skip


@pytest.mark.parametrize(
    "headers", [{"sec-gpc": "1"}, {"dnt": "1"}, {"cookie": DECLINED}, {"cookie": DECLINED.replace("general=", "general%3D")}]
)  # fmt: skip
@pytest.mark.parametrize("address", [ITEM, ME])
def test_the_item_alone_is_counted_of_who_does_not_want_to_be_known(
    site: Site, headers: dict[str, str], address: str
) -> None:
    client = site()
    cookie = "; ".join(["pyrite_fpid=device-1", *[headers[name] for name in ("cookie",) if name in headers]])  # fmt: skip
    answer = client.get(address, headers={**headers, "cookie": cookie})

    assert answer.status_code == 204
    assert "set-cookie" not in answer.headers
    assert [(one["user"], one["item"]) for one in taken(client)] == [("", "11")]
    assert events(client)[0].visitor == ""


@pytest.mark.parametrize("signal", ["sec-gpc", "dnt"])
def test_a_consent_that_was_given_comes_before_what_the_browser_asks(
    site: Site, signal: str
) -> None:
    client = site()
    client.get(ITEM, headers={signal: "1", "cookie": GIVEN})

    assert taken(client)[0]["user"] == hashed("johndoe")


def test_one_address_serves_all_visitors_by_their_cookie(site: Site) -> None:
    client = site()
    first = client.get(ME)
    made = first.cookies["pyrite_pid"]
    client.cookies.clear()
    for cookie in (f"pyrite_pid={made}", "pyrite_fpid=device-1"):
        assert "set-cookie" not in client.get(ME, headers={"cookie": cookie}).headers

    assert [one["user"] for one in taken(client)] == [
        hashed(made),
        hashed(made),
        hashed("device-1"),
    ]
    for attribute in ("HttpOnly", "Path=/", "SameSite=lax", "Max-Age=34128000"):
        assert attribute in first.headers["set-cookie"]
    assert "Secure" not in first.headers["set-cookie"]
    assert links(client) == []


def test_the_cookie_is_for_tls_alone_where_there_is_tls(site: Site) -> None:
    client = site()
    secure = TestClient(client.app, base_url="https://edge.test")

    assert "Secure" in secure.get(ME).headers["set-cookie"]


def test_cookies_may_come_in_headers_of_their_own(site: Site) -> None:
    client = site()
    lines = [("cookie", "a=1"), ("cookie", "pyrite_fpid=device-1"), ("cookie", "b=2")]
    client.get(ME, headers=lines)
    client.get(ME, headers=[*lines, ("cookie", DECLINED)])

    assert [one["user"] for one in taken(client)] == [hashed("device-1"), ""]


def test_both_cookies_at_once_are_one_visitor(site: Site) -> None:
    client = site()
    client.get(ME, headers={"cookie": "pyrite_pid=pid-1; pyrite_fpid=device-1"})

    assert taken(client)[0]["user"] == hashed("device-1")
    assert links(client) == [(hashed("pid-1"), hashed("device-1"))]


def test_a_visitor_of_another_site_is_given_no_cookie_that_would_not_come_back(site: Site) -> None:
    client = site()
    answer = client.get(ME, headers={"sec-fetch-site": "cross-site"})

    assert "set-cookie" not in answer.headers
    assert taken(client)[0]["user"] == ""


def test_a_cookie_that_has_not_the_form_of_an_id_is_none(site: Site) -> None:
    client = site()
    answer = client.get(ME, headers={"cookie": "pyrite_pid=<b>; pyrite_fpid=x"})

    assert answer.cookies["pyrite_pid"] != "<b>"


def test_nothing_is_given_to_who_was_refused(site: Site) -> None:
    answer = site().get("/api/00000/rate/_me/1/11")

    assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)


def test_a_login_makes_the_sources_history_the_targets(site: Site) -> None:
    client = site()
    client.get("/api/00000/login/anonymous-1/johndoe")
    client.get("/api/00000/login/_me/johndoe", headers={"cookie": "pyrite_fpid=device-1"})
    client.get("/api/00000/login/johndoe/johndoe")
    client.get("/api/00000/login/other/johndoe", headers={"sec-gpc": "1"})

    assert links(client) == [
        (hashed("anonymous-1"), hashed("johndoe")),
        (hashed("device-1"), hashed("johndoe")),
    ]
    assert taken(client)[-1]["user"] == ""
    assert "target" not in taken(client)[-1]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/api/00000/rate/johndoe/1/11?rating=a", f"/api/00000/rate/~{hashed('johndoe')}/1/11?rating=a"),
        ("/ebl/00000/login/johndoe/jane%20doe?eid=1", f"/ebl/00000/login/~{hashed('johndoe')}/~{hashed('jane doe')}?eid=1"),
        ("/api/00000/lo%67in/johndoe/johndoe?eid=1", f"/api/00000/lo%67in/~{hashed('johndoe')}/~{hashed('johndoe')}?eid=1"),
        ("/api/00000/login//johndoe", f"/api/00000/login//~{hashed('johndoe')}"),
        ("/api/00000/merge/johndoe/johndoe", f"/api/00000/merge/~{hashed('johndoe')}/~{hashed('johndoe')}"),
        ("/api/00000/rate/not_defined/1/11", "/api/00000/rate/not_defined/1/11"),
        ("/api/00000/rate/_me/1/11", "/api/00000/rate/_me/1/11"),
        ("/api/00000/click/johndoe", f"/api/00000/click/~{hashed('johndoe')}"),
        ("/api/00000/click/john%FFdoe/1/11", f"/api/00000/click/~!{hashed('john%FFdoe')}/1/11"),
        ("/api/00000/click/john%5Cdoe/1/11", f"/api/00000/click/~!{hashed('john%5Cdoe')}/1/11"),
    ],
)  # fmt: skip
def test_a_bad_row_and_the_log_hold_hashes_in_place_of_users(
    site: Site, caplog: pytest.LogCaptureFixture, address: str, kept: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client = site()
    client.get(address)

    [row] = bad(client)
    assert (row.body.decode(), row.url) == (kept, kept[:500])
    assert row.source == "ibexa"
    found = re.search("~!?([0-9a-f]{64})", kept)
    assert row.visitor == (found[1] if found else "")
    for held in (repr(row), client.get("/metrics").text, told(caplog)):
        assert "johndoe" not in held
        assert "doe/1" not in held


def told(caplog: pytest.LogCaptureFixture) -> str:
    """What the edge has logged."""
    return "".join([one.getMessage() for one in caplog.records if one.name.startswith("pyrite")])


def test_a_bad_row_of_who_declined_names_nobody(site: Site) -> None:
    client = site()
    client.get("/api/00000/rate/johndoe/1/11", headers={"sec-gpc": "1"})
    client.get("/api/00000/rate/_me/1/11", headers={"cookie": "pyrite_fpid=device-1"})

    assert [row.body.decode().split("/")[4] for row in bad(client)] == [
        "not_defined",
        "~" + hashed("device-1"),
    ]


def mended(client: TestClient, *changes: tuple[str, str]) -> list[Any]:
    """What comes of bad rows once they are changed by hand."""
    rows = []
    for row in bad(client):
        body = row.body.decode()
        for old, new in changes:
            body = body.replace(old, new)
        rows.append(changed(row, body=body.encode()))
    state = client.app.state  # type: ignore[attr-defined]
    return list(replay(state.store, rows, state.settings))


def test_a_bad_row_is_read_back_with_its_user(site: Site) -> None:
    client = site()
    client.get(
        "/api/00000/rate/johndoe/1/11?rating=a&lang=de&eid=1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"
    )
    client.post("/api/00000/login/a%2Fb/johndoe?eid=1", content="lang=fr")
    found = mended(client, ("rating=a", "rating=7"), ("eid=1&", ""))

    assert [one.problem for one in found] == [None, None]
    assert [one["user"] for one in taken(client)] == [hashed("johndoe"), hashed("a/b")]
    assert taken(client)[0]["rating"] == 7
    assert taken(client)[1]["extra"] == {"lang": "fr"}
    assert links(client) == [(hashed("a/b"), hashed("johndoe"))]
    assert bad(client) == []


def test_a_bad_row_whose_user_can_be_nobodys_stays(site: Site) -> None:
    client = site()
    client.get("/api/00000/click/john%FFdoe/1/11")
    [found] = mended(client)

    assert found.problem.code == "ibexa.user"
    assert events(client) == []


def test_a_bad_row_of_a_visitor_without_a_cookie_is_nobodys(site: Site) -> None:
    client = site()
    client.get("/api/00000/rate/_me/1/11")
    mended(client, ("/1/11", "/1/11?rating=1"))

    assert [one["user"] for one in taken(client)] == [""]


def test_a_user_is_erased_by_the_hash_bad_rows_and_logins_included(site: Site) -> None:
    client = site()
    for address in ("click/johndoe/1/1", "login/other/johndoe", "rate/johndoe/1/1", "click/x/1/1"):
        client.get(f"/api/00000/{address}")
    store = client.app.state.store  # type: ignore[attr-defined]
    erased = store.erase(store.names_of(hashed("johndoe")))

    assert (erased.events, erased.bad_rows, erased.links) == (2, 1, 1)
    assert [one["user"] for one in taken(client)] == [hashed("x")]


def test_a_user_whose_name_looks_like_a_hash_is_hashed(site: Site) -> None:
    client = site()
    name = "~" + "0" * 64
    client.get(f"/api/00000/click/{name}/1/11")

    assert taken(client)[0]["user"] == hashed(name)


def test_an_accident_tells_no_user(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site()

    def fail(*args: Any, **options: Any) -> Any:
        raise ZeroDivisionError(args[0].user)

    monkeypatch.setattr("pyrite.edge.ibexa.reader.records", fail)
    answer = client.get(ITEM)
    client.get(ITEM.replace("johndoe", "jane"))

    assert answer.status_code == 500
    assert "ZeroDivisionError" in told(caplog)
    assert "johndoe" not in answer.text + told(caplog) + repr(bad(client))
    assert len(bad(client)) == 2

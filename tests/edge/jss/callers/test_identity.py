"""Who calls, by cookies; and the cookies that go back."""

import pytest
from calls import call

from pyrite.edge.jss.callers.identity import Caller, caller_of, cookies_for, hashed
from pyrite.edge.settings import Jss

JSS = Jss()
ID = "0123456789abcdef" * 2
GLOBAL, SESSION = JSS.global_cookie, JSS.session_cookie


def told(caller: Caller, *, classified: bool = False) -> list[str]:
    return [value.decode() for _, value in cookies_for(caller, JSS, classified=classified)]


def test_a_newcomer_is_given_a_contact_and_a_session() -> None:
    caller = caller_of(call(), JSS)
    other = caller_of(call(), JSS)
    first, second = told(caller)

    assert caller.is_new
    assert not caller.classified
    assert caller.contact != other.contact
    assert caller.session != other.session
    assert first == f"{GLOBAL}={caller.contact}|False; Max-Age=34128000; Path=/; HttpOnly; SameSite=Lax"  # fmt: skip
    assert second == f"{SESSION}={caller.token}; Path=/; HttpOnly; SameSite=Lax"


def test_who_brings_both_is_told_nothing() -> None:
    cookie = f"other=1; {GLOBAL}={ID}|True; {SESSION}=abcdefgh12345678"
    caller = caller_of(call(cookie=cookie), JSS)

    assert (caller.contact, caller.classified, caller.is_new) == (ID, True, False)
    assert caller.session == hashed("abcdefgh12345678")
    assert "abcdefgh" not in caller.session
    assert told(caller, classified=True) == []


def test_who_becomes_human_is_told() -> None:
    cookie = f"{GLOBAL}={ID}|False; {SESSION}=abcdefgh12345678"
    caller = caller_of(call(cookie=cookie), JSS)

    assert told(caller) == []
    assert told(caller, classified=True)[0].startswith(f"{GLOBAL}={ID}|True;")


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (f"{ID}|True", True), (f"{ID}%7CFalse", True), (f"{ID.upper()}|true", True),
        (f"{ID}", False), (f"{ID}|Maybe", False), (f"{ID[:-1]}|True", False), (f"{ID}0|True", False),
        (f"{ID[:-1]}g|True", False), ("", False), ("|True", False),
    ],
)  # fmt: skip
def test_a_malformed_contact_means_a_new_one(value: str, known: bool) -> None:
    caller = caller_of(call(cookie=f"{GLOBAL}={value}"), JSS)

    assert (caller.contact == ID, caller.is_new) == (known, not known)


@pytest.mark.parametrize("value", ["", "short", "with space here", "x" * 129, "a;b"])
def test_a_malformed_session_means_a_new_one(value: str) -> None:
    caller = caller_of(call(cookie=f"{GLOBAL}={ID}|True; {SESSION}={value}"), JSS)

    assert caller.token
    assert [one.partition("=")[0] for one in told(caller, classified=True)] == [GLOBAL, SESSION]


@pytest.mark.parametrize(
    ("scheme", "headers", "attributes"),
    [
        ("http", {}, "SameSite=Lax"),
        ("https", {}, "SameSite=Lax; Secure"),
        ("http", {"sec_fetch_site": "cross-site"}, "SameSite=Lax"),
        ("https", {"sec_fetch_site": "cross-site"}, "SameSite=None; Secure"),
        ("https", {"sec_fetch_site": "same-site", "origin": "https://app.test"}, "SameSite=Lax; Secure"),
        ("https", {"origin": "https://app.example"}, "SameSite=None; Secure"),
        ("https", {"origin": "https://edge.test:8443"}, "SameSite=Lax; Secure"),
    ],
)  # fmt: skip
def test_cookies_are_as_open_as_the_call_needs(
    scheme: str, headers: dict[str, str], attributes: str
) -> None:
    caller = caller_of(call(scheme=scheme, **headers), JSS)

    assert all(one.endswith(f"; Path=/; HttpOnly; {attributes}") for one in told(caller))


def test_the_trackers_device_id_comes_along_where_it_has_the_form_of_one() -> None:
    device = "d997fe05-1111-4222-8333-444455556666"

    assert caller_of(call(cookie=f"pyrite_fpid={device}"), JSS).device == device
    assert caller_of(call(cookie='pyrite_fpid="<x>"'), JSS).device == ""


def test_cookies_of_other_names_are_used_where_the_settings_say_so() -> None:
    own = Jss(global_cookie="who", session_cookie="visit")
    caller = caller_of(call(cookie=f"who={ID}|True; visit=abcdefgh12345678"), own)

    assert (caller.contact, caller.session) == (ID, hashed("abcdefgh12345678"))

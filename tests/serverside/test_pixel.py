"""The markup of one event: what a browser asks for is the address that the edge reads, whatever it holds."""

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyrite.core.ibexa.address import read
from pyrite.serverside import Invalid, pixel, script
from pyrite.serverside.pixel import packed, unpacked

EDGE = "https://edge.example"
CLICK: dict[str, Any] = {"customer": "00000", "kind": "click", "itemtype": 1, "item": 77}


def source(markup: str) -> str:
    found = re.search(r'src="([^"]*)"', markup)
    assert found
    return unescape(found[1])


def test_a_pixel_is_an_image_of_one_dot_that_tells_no_referrer() -> None:
    assert pixel(EDGE, **CLICK) == (
        '<img src="https://edge.example/api/00000/click/_me/1/77" width="1" height="1" alt="" referrerpolicy="no-referrer">'
    )


def test_without_a_user_the_markup_is_the_same_for_everybody() -> None:
    assert pixel(EDGE, **CLICK) == pixel(EDGE, **CLICK)
    assert "/_me/" in pixel(EDGE, **CLICK)


def test_noscript_wraps_it_and_an_id_is_carried() -> None:
    eid = "1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"
    markup = pixel(EDGE, noscript=True, eid=eid, **CLICK)

    assert markup.startswith("<noscript><img ")
    assert markup.endswith("></noscript>")
    assert f"eid={eid}" in source(markup)


def test_an_edge_of_the_pages_own_site_needs_no_name() -> None:
    assert source(pixel("", **CLICK)).startswith("/api/00000/")


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "klick"},
        {"item": "a\\b"},
        {"customer": ""},
        {"kind": "rate"},
        {"kind": "rate", "rating": 101},
    ],
)
def test_what_no_edge_would_take_is_refused_when_the_page_is_made(event: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        pixel(EDGE, **{**CLICK, **event})


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\"), min_size=1, max_size=20
)


@settings(deadline=None)
@given(user=texts, category=texts)
def test_whatever_stands_in_it_the_browser_asks_for_what_the_edge_reads(
    user: str, category: str
) -> None:
    try:
        markup = pixel(EDGE, user=user, categorypath=category, **CLICK)
    except Invalid:
        return
    assert markup.count("<") == 1

    path, _, query = source(markup).removeprefix(EDGE).partition("?")
    event = read(path, query)
    assert event.user == user


def test_a_script_sends_by_an_image_and_can_not_be_ended_by_what_it_holds() -> None:
    markup = script(EDGE, nonce='a"b', categorypath="</script><b>&", **CLICK)

    assert markup.startswith(
        '<script nonce="a&quot;b">new Image(1,1).src="https://edge.example/api/00000/click/_me/1/77?'
    )
    assert markup.count("<") == 2


def test_behind_a_relay_no_word_of_the_event_shows() -> None:
    address = source(pixel("", path="/t/e", **CLICK))

    assert address.startswith("/t/e/z")
    assert not re.search("click|item|00000|api|ibexa", address)
    assert unpacked(address.rpartition("/")[2]) == {"kind": "click", "itemtype": 1, "items": ["77"]}


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_code_that_nobody_made_is_refused_with_one_error(text: str) -> None:
    try:
        unpacked(text)
    except Invalid:
        return
    assert unpacked(packed({"kind": text})) == {"kind": text}

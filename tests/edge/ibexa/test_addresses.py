"""Addresses of events, whatever anybody puts in."""

import contextlib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyrite.core.ibexa.address import LONGEST, build, read
from pyrite.core.ibexa.events import EVENTS, MOST_NUMBER, Event
from pyrite.core.ibexa.pieces import check_callback
from pyrite.core.ibexa.refusal import Refused

TEXTS = st.text(max_size=30)
NUMBERS = st.integers(1, MOST_NUMBER)
PRICES = st.builds(
    lambda whole, part, currency: f"{whole}{part}{currency}",
    st.integers(0, 10**12 - 1),
    st.sampled_from(["", ".5", ".45", ".1234"]),
    st.sampled_from(["EUR", "JPY", "CLF"]),
)
VALUES = {
    "percentage": st.integers(0, 100).map(str),
    "rating": st.integers(0, 100).map(str),
    "quantity": NUMBERS.map(str),
    "fullprice": PRICES,
    "price": PRICES,
    "overridetimestamp": st.datetimes().map(lambda when: when.isoformat()[:19]),
}


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind, form, required, optional = draw(st.sampled_from(EVENTS))
    names = [*required, *[name for name in optional if draw(st.booleans())]]
    return Event(
        kind=kind,
        customer=draw(st.from_regex(r"[a-zA-Z0-9]{1,10}", fullmatch=True)),
        user=draw(TEXTS),
        target=draw(TEXTS) if form == "login" else "",
        itemtype=draw(NUMBERS) if form == "item" else 0,
        items=draw(st.lists(NUMBERS.map(str), min_size=1, max_size=5)) if form == "item" else [],
        parameters={name: draw(VALUES.get(name, TEXTS)) for name in names},
        extra=draw(st.dictionaries(TEXTS, TEXTS, max_size=3)),
        eid=draw(st.sampled_from(["", "1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"])),
    )


@settings(max_examples=25, deadline=None)
@given(events())
def test_what_is_built_is_read_back(event: Event) -> None:
    try:
        address = build(event)
    except Refused:
        return  # and what that is stands in tests/core/test_ibexa.py
    path, _, query = address.partition("?")
    again = read(path, query)

    assert build(again) == address
    assert (again.user, again.target, again.items, again.extra) == (
        event.user,
        event.target,
        event.items,
        event.extra,
    )
    assert address.isascii()
    assert len(address) <= LONGEST


# Halves of surrogate pairs included: what is no UTF-8 in a request comes as such.
ANY = st.text(st.sampled_from("%/&=+,a1\\") | st.characters(exclude_categories=[]))


@settings(deadline=None)
@given(ANY, ANY)
@example("%\udcff", "%a\ud800=%\udcff")
def test_no_text_raises_anything_but_its_own_error(path: str, query: str) -> None:
    with contextlib.suppress(Refused):
        read(path, query)
    with contextlib.suppress(Refused):
        read("/api/1/" + path, query, custom=("x",), numeric=False)
    with contextlib.suppress(Refused):
        read("/api/1/buy/x/1/1", query)
    with contextlib.suppress(Refused):
        check_callback(query)

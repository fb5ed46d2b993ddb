"""Histories of users: one row for each user, kind and item, whatever has happened in which order."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from taken import hashed

from pyrite.edge.ibexa import histories as module
from pyrite.edge.ibexa.histories import Row, Wanted, histories
from pyrite.stores.contract import Batch, Event, Link
from pyrite.stores.memory import MemoryStore

Site = Callable[..., TestClient]
DAY_MS = 86_400_000
NOW_MS = 1_795_000_000_000


def event(number: int, kind: str, user: str, item: str, *, at: int = 0, **more: Any) -> Event:
    record = {"kind": kind, "customer": "00000", "user": user, "itemtype": 1, "item": item, **more}
    return Event(
        source="ibexa", datastream="shop", id=f"e{number}", type=f"ibexa.{kind}", url="", visitor=user, made_ms=at,
        received_ms=at, body=json.dumps({"xdm": {}, "ibexa": record}),
    )  # fmt: skip


def store_of(events: list[Event], links: list[tuple[str, str, int]] | None = None) -> MemoryStore:
    store = MemoryStore()
    made = [
        Link(datastream="shop", source=source, target=target, made_ms=at, how="login")
        for source, target, at in links or []
    ]
    store.submit(Batch(events=tuple(events), links=tuple(made))).result()
    return store


def rows(store: Any, **wanted: Any) -> list[Row]:
    return list(histories(store, Wanted(**wanted), now_ms=NOW_MS))


def told(store: Any, **wanted: Any) -> list[tuple[str, str, str, int]]:
    return [(row.user, row.kind, row.item, row.count) for row in rows(store, **wanted)]


def test_events_of_one_user_kind_and_item_are_one_row() -> None:
    store = store_of([
        event(1, "click", "u", "11", at=3), event(2, "click", "u", "11", at=1), event(3, "click", "u", "11", at=2),
        event(4, "click", "u", "12"), event(5, "rate", "u", "11", rating=3), event(6, "click", "v", "11"),
    ])  # fmt: skip

    assert told(store) == [
        ("u", "click", "11", 3), ("u", "click", "12", 1), ("u", "rate", "11", 1), ("v", "click", "11", 1),
    ]  # fmt: skip
    first = rows(store)[0]
    assert (first.first_ms, first.last_ms, first.customer, first.itemtype) == (1, 3, "00000", 1)


def test_the_highest_percentage_the_last_rating_and_price_and_all_pieces_count() -> None:
    store = store_of([
        event(1, "consume", "u", "1", percentage=20, at=1), event(2, "consume", "u", "1", percentage=70, at=2),
        event(3, "consume", "u", "1", percentage=50, at=3), event(4, "consume", "u", "1", at=4),
        event(5, "rate", "u", "1", rating=9, at=2), event(6, "rate", "u", "1", rating=3, at=1),
        event(7, "buy", "u", "1", quantity=2, price="3.50", currency="EUR", at=1),
        event(8, "buy", "u", "1", quantity=1, price="4", currency="USD", at=2), event(9, "buy", "u", "1", quantity=4, at=3),
    ])  # fmt: skip
    buy, consume, rate = rows(store)

    assert consume.percentage == 70
    assert rate.rating == 9
    assert (buy.quantity, buy.price, buy.currency) == (7, "4", "USD")
    assert (consume.quantity, rate.price) == (None, None)


def test_nobody_is_a_user_without_a_name_and_owning_brings_no_revenue() -> None:
    store = store_of([event(1, "click", "", "1"), event(2, "owns", "u", "1", quantity=1, price="9", currency="EUR")])  # fmt: skip
    nobody, owns = rows(store)

    assert (nobody.user, nobody.kind) == ("", "click")
    assert (owns.kind, owns.count, owns.quantity, owns.price, owns.currency) == ("owns", 1, None, None, None)  # fmt: skip


def test_a_blacklisted_item_is_so_for_a_year() -> None:
    store = store_of([
        event(1, "blacklist", "u", "old", at=NOW_MS - 365 * DAY_MS), event(2, "blacklist", "u", "new", at=NOW_MS - 364 * DAY_MS),
        event(3, "click", "u", "old", at=NOW_MS - 900 * DAY_MS), event(4, "blacklist", "u", "again", at=NOW_MS - 700 * DAY_MS),
        event(5, "blacklist", "u", "again", at=NOW_MS),
    ])  # fmt: skip

    assert told(store) == [("u", "blacklist", "again", 2), ("u", "blacklist", "new", 1), ("u", "click", "old", 1)]  # fmt: skip


def test_what_happened_before_a_login_is_the_accounts() -> None:
    store = store_of(
        [event(1, "click", "anonymous", "1", at=1), event(2, "click", "john", "1", at=9), event(3, "click", "anonymous", "1", at=7)],
        [("anonymous", "john", 5)],
    )  # fmt: skip

    assert told(store) == [("john", "click", "1", 3)]


def test_one_browser_of_two_people_is_each_ones_until_the_next_logs_in() -> None:
    at = {3: "before", 5: "then", 7: "between", 12: "after"}
    store = store_of(
        [event(time, "click", "browser", item, at=time) for time, item in at.items()],
        [("browser", "john", 5), ("browser", "jane", 10)],
    )

    assert told(store) == [
        ("jane", "click", "after", 1), ("jane", "click", "between", 1), ("john", "click", "before", 1), ("john", "click", "then", 1),
    ]  # fmt: skip


def test_links_lead_on_and_never_in_circles() -> None:
    links = [("a", "b", 1), ("b", "c", 2), ("x", "y", 1), ("y", "x", 2)]
    long = [(f"l{at}", f"l{at + 1}", at) for at in range(50)]
    store = store_of([event(1, "click", "a", "1"), event(2, "click", "x", "1"), event(3, "click", "l0", "1")], [*links, *long])  # fmt: skip

    assert [row[0] for row in told(store)] == ["c", f"l{module.STEPS}", "y"]


def test_only_what_is_wanted_is_told() -> None:
    store = store_of(
        [event(1, "click", "anonymous", "1", at=1), event(2, "rate", "john", "1", rating=1, at=5), event(3, "click", "jane", "1", at=9)],
        [("anonymous", "john", 5)],
    )  # fmt: skip

    assert [row[0] for row in told(store, user="john")] == ["john", "john"]
    assert told(store, kinds=["rate"]) == [("john", "rate", "1", 1)]
    assert told(store, since_ms=5) == [("jane", "click", "1", 1), ("john", "rate", "1", 1)]
    assert told(store, customer="1") == []


def test_events_of_others_and_rubbish_are_no_history() -> None:
    bodies = ['{"xdm":{},"data":{"ibexa":1}}', '{"ibexa":[]}', '"ibexa"', '{"ibexa":{"kind":1}}', '{"ibexa":{}}', "", "{"]  # fmt: skip
    good = event(0, "click", "u", "1")
    store = store_of([Event(datastream="shop", id=f"b{at}", type="", url="", visitor="", made_ms=0, received_ms=0, body=body) for at, body in enumerate(bodies)] + [good])  # fmt: skip

    assert told(store) == [("u", "click", "1", 1)]


CHANGES: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        kind=st.sampled_from(["buy", "rate", "consume"]),
        user=st.sampled_from(["u", "v"]),
        at=st.integers(0, 9),
        rating=st.none() | st.integers(0, 100),
        percentage=st.none() | st.integers(0, 100),
        quantity=st.none() | st.integers(1, 9),
        price=st.none() | st.sampled_from(["1", "2", "3"]),
    ),
    max_size=12,
)


@given(changes=CHANGES, chunk=st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_rows_are_what_the_events_amount_to_however_many_are_read_at_once(
    changes: list[dict[str, Any]], chunk: int
) -> None:
    store = store_of([event(at, item="1", currency="EUR", **one) for at, one in enumerate(changes)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        found = {(row.user, row.kind): row for row in rows(store)}

    assert sorted(found) == sorted({(one["user"], one["kind"]) for one in changes})
    for (user, kind), row in found.items():
        own = [one for one in changes if (one["user"], one["kind"]) == (user, kind)]
        by_time = sorted(own, key=lambda one: one["at"])  # stable: of two at once the later counts
        given_values = {name: [one[name] for one in by_time if one[name] is not None] for name in ("rating", "percentage", "quantity", "price")}  # fmt: skip
        assert (row.count, row.first_ms, row.last_ms) == (len(own), by_time[0]["at"], by_time[-1]["at"])  # fmt: skip
        assert row.rating == (given_values["rating"] or [None])[-1]
        assert row.price == (given_values["price"] or [None])[-1]
        assert row.percentage == max(given_values["percentage"], default=None)
        assert row.quantity == (sum(given_values["quantity"]) if given_values["quantity"] else None)


def test_progress_is_told_and_nothing_is_left_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(module, "CHUNK", 2)
    seen: list[int] = []
    store = store_of([event(at, "click", "u", "1") for at in range(5)])
    found = histories(store, Wanted(), now_ms=NOW_MS, progress=seen.append)
    next(found)

    assert seen == [2, 4, 5]
    assert list(tmp_path.iterdir())
    found.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_what_an_edge_has_taken_becomes_rows(site: Site) -> None:
    client = site()
    for address in (
        "click/_me/1/11", "login/_me/johndoe", "buy/johndoe/1/11?fullprice=2EUR&quantity=3", "rendered/johndoe/1/11,12",
        "triggeropened/johndoe?triggername=T", "click/not_defined/1/11",
    ):  # fmt: skip
        assert client.get(f"/api/00000/{address}", headers={"cookie": "pyrite_fpid=device-1"}).status_code == 204  # fmt: skip

    john = hashed("johndoe")
    assert told(client.app.state.store) == [  # type: ignore[attr-defined]
        ("", "click", "11", 1), (john, "buy", "11", 1), (john, "click", "11", 1), (john, "rendered", "11", 1),
        (john, "rendered", "12", 1), (john, "triggeropened", "", 1),
    ]  # fmt: skip

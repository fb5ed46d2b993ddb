"""Decisions in the page: text in, text out, counted as the edge's store counts."""

from typing import Any

from fake_window import Window

from pyrite.browser.entry import decider
from pyrite.core.decisions.subject import SHOWN_LIMIT, VISIT_PAUSE_MS
from pyrite.core.event import PAGE_VIEW
from pyrite.core.parts import DECIDE, PREFIX
from pyrite.core.personalization.propositions import PROVIDER
from pyrite.core.wire import decode, encode

NOW_MS = 1_795_157_627_711
EXPERIENCE: dict[str, Any] = {
    "id": "x",
    "scope": "hero",
    "variants": [{"id": "v", "items": [{"schema": "json-content-item", "data": {"content": 1}}]}],
}


def question(**more: Any) -> str:
    return encode(
        {
            "event": {"xdm": {}},
            "query": {"decisionScopes": ["hero"]},
            "now": NOW_MS,
            "history": [],
        }
        | more
    )


def test_the_function_is_on_the_page_and_speaks_texts(page_window: Window) -> None:
    decider.begin()
    rules = encode({"experiences": [EXPERIENCE, 5], "holdout": 0, "visitor": {"id": "v-1"}})
    answer: Any = decode(page_window.__dict__[PREFIX + DECIDE](f"{question()}\n{rules}"))

    assert [one["scope"] for one in answer] == ["hero"]


def test_rules_are_read_once(page_window: Window) -> None:
    rules = encode({"experiences": [], "visitor": {}})
    decider.decided(f"{question()}\n{rules}")
    first = decider._prepared[rules]
    decider.decided(f"{question()}\n{rules}")
    assert decider._prepared[rules] is first

    decider.decided(question() + "\n{}")
    assert list(decider._prepared) == ["{}"]


def visitor(record: dict[str, Any], history: list[Any], event: dict[str, Any]) -> Any:
    known = decider.Known(encode({"visitor": record}))
    return decider.build_profile(known, history, event, NOW_MS)


def test_a_visitor_of_whom_nothing_is_known(page_window: Window) -> None:
    found = visitor({}, [], {})

    assert (found.visits, found.views, found.previous_ms, found.shown) == (0, 0, 0, {})


def test_views_and_visits_since_the_rules_came_are_counted(page_window: Window) -> None:
    start = NOW_MS - 2 * VISIT_PAUSE_MS - 2
    history = [
        [start, {}],
        [start + 1, {"eventType": PAGE_VIEW}],
        [start + 1 + VISIT_PAUSE_MS, {"eventType": PAGE_VIEW}],
    ]
    found = visitor(
        {"id": "v", "visits": 3, "views": 5}, history, {"xdm": {"eventType": PAGE_VIEW}}
    )

    assert (found.id, found.visits, found.views) == ("v", 4, 8)
    assert found.previous_ms == start + 1 + VISIT_PAUSE_MS


def test_displays_are_kept_with_their_times_and_the_oldest_go(page_window: Window) -> None:
    display = {
        "eventType": "decisioning.propositionDisplay",
        "_experience": {
            "decisioning": {
                "propositions": [
                    {"scopeDetails": {"decisionProvider": PROVIDER, "activity": {"id": "x"}}}
                ],
                "propositionEventType": {"display": 1},
            }
        },
    }
    times = list(range(1, SHOWN_LIMIT + 1))
    found = visitor({"shown": {"x": times, "y": 5}}, [[NOW_MS - 1, display]], {})

    assert found.shown["y"] == []
    assert found.shown["x"] == [*times[1:], NOW_MS - 1]

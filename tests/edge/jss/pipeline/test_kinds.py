"""The five kinds, each with what it takes and what it refuses; and extensions among them, all or nothing."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyrite.edge.http.problems import Problem
from pyrite.edge.jss.definitions.catalog import Catalog, Definition
from pyrite.edge.jss.pipeline.chain import Step, chain
from pyrite.edge.jss.pipeline.processor import RECORDS, TrackEventArgs, Where
from pyrite.edge.jss.pipeline.run import Outcome, ProcessorFailed, run
from pyrite.edge.settings import JssProcessor

HOME = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"
GUID = "{AAAAAAAA-0000-0000-0000-00000000000%d}"
CATALOG = Catalog(
    {
        "events": [Definition(id=GUID % 1, alias="Download")],
        "goals": [Definition(id=GUID % 2, alias="Instant Demo", value=10)],
        "outcomes": [Definition(id=GUID % 3, alias="Opportunity")],
        "campaigns": [Definition(id=GUID % 4, alias="Spring")],
        "pages": [Definition(id=HOME, alias="Home", path="/")],
    }
)
SHOP = "shop_processors"


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])


def where(page: str = "current") -> Where:
    return Where(catalog=CATALOG, contact="c" * 32, session="s", received_ms=1, page=page)


def steps(*rows: dict[str, str]) -> list[Step]:
    return chain([JssProcessor(**row) for row in rows], ())


def taken(item: Any, *rows: dict[str, str], at: Where | None = None) -> Outcome:
    return run(steps(*rows), item, at or where())


def refusal(item: Any, *rows: dict[str, str]) -> Problem:
    with pytest.raises(Problem) as raised:
        taken(item, *rows)
    return raised.value


@pytest.mark.parametrize(
    ("item", "kind", "id", "definition"),
    [
        ({"eventId": "Download"}, "event", GUID % 1, "Download"),
        ({"goalId": "instant demo"}, "goal", GUID % 2, "Instant Demo"),
        ({"goalId": (GUID % 2).lower()}, "goal", GUID % 2, "Instant Demo"),
        ({"outcomeId": "Opportunity"}, "outcome", GUID % 3, "Opportunity"),
        ({"campaignId": (GUID % 4).strip("{}").replace("-", "")}, "campaign", GUID % 4, "Spring"),
    ],
)
def test_a_kind_is_told_by_its_key_and_resolved_in_its_name_space(
    item: Any, kind: str, id: str, definition: str
) -> None:
    [record] = taken(item).records

    assert (record.kind, record.id, record.definition) == (kind, id, definition)
    assert (record.page, record.extra) == ("current", {})


def test_a_goal_is_worth_what_its_definition_says() -> None:
    assert taken({"goalId": "Instant Demo"}).records[0].value == 10


def test_an_outcome_has_its_money() -> None:
    item = {"outcomeId": "Opportunity", "currencyCode": "usd", "monetaryValue": "1337.50"}
    [record] = taken(item).records

    assert (record.currency, record.money) == ("USD", 1337.5)


def test_other_keys_are_kept_those_of_other_kinds_too() -> None:
    [record] = taken({"goalId": "Instant Demo", "place": {"x": [1, None]}, "url": "/"}).records

    assert record.extra == {"place": {"x": [1, None]}, "url": "/"}
    assert taken({"eventId": "Download", "goalId": "?"}).records[0].extra == {"goalId": "?"}


def test_a_page_view_becomes_the_current_page_of_what_follows_it() -> None:
    at = where()
    url = "/a?b=%20 ü#c"
    [before] = taken({"goalId": "Instant Demo"}, at=at).records
    [view] = taken({"pageId": HOME.lower(), "url": url, "more": 1}, at=at).records
    [after] = taken({"goalId": "Instant Demo"}, at=at).records

    assert (before.page, view.page, after.page) == ("current", HOME, HOME)
    assert (view.kind, view.page_id, view.definition) == ("pageview", HOME, "Home")
    assert (view.url, view.extra) == (url, {"more": 1})


@pytest.mark.parametrize(
    ("item", "code", "said"),
    [
        ({"goalId": "Instant Dmo"}, "jss.unknown", "unknown goal 'Instant Dmo' (did you mean 'Instant Demo'?)"),
        ({"goalId": "Download"}, "jss.unknown", "unknown goal 'Download'"),
        ({"goalId": GUID % 9}, "jss.unknown", "unknown goal"),
        ({"pageId": HOME[:-2] + "8}", "url": "/"}, "jss.unknown", f"(did you mean {HOME!r}?)"),
        ({"goalId": 5}, "jss.id", "goalId: expected a GUID or an alias"),
        ({"goalId": ""}, "jss.id", "got ''"),
        ({"goalId": None}, "jss.id", "got None"),
        ({"eventId": "x" * 201}, "jss.id", "eventId"),
        ({"campaignId": ["Spring"]}, "jss.id", "campaignId"),
        ({"pageId": "Home", "url": "/"}, "jss.page", "pageId: expected the GUID of a page"),
        ({"pageId": HOME}, "jss.page", "url: expected a text of at most 8192 characters, got None"),
        ({"pageId": HOME, "url": 3}, "jss.page", "url"),
        ({"pageId": HOME, "url": "x" * 8193}, "jss.page", "url"),
        ({"outcomeId": "Opportunity", "monetaryValue": "much"}, "jss.money", "monetaryValue: expected a number"),
        ({"outcomeId": "Opportunity", "monetaryValue": True}, "jss.money", "got True"),
        ({"outcomeId": "Opportunity", "currencyCode": "EURO"}, "jss.currency", "three letters"),
        ({"outcomeId": "Opportunity", "currencyCode": 840}, "jss.currency", "got 840"),
        ({"something": 1}, "jss.unclaimed", "event: Object missing required field `eventId`; goal: Object missing"),
        ({}, "jss.unclaimed", "page: Object missing required field `pageId`"),
        (3, "body.shape", "expected an object for each event, got a number"),
        (["x"], "body.shape", "got a list"),
        (None, "body.shape", "got null"),
    ],
)  # fmt: skip
def test_what_can_t_be_taken_says_why(item: Any, code: str, said: str) -> None:
    problem = refusal(item)

    assert problem.code == code
    assert said in problem.detail
    assert problem.status == (400 if code == "body.shape" else 422)


def test_a_refused_page_view_leaves_the_page_as_it_was() -> None:
    at = where(page=HOME)
    with pytest.raises(Problem):
        taken({"pageId": GUID % 9, "url": "/"}, at=at)

    assert at.page == HOME


def test_an_extension_has_what_fits_its_type_and_the_chain_ends_where_it_says() -> None:
    row = {"use": f"{SHOP}:Commerce", "before": "event"}
    outcome = taken({"commerceEventId": "7", "lines": [1.5, 2]}, row)

    assert [(one.kind, one.value, one.data) for one in outcome.records] == [
        ("commerce", 2, {"total": 3.5}),
        ("goal", 10, {}),
    ]
    assert outcome.records[0].extra == {"commerceEventId": "7", "lines": [1.5, 2]}
    assert outcome.said == [{"processor": "commerce", "message": "2 lines"}]
    assert taken({"goalId": "Instant Demo"}, row).records[0].kind == "goal"


def test_a_processor_in_front_sees_an_event_first() -> None:
    early = {"use": f"{SHOP}:Early"}

    assert taken({"goalId": "Instant Demo"}, early).records[0].kind == "goal"
    assert taken({"goalId": "Instant Demo"}, early | {"before": "goal"}).records[0].kind == "early"
    assert taken({"goalId": "?"}, early | {"replaces": "goal"}).records[0].definition == "?"
    assert refusal({"goalId": "Instant Demo"}, {"remove": "goal"}).code == "jss.unclaimed"


def test_what_an_extension_refuses_or_passes_on_is_told() -> None:
    row = {"use": f"{SHOP}:Commerce"}
    refused = refusal({"commerceEventId": "7", "lines": []}, row)
    passed = refusal({"commerceEventId": "gift", "lines": [1]}, row)
    unfit = refusal({"commerceEventId": 7, "lines": [1]}, row)

    assert (refused.code, refused.detail) == ("jss.refused", "a cart without lines")
    assert "commerce: passed it on" in passed.detail
    assert "commerce: Expected `str`, got `int` - at `$.commerceEventId`" in unfit.detail


def test_a_body_is_any_type_that_msgspec_decodes_into() -> None:
    rows = ({"use": f"{SHOP}:Wishes"}, {"use": f"{SHOP}:Ratings"})
    wish = taken({"wish": "a rock"}, *rows).records[0]
    rating = taken({"stars": 5}, *rows, at=where(HOME)).records[0]

    assert (wish.kind, wish.data) == ("wish", {"what": "a rock"})
    assert rating.data == {"stars": 5, "where": HOME, "whose": "c" * 32}
    assert refusal({"stars": "5"}, *rows).code == "jss.unclaimed"


def test_what_a_processor_can_t_store_is_its_failure() -> None:
    at = where()
    args = TrackEventArgs({}, at)
    for wrong in (lambda: args.record(""), lambda: args.record("k" * 201), lambda: args.identify("crm", "")):  # fmt: skip
        with pytest.raises(ValueError, match="expected a"):
            wrong()
    for _ in range(RECORDS):
        args.record("more")
    with pytest.raises(ValueError, match="at most 100 records"):
        args.record("more")


def test_one_that_raises_is_told_with_its_trace_and_nothing_that_was_sent() -> None:
    problem = refusal({"boom": "secret-7"}, {"use": f"{SHOP}:Raising", "before": "event"})

    assert isinstance(problem, ProcessorFailed)
    assert (problem.status, problem.code) == (500, "jss.processor")
    assert problem.detail == "the processor 'raising' failed with ZeroDivisionError"
    assert "shop_processors.py" in problem.trace[-2]
    assert problem.trace[-1] == "ZeroDivisionError"
    assert "secret" not in "".join(problem.trace)


def test_what_a_processor_does_to_its_body_is_not_seen_by_the_next() -> None:
    [record] = taken({"goalId": "Instant Demo", "a": 1}, {"use": f"{SHOP}:Late"}).records

    assert record.extra == {"a": 1}


def test_a_contact_is_identified_with_the_event_that_says_so() -> None:
    outcome = taken({"crmId": "4711"}, {"use": f"{SHOP}:Identify"})

    assert outcome.identities == [("crm", "4711")]
    assert refusal({"crmId": ""}, {"use": f"{SHOP}:Identify"}).code == "jss.processor"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
CHAIN = chain((), ())
KEYS = ("eventId", "goalId", "outcomeId", "campaignId", "pageId", "url", "currencyCode", "monetaryValue")  # fmt: skip


@settings(deadline=None)
@given(VALUES | st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, VALUES)))
def test_whatever_comes_is_taken_or_refused_with_a_4xx(item: Any) -> None:
    refused: Problem | None = None
    records = []
    try:
        records = run(CHAIN, item, where()).records
    except Problem as problem:
        refused = problem

    assert len(records) == (refused is None)
    assert refused is None or (400 <= refused.status < 500 and refused.detail)

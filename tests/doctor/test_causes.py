"""What the doctor says of what was seen, without a browser. Each cause brought about by a page: e2e/doctor."""

import pytest

from pyrite.doctor.causes import CAUSES, findings
from pyrite.doctor.seen import Call, Request, Seen

EDGE = "https://edge.example/ee/v1/interact?configId=shop"


def page(**given: object) -> Seen:
    """A page whose tracking is well, but for what is *given*."""
    calls = [
        Call(number=1, command="configure", outcome="resolved"),
        Call(number=2, command="event", options={"viewStart": True}, outcome="resolved"),
    ]
    requests = [
        Request(url="https://shop.example/alloy.js", kind="script", status=200),
        Request(url=EDGE, kind="edge", status=200, is_json=True, site="same-site"),
    ]
    well = {"url": "https://shop.example/", "status": 200, "has_function": True, "is_running": True, "calls": calls, "requests": requests}  # fmt: skip
    return Seen(**{**well, **given})  # type: ignore[arg-type]


def told(seen: Seen) -> list[str]:
    return [one.cause for one in findings(seen)]


def test_nothing_is_said_of_a_page_whose_tracking_is_well() -> None:
    assert told(page()) == []


def test_what_follows_from_another_cause_is_not_told() -> None:
    assert told(page(calls=[], requests=[], has_function=False, is_running=False)) == ["base_code_missing"]  # fmt: skip
    refused = [Request(url=EDGE, kind="edge", failure="net::ERR_NAME_NOT_RESOLVED")]
    assert told(page(requests=refused, delivery={"dropped": {"too_old": 1}})) == ["edge_not_reached"]  # fmt: skip


def test_events_that_were_dropped_are_told_by_their_reason() -> None:
    [found] = findings(page(delivery={"dropped": {"too_large": 2, "refused": 1}}))

    assert (found.cause, found.evidence) == ("events_dropped", "2 events: too_large")


def test_of_many_proofs_three_are_told() -> None:
    [found] = findings(page(errors=[f"ReferenceError: alloy is not defined ({n})" for n in range(5)]))  # fmt: skip

    assert found.cause == "base_code_late"
    assert found.evidence.count("ReferenceError") == 3
    assert found.evidence.endswith("(and 2 more)")


def test_a_clock_that_is_a_little_wrong_is_right() -> None:
    def off(seconds: float) -> Seen:
        asked = Request(url=EDGE, kind="edge", status=200, is_json=True, off_s=seconds)
        return page(requests=[*page().of("script"), asked])

    assert told(off(-250)) == []
    assert told(off(-3600)) == ["clock_wrong"]
    assert findings(off(-3600))[0].evidence == "the page's clock is -3600 s from the edge's"


@pytest.mark.parametrize("word", ["'out'", "'n'"])
def test_the_last_choice_counts(word: str) -> None:
    def chosen(*choices: str) -> Seen:
        more = [Call(number=3 + n, command="setConsent", options={"consent": [choice]}, outcome="resolved") for n, choice in enumerate(choices)]  # fmt: skip
        return page(calls=[*page().calls, *more], config={"defaultConsent": "pending"})

    assert told(chosen(word.strip("'"))) == ["consent_declined"]
    assert told(chosen(word.strip("'"), "in")) == []
    assert told(page(config={"defaultConsent": "pending"})) == ["consent_pending"]


def test_every_cause_says_what_to_do_and_has_a_name_of_its_own() -> None:
    assert len({cause.name for cause in CAUSES}) == len(CAUSES) >= 20
    assert all(len(cause.remedy) > 10 for cause in CAUSES)

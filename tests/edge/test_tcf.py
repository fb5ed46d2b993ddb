"""Consent by the IAB's framework, as Adobe's edge reads it, and as the tracker hands it on."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from asked import handles, post
from starlette.testclient import TestClient

from pyrite.core.errors import ConsentError
from pyrite.edge.adobe.tcf import general

Maker = Callable[..., TestClient]

# Of adobe/alloy's own tests, which ran against Adobe's edge.
GIVEN = "CO052l-O052l-DGAMBFRACBgAIBAAAAAAIYgEawAQEagAAAA"
NO_PURPOSE_1 = "CO052oTO052oTDGAMBFRACBgAABAAAAAAIYgEawAQEagAAAA"
NO_PURPOSE_10 = "CO052kIO052kIDGAMBFRACBgAIAAAAAAAIYgEawAQEagAAAA"
NO_ADOBE = "CO052qdO052qdDGAMBFRACBgAIBAAAAAAIYgAAoAAAAA"


def record(value: Any, **more: Any) -> dict[str, Any]:
    return {"standard": "IAB TCF", "version": "2.0", "value": value, **more}


def text_of(*, purposes: set[int], vendors: set[int], ranges: bool, last: int = 700) -> str:
    """A consent text, written as the framework describes it."""
    bits = f"{2:06b}" + "0" * 146
    bits += "".join("1" if number in purposes else "0" for number in range(1, 25))
    bits += "0" * 24 + "0" + "0" * 12 + f"{last:016b}" + ("1" if ranges else "0")
    if ranges:
        bits += f"{len(vendors):012b}"
        bits += "".join(
            f"1{id:016b}{id:016b}" if id % 2 else f"0{id:016b}" for id in sorted(vendors)
        )
    else:
        bits += "".join("1" if id in vendors else "0" for id in range(1, last + 1))
    bits += "0" * (-len(bits) % 6)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(alphabet[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6))


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        (GIVEN, {"gdprApplies": True}, "in"),
        (GIVEN, {"gdprApplies": True, "gdprContainsPersonalData": True}, "in"),
        (GIVEN + ".IFukWSQh", {}, "in"),
        (NO_PURPOSE_10, {"gdprApplies": True}, "in"),
        (NO_PURPOSE_1, {"gdprApplies": True}, "out"),
        (NO_PURPOSE_1, {}, "out"),
        (NO_PURPOSE_1, {"gdprApplies": False}, "in"),
        (NO_ADOBE, {"gdprApplies": True}, "out"),
        (NO_ADOBE, {"gdprApplies": False}, "in"),
    ],
)
def test_consent_is_in_with_purpose_1_and_adobe_or_where_the_gdpr_does_not_apply(
    value: str, more: dict[str, bool], expected: str
) -> None:
    assert general([record(value, **more)]) == expected


@pytest.mark.parametrize("ranges", [False, True])
def test_any_text_of_the_framework_is_read(ranges: bool) -> None:
    chance = random.Random(7)
    for _ in range(100):
        purposes = {number for number in range(1, 11) if chance.random() < 0.5}
        vendors = {chance.choice((1, 2, 564, 565, 566, 700)) for _ in range(3)}
        text = text_of(purposes=purposes, vendors=vendors, ranges=ranges)
        expected = "in" if 1 in purposes and 565 in vendors else "out"

        assert general([record(text)]) == expected


def test_one_record_that_declines_is_enough() -> None:
    adobe = {"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}

    assert general([adobe, record(NO_ADOBE)]) == "out"
    assert general([record(GIVEN), adobe]) == "in"
    assert general([record(GIVEN), {**adobe, "value": {"general": "out"}}]) == "out"


@pytest.mark.parametrize(
    "wrong",
    [
        record(""),
        record(3),
        record("not base64!"),
        record("CO052l"),
        record("B" + GIVEN[1:]),
        record("C" + "_" * 100),
        record("C" * 1_000_000),
        record(GIVEN, version="6.9"),
        {"standard": "IAB", "version": "2.0", "value": GIVEN},
    ],
)
def test_what_is_no_consent_text_is_refused(edge: Maker, wrong: dict[str, Any]) -> None:
    response = post(edge(), "privacy/set-consent", {"consent": [wrong]})

    assert (response.status_code, response.json()["code"]) == (422, "consent.invalid") or (
        response.status_code == 413
    )
    with pytest.raises(ConsentError):
        general([wrong])


def test_the_edge_answers_with_what_the_text_amounts_to(edge: Maker) -> None:
    client = edge()
    stored = [
        handles(post(client, "privacy/set-consent", {"consent": [record(value)]}), "state:store")
        for value in (GIVEN, NO_ADOBE)
    ]

    assert [entry["value"] for entry in stored[0] if entry["key"].endswith("consent")] == [
        "general=in"
    ]
    assert [(entry["key"], entry["value"]) for entry in stored[1]] == [
        ("kndctr_ORG_AdobeOrg_consent", "general=out")
    ]

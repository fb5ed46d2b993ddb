"""GUIDs in every form that Sitecore writes them in are one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyrite.edge.guids import normal

ONE = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        ONE.lower(),
        "110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9",
        "110d559fdea542ea9c1c8a5df7e70ef9",
        "{110d559fDEA542EA9C1C8A5DF7E70EF9}",
        f" {ONE}\n",
    ],
)
def test_long_or_short_with_braces_or_without_in_either_case(text: str) -> None:
    assert normal(text) == ONE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Instant Demo",
        ONE[:-1],
        ONE[1:],
        ONE.replace("1", "g"),
        ONE.replace("-", "", 1),
        ONE + ONE,
        "{" + ONE + "}",
        "１１０D559F-DEA5-42EA-9C1C-8A5DF7E70EF9",
    ],
)
def test_what_is_none_is_none(text: str) -> None:
    assert normal(text) == ""


@settings(deadline=None)
@given(st.uuids())
def test_every_guid_is_the_same_in_each_form(guid: object) -> None:
    text = str(guid)

    assert normal(text) == normal(text.replace("-", "").upper()) == "{" + text.upper() + "}"

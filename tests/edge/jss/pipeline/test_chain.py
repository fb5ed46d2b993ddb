"""The order of processors: the five kinds, installed packages, and the rows of the settings."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from pyrite.edge.jss.pipeline.chain import GROUP, chain
from pyrite.edge.settings import JssProcessor, SettingsError

KINDS = ["event", "goal", "outcome", "campaign", "page"]
SHOP = "shop_processors"


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])


def names(*rows: dict[str, str], installed: Any = ()) -> list[str]:
    steps = chain([JssProcessor(**row) for row in rows], installed)
    return [step.name for step in steps]


def test_without_a_word_the_five_kinds_are_there() -> None:
    assert names() == KINDS
    assert [step.name for step in chain()] == KINDS


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"use": f"{SHOP}:Commerce"}], [*KINDS, "commerce"]),
        ([{"use": f"{SHOP}:Commerce", "before": "event"}], ["commerce", *KINDS]),
        ([{"use": f"{SHOP}:Commerce", "after": "event"}], ["event", "commerce", *KINDS[1:]]),
        ([{"use": f"{SHOP}:Commerce", "replaces": "goal"}], KINDS),
        ([{"remove": "campaign"}], ["event", "goal", "outcome", "page"]),
        (
            [{"use": f"{SHOP}:Commerce"}, {"use": f"{SHOP}:Early", "before": "commerce"}],
            [*KINDS, "early", "commerce"],
        ),
        ([{"remove": "goal"}, {"use": f"{SHOP}:Early"}], ["event", "outcome", "campaign", "page", "early"]),
    ],
)  # fmt: skip
def test_rows_change_the_order_one_after_the_other(
    rows: list[dict[str, str]], expected: list[str]
) -> None:
    assert names(*rows) == expected


def test_what_replaces_another_has_its_place_and_name() -> None:
    steps = chain([JssProcessor(use=f"{SHOP}:Early", replaces="goal")], ())

    assert steps[1].name == "goal"
    assert type(steps[1].processor).__name__ == "Early"


def test_installed_packages_come_first_where_their_class_says() -> None:
    points = [
        EntryPoint("b", f"{SHOP}:Commerce", GROUP),
        EntryPoint("a", f"{SHOP}:Late", GROUP),
    ]

    assert names(installed=points) == ["late", *KINDS, "commerce"]
    assert names({"remove": "late"}, installed=points) == [*KINDS, "commerce"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"use": "no.such:Thing"}, "jss.processors[0].use: can't import 'no.such:Thing': ModuleNotFoundError"),
        ({"use": f"{SHOP}:Nothing"}, "jss.processors[0].use: can't import 'shop_processors:Nothing': AttributeError"),
        ({"use": f"{SHOP}:NOT_ONE"}, "jss.processors[0].use: expected a subclass of pyrite.edge.jss.TrackEvent"),
        ({"use": f"{SHOP}:NeedsArguments"}, "can't be made without arguments: TypeError"),
        ({"use": f"{SHOP}:Undecodable"}, "jss.processors[0]: msgspec can't decode into its type"),
        ({"use": f"{SHOP}:Commerce", "before": "gaol"}, "jss.processors[0].before: no processor 'gaol'; there are event, goal, outcome, campaign, page (did you mean 'goal'?)"),
        ({"remove": "commerce"}, "jss.processors[0].remove: no processor 'commerce'"),
    ],
)  # fmt: skip
def test_a_row_that_can_t_be_is_told(row: dict[str, str], expected: str) -> None:
    with pytest.raises(SettingsError) as raised:
        names(row)

    assert expected in str(raised.value)


def test_two_of_one_name_are_told() -> None:
    with pytest.raises(SettingsError, match="there is a processor 'commerce' already"):
        names({"use": f"{SHOP}:Commerce"}, {"use": f"{SHOP}:Commerce"})

"""web/docs/ibexa.md names tests for each cell of the vendor's table and for each feature, and they are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "web" / "docs" / "ibexa.md").read_text()
TECHNIQUES = ["pixel", "server-side", "page bottom", "asynchronous", "JSONP", "proxy"]
PROBLEMS = ["Not blocked, and wishes kept", "Works without JavaScript", "Works behind a cache", "Does not delay the page", "Authentication"]  # fmt: skip
NAMED = re.compile(r"`((?:tests|e2e)/[\w/]+\.py)::(\w+)`")
TABLE = PAGE.partition("## The vendor's table")[2].partition("## Feature by feature")[0]
FEATURES = PAGE.partition("## Feature by feature")[2]
UNTESTED = "no test"  # said where nothing shows it


def test_every_test_that_is_named_is_there() -> None:
    named = NAMED.findall(PAGE)
    missing = [name for file, name in named if f"def {name}(" not in (ROOT / file).read_text()]

    assert missing == []


@pytest.mark.parametrize("problem", PROBLEMS)
def test_each_cell_of_the_vendors_table_names_its_tests_or_says_that_there_are_none(
    problem: str,
) -> None:
    section = TABLE.partition(f"### {problem}\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", section, re.M)[1:]

    assert [technique for technique, _, _ in rows] == TECHNIQUES
    for technique, answer, shown in rows:
        assert answer.startswith("yes") == bool(NAMED.search(shown)), technique
        assert answer.startswith("yes") or UNTESTED in shown, technique


def test_each_feature_names_its_tests_or_says_that_there_are_none() -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]*) \|$", FEATURES, re.M)

    assert [int(number) for number, _ in rows] == list(range(1, 21))
    assert [number for number, shown in rows if not NAMED.search(shown) and UNTESTED not in shown] == []  # fmt: skip

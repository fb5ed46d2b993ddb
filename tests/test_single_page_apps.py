"""web/docs/single-page-apps.md: what its table says works has a test, which is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "web" / "docs" / "single-page-apps.md").read_text()
SECTION = PAGE.partition("\n## What works\n")[2].partition("\n## ")[0]
TESTS = dict(re.findall(r"\*\*(\w)\*\*\s+(?:is\s+)?`((?:tests|e2e)/[\w/]+\.py::\w+)`", SECTION))
ROWS = [line.strip("| ").split(" | ") for line in SECTION.splitlines() if line.startswith("| ")][2:]


def test_every_named_test_is_there() -> None:
    named = [name.split("::") for name in TESTS.values()]
    missing = [name for file, name in named if f"def {name}(" not in (ROOT / file).read_text()]

    assert sorted(TESTS) == ["H", "O", "P", "R", "V"]
    assert missing == []


def test_every_cell_has_a_test_or_says_why_not() -> None:
    cells = [cell for row in ROWS for cell in row[1:]]
    bare = [cell for cell in cells if cell.startswith("works") and "(" not in cell]
    letters = {letter for cell in cells for found in re.findall(r"\(([A-Z, ]+)\)", cell) for letter in found.split(", ")}  # fmt: skip

    assert [row[0] for row in ROWS if len(row) != 7] == []
    assert len(ROWS) >= 11
    assert bare == []
    assert letters <= set(TESTS)

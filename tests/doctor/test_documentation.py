"""The page of the documentation has every cause, with what to do."""

import re
from pathlib import Path

from pyrite.doctor.causes import CAUSES

TEXT = (Path(__file__).parents[2] / "web" / "docs" / "when-nothing-arrives.md").read_text(encoding="utf-8")  # fmt: skip


def test_each_cause_stands_in_the_table_with_its_remedy() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.+) \|$", TEXT, re.MULTILINE))

    assert rows == {cause.name: cause.remedy for cause in CAUSES}

"""Every case of this folder in every lane it names; support/cases.py says what a case's keys mean."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support.cases import Case, Run, cases
from support.site import Site

# Cases that do not end well yet: `--runxfail` runs them too. A name leaves this list with what mends it.
NOT_YET = """
"""


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(run=False)] if case.name in NOT_YET.split() else []


EACH = [
    pytest.param(case, lane, id=f"{case.name}-{lane}", marks=_marks(case))
    for case in cases(Path(__file__).parent)
    for lane in case.lanes
]


@pytest.mark.parametrize(("case", "lane"), EACH)
def test_a_case_ends_as_it_says(case: Case, lane: str, browser: Browser, tmp_path: Path) -> None:
    with Site(tmp_path, lane=lane) as site:
        run = Run(case, site)
        try:
            if case.page is None:
                run.send()
            else:
                run.visit(browser, case.page)
            run.check()
        finally:
            run.close()

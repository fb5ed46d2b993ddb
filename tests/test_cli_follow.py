"""`pyrite follow`: what it shows, and what it says of what can't be."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pyrite.cli import app

RUN = CliRunner()
RULES = """upstream = "https://edge.example"
customer = "00000"
item_ids = "text"
fields = ["pyrite_fpid"]
[[views]]
path = '/product/(?P<item>.+)'
itemtype = 1
"""
LINE = '203.0.113.9 - - [27/Nov/2026:22:43:09 +0000] "GET /product/%s HTTP/1.1" 200 5 "-" "%s" "device-4711"\n'


@pytest.fixture
def site(tmp_path: Path) -> list[str]:
    """The arguments for a log with two views, one of which would act on a terminal, a robot's and a bad line."""
    (tmp_path / "rules.toml").write_text(RULES)
    lines = [LINE % ("7", "Firefox"), LINE % ("%1B%5B31m", "Firefox"), LINE % ("8", "Googlebot/2.1")]  # fmt: skip
    (tmp_path / "access.log").write_text("".join(lines) + "rubbish\n")
    return ["follow", str(tmp_path / "access.log"), "--rules", str(tmp_path / "rules.toml")]


def test_a_dry_run_shows_what_would_be_sent_and_leaves_nothing_behind(
    site: list[str], tmp_path: Path
) -> None:
    result = RUN.invoke(app, [*site, "--state", str(tmp_path / "state"), "--dry-run"])
    shown = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert [(one["kind"], one["itemtype"], one["item"]) for one in shown] == [("click", 1, "7"), ("click", 1, "\x1b[31m")]  # fmt: skip
    assert "4 lines: 2 views, 1 bad, 1 left out (1 robot)" in result.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["access.log", "rules.toml"]


def test_what_is_shown_names_no_user_and_does_not_act_on_the_terminal(site: list[str]) -> None:
    result = RUN.invoke(app, [*site, "--dry-run"])

    assert "4711" not in result.output
    assert "\x1b" not in result.output


def test_the_same_line_has_the_same_id_in_every_run(site: list[str]) -> None:
    runs = [RUN.invoke(app, [*site, "--dry-run"]).stdout for _ in range(2)]

    assert runs[0] == runs[1]
    assert len({json.loads(line)["eid"] for line in runs[0].splitlines()}) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["--format", "clf"], "expected one of combined, varnish, json"),
        (["--rules", "none.toml"], "none.toml: No such file"),
    ],
    ids=["format", "rules"],
)
def test_what_can_not_be_is_told(site: list[str], changed: list[str], said: str) -> None:
    result = RUN.invoke(app, [*site, *changed, "--once"])

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_log_that_is_not_there_is_told(site: list[str], tmp_path: Path) -> None:
    (tmp_path / "access.log").unlink()
    result = RUN.invoke(app, [*site, "--once"])

    assert (result.exit_code, "access.log: No such file" in result.stderr) == (2, True)

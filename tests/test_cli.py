"""The command line: what it prints, and what it says when something is wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pyrite.cli import app
from pyrite.stores.contract import Batch, Event
from pyrite.stores.sqlite import SqliteStore

RUN = CliRunner()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = SqliteStore(tmp_path / "data")
    for number in range(2):
        event = Event(
            datastream="shop",
            id=f"e{number}",
            type="view",
            url="https://a.test/p",
            visitor="visitor-1",
            made_ms=1000,
            received_ms=2000,
            body='{"xdm":{"_id":"e"},"data":{"name":"ü [bold] 😀"}}',
        )
        store.submit(Batch(events=(event,))).result(5)
    store.close()
    return tmp_path / "data"


def test_events_are_printed_one_a_line_newest_last(data: Path) -> None:
    result = RUN.invoke(app, ["events", "--json", "--data", str(data)])
    lines = [json.loads(line) for line in result.stdout.splitlines()]

    assert [line["id"] for line in lines] == ["e0", "e1"]
    assert lines[0]["made"] == "1970-01-01T00:00:01.000Z"
    assert lines[0]["data"] == {"name": "ü [bold] 😀"}


def test_only_newer_events_are_printed_when_asked_for(data: Path) -> None:
    result = RUN.invoke(app, ["events", "--json", "--data", str(data), "--after", "1"])

    assert [json.loads(line)["seq"] for line in result.stdout.splitlines()] == [2]


def test_a_line_for_people_shows_markup_as_it_came(data: Path) -> None:
    result = RUN.invoke(app, ["events", "--data", str(data)])

    assert "name=ü [bold] 😀" in result.stdout


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["events", "--data", str(tmp_path / "none")])

    assert result.exit_code == 2
    assert "there is no such folder" in result.stderr


def test_a_wrong_setting_is_told_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyrite.cli._ensure_built", lambda: None)
    config = tmp_path / "pyrite.toml"
    config.write_text("[edge]\nprot = 1\n")
    result = RUN.invoke(app, ["serve", "--config", str(config)])

    assert result.exit_code == 2
    assert "pyrite.toml:2: unknown key 'edge.prot'" in result.stderr.replace("\n", "")


def test_a_build_does_not_empty_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    result = RUN.invoke(app, ["build", "--out", str(tmp_path)])

    assert result.exit_code == 2
    assert (tmp_path / "precious").exists()

"""What the command line prints of JSS: events with their session's class, sessions, doctor, and links undone."""

import json
from pathlib import Path
from typing import Any

import pytest
from service import DEFINITIONS, FLUSH, GLOBAL, HUMAN, KEY, PAGE, track
from starlette.testclient import TestClient
from typer.testing import CliRunner

import pyrite
from pyrite.cli import app
from pyrite.cli.serving import what_was_read

RUN = CliRunner()
CONFIG = """
[jss]
enabled = true
definitions = "{folder}/definitions.toml"
[jss.keys."{key}"]
origins = "{page}"
[[jss.processors]]
use = "pyrite.edge.jss.example:Identify"
"""


@pytest.fixture
def config(built: Path, tmp_path: Path) -> Path:
    (tmp_path / "definitions.toml").write_text(DEFINITIONS)
    path = tmp_path / "pyrite.toml"
    path.write_text(CONFIG.format(folder=tmp_path, key=KEY, page=PAGE))
    return path


@pytest.fixture
def contact(config: Path, tmp_path: Path) -> str:
    """A human who has met a goal, said who they are, and ended the session; and one event of nobody known."""
    with TestClient(pyrite.edge(config=config, data=tmp_path / "data")) as client:
        client.get(HUMAN)
        assert track(client, [{"goalId": "Instant Demo"}, {"identify": "4711"}]).status_code == 204
        client.get(FLUSH)
        found = client.cookies[GLOBAL].partition("|")[0]
        client.cookies.clear()
        track(client, {"eventId": "Download"})
    return found


def run(*words: str, config: Path, status: int = 0) -> Any:
    data = ["--data", str(config.parent / "data"), "--config", str(config)]
    result = RUN.invoke(app, [*words, *(data[:2] if words[0] == "events" else data)])
    assert result.exit_code == status, result.output
    return result


def lines(*words: str, config: Path, status: int = 0) -> list[Any]:
    return [
        json.loads(line) for line in run(*words, config=config, status=status).stdout.splitlines()
    ]


def test_events_say_their_kind_session_class_and_way(config: Path, contact: str) -> None:
    goal, identify, download = lines("events", "--json", config=config)

    assert goal["jss"]["definition"] == "Instant Demo"
    assert (goal["source"], goal["way"], goal["robot"]) == ("jss", "server", False)
    assert goal["session"] == identify["session"] != download["session"]
    assert (identify["jss"]["kind"], identify["jss"].get("extra")) == ("identify", None)
    assert download["robot"] is None
    assert "jss.goal" in run("events", config=config).stdout


def test_sessions_are_listed_once_their_contact_is_identified(config: Path, contact: str) -> None:
    first, second = lines("sessions", "--json", config=config)

    assert set(first) >= {
        "id", "contact", "started", "last", "ended", "how", "robot", "campaign", "pages", "events", "value", "listed",
    }  # fmt: skip
    assert (first["contact"], first["how"], first["listed"], first["value"]) == (contact, "flushed", True, 10)  # fmt: skip
    assert (second["robot"], second["listed"]) == (None, False)

    run("unlink", contact, config=config)
    assert [one["listed"] for one in lines("sessions", "--json", config=config)] == [False, False]


def test_doctor_says_why_and_what_to_do(config: Path, contact: str) -> None:
    [cause] = lines("doctor", "--json", config=config, status=1)

    assert cause["cause"] == "robot"
    assert "/human.js" in run("doctor", config=config, status=1).stdout
    assert lines("doctor", "--json", "--visitor", contact[:8], config=config) == []
    said = run("doctor", "--visitor", contact, "--key", KEY, "--origin", PAGE, config=config)
    assert "nothing is wrong" in said.stdout


def test_an_export_has_the_sessions_and_an_erasure_takes_them(config: Path, contact: str) -> None:
    kinds = {one["kind"] for one in lines("export", contact, "--yes", config=config)}
    run("erase", contact, "--yes", config=config)

    assert {"event", "visitor", "session"} <= kinds
    assert [one["type"] for one in lines("events", "--json", config=config)] == ["jss.event"]
    assert len(lines("sessions", "--json", config=config)) == 1


def test_a_server_says_what_its_service_goes_by(config: Path, tmp_path: Path) -> None:
    state = pyrite.edge(config=config, data=tmp_path / "data").state
    assert "jss           1 key; 5 definitions in " in what_was_read(state, config, tmp_path)

    (tmp_path / "definitions.toml").write_text("[goals.A]\nid = 'x'\n")
    assert "1 key; a mistake in " in what_was_read(state, config, tmp_path)

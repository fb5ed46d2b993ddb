"""`pyrite sessions` and `pyrite unlink`, and what export and erase make of sessions and links."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from pyrite.cli import app
from pyrite.stores.contract import IDENTIFY, Batch, Event, Link, SessionStep, Visit
from pyrite.stores.sqlite import SqliteStore

EVENT = Event(
    datastream="jss", id="e1", type="jss.goal", url="", visitor="contact-1", made_ms=1, received_ms=2, source="jss",
    way="fetch", body='{"xdm":{},"jss":{"kind":"goal","definition":"\\u001b]0;x\\u0007Instant Demo","extra":{}}}',
)  # fmt: skip
STEP = SessionStep(
    datastream="jss", source="jss", visitor="contact-1", id="s1", at_ms=0, idle_ms=1000
)


def run(*arguments: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result.output


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two contacts, of whom one is identified; three sessions, of which one is open."""
    store = SqliteStore(tmp_path / "data")
    later_ms = 10**14
    link = Link(datastream="jss", source="contact-1", target="crm:4711", made_ms=5, how=IDENTIFY)
    for batch in (
        Batch(events=(EVENT,), session=replace(STEP, robot=False, campaign="{C}"), links=(link,)),
        Batch(events=(replace(EVENT, id="e2", visitor="contact-2", value=5.0, is_view=True),),
              session=replace(STEP, id="s2", visitor="contact-2", at_ms=1, robot=True)),
        Batch(events=(replace(EVENT, id="e3"),), session=replace(STEP, id="s3", at_ms=later_ms)),
        *[Batch(visit=Visit(datastream="jss", visitor=f"contact-{n}", seen_ms=n)) for n in (1, 2)],
    ):  # fmt: skip
        store.submit(batch).result(5)
    store.close()
    return tmp_path / "data"


def test_sessions_say_whose_they_are_how_they_ended_and_whether_profiles_list_them(
    data: Path,
) -> None:
    first, second, third = records(run("sessions", "--json", "--data", data))

    assert first == {
        "id": "s1", "datastream": "jss", "source": "jss", "visitor": "contact-1", "contact": "contact-1",
        "started": "1970-01-01T00:00:00.000Z", "last": "1970-01-01T00:00:00.000Z", "ended": "1970-01-01T00:00:01.000Z",
        "how": "idle", "robot": False, "campaign": "{C}", "pages": 0, "events": 1, "value": 0.0, "listed": True,
    }  # fmt: skip
    assert (second["robot"], second["pages"], second["value"], second["listed"]) == (
        True,
        1,
        5.0,
        False,
    )
    assert (third["how"], third["ended"], third["listed"]) == ("", "", False)
    assert [one["id"] for one in records(run("sessions", "--json", "--open", "--data", data))] == [
        "s3"
    ]


def test_sessions_of_one_person_are_found_by_any_of_their_names(data: Path) -> None:
    for name in ("contact-1", "crm:4711", "crm:"):
        found = records(run("sessions", "--json", "--visitor", name, "--data", data))
        assert [one["id"] for one in found] == ["s1", "s3"]


def test_lines_for_people_are_for_people(data: Path) -> None:
    lines = run("sessions", "--data", data).splitlines()

    assert "human" in lines[0]
    assert "campaign {C}" in lines[0]
    assert "robot" in lines[1]
    assert "value 5" in lines[1]
    assert "open" in lines[2]
    events = run("events", "--data", data)
    assert "Instant Demo" in events
    assert "\x1b]0" not in events


def test_without_a_database_there_are_no_sessions_and_none_is_made(tmp_path: Path) -> None:
    assert "0 sessions in" in run("sessions", "--data", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unlink_makes_two_visitors_of_one_again(data: Path) -> None:
    assert "1 link of contact-1 undone" in run("unlink", "contact-1", "--data", data)
    assert "0 links of contact-1 undone" in run("unlink", "contact-1", "--data", data)
    assert "no visitor's id begins" in run(
        "sessions", "--visitor", "crm:4711", "--data", data, code=2
    )


def test_export_has_sessions_and_links_and_erase_takes_them_along(data: Path) -> None:
    kinds = [one["kind"] for one in records(run("export", "contact-1", "--yes", "--data", data))]
    assert sorted(set(kinds)) == ["event", "link", "session", "visitor"]
    assert kinds.count("link") == 1

    said = run("erase", "contact-1", "--yes", "--data", data)
    assert "2 sessions, 1 links" in said
    assert [one["id"] for one in records(run("sessions", "--json", "--data", data))] == ["s2"]

"""The command line: what it prints, and what it says when something is wrong."""

import json
from pathlib import Path

import pytest
from starlette.datastructures import State
from typer.testing import CliRunner

from pyrite.cli import app
from pyrite.cli.serving import what_was_read
from pyrite.edge.experiences import Experiences
from pyrite.edge.settings import Datastream, Edge, Settings
from pyrite.stores.contract import BadRow, Batch, Event
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
    monkeypatch.setattr("pyrite.cli.serving.ensure_built", lambda: None)
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


def test_an_edge_that_starts_says_what_it_has_read(tmp_path: Path) -> None:
    folder = tmp_path / "experiences"
    folder.mkdir()
    (folder / "good.toml").write_text(EXPERIENCE)
    (folder / "bad.toml").write_text("nmae = 1\n")
    settings = Settings(
        edge=Edge(origins=["https://shop.example"], experiences=str(folder)),
        datastreams={"shop": Datastream(), "blog": Datastream()},
    )
    state = State({"settings": settings, "experiences": Experiences(folder)})
    said = what_was_read(state, Path("pyrite.toml"), tmp_path / "data").splitlines()
    bare = State({"settings": Settings(), "experiences": Experiences(Path("none"))})

    assert said == [
        "  settings      pyrite.toml",
        f"  data          {tmp_path / 'data'}",
        "  origins       its own host, https://shop.example",
        "  data streams  blog, shop",
        f"  experiences   1 in {folder}: good; 1 mistakes, told above",
    ]
    assert "none: there is no pyrite.toml here" in what_was_read(bare, None, tmp_path)


EXPERIENCE = """name = "Warm welcome"
[goal]
type = "order"
[[variants]]
id = "old"
[[variants]]
id = "new"
[[variants.items]]
type = "setText"
selector = "h1"
content = "Hi"
"""


@pytest.fixture
def site(tmp_path: Path) -> list[str]:
    """Options that name a configured edge with an experiment that has run."""
    (tmp_path / "experiences").mkdir()
    (tmp_path / "experiences" / "welcome.toml").write_text(EXPERIENCE)
    (tmp_path / "pyrite.toml").write_text(
        f"[edge]\ndata = '{tmp_path / 'data'}'\nexperiences = '{tmp_path / 'experiences'}'\n"
    )
    store = SqliteStore(tmp_path / "data")
    events = []
    for number in range(200):
        variant = "new" if number % 2 else "old"
        record = {
            "scopeDetails": {
                "decisionProvider": "PYR",
                "activity": {"id": "welcome"},
                "experience": {"id": variant},
            }
        }
        decisioning = {"propositions": [record], "propositionEventType": {"display": 1}}
        shown = {"xdm": {"_experience": {"decisioning": decisioning}}}
        bodies = [("display", shown)]
        if number % 20 == 0 or (variant == "new" and number % 4 == 1):
            bodies.append(("order", {"xdm": {}}))
        for type, body in bodies:
            event = Event(
                datastream="shop", id=f"{type}{number}", type=type, url="", visitor=f"v{number}",
                made_ms=1000, received_ms=1000, body=json.dumps(body, separators=(",", ":")),
            )  # fmt: skip
            events.append(event)
    store.submit(Batch(events=tuple(events))).result(5)
    store.close()
    return ["--config", str(tmp_path / "pyrite.toml")]


def test_experiments_are_printed_as_a_table(site: list[str]) -> None:
    result = RUN.invoke(app, ["experiments", *site], env={"COLUMNS": "160"})

    assert result.exit_code == 0, result.stderr
    for piece in (
        "Warm welcome (welcome)  goal: order",
        "old",
        "baseline",
        "10.00%",
        "50.00%",
        "+40.00%",
        "●",
    ):
        assert piece in result.stdout


def test_experiments_are_printed_as_json(site: list[str]) -> None:
    result = RUN.invoke(app, ["experiments", "welcome", "--json", *site])
    record = json.loads(result.stdout)

    assert [(one["visitors"], one["conversions"]) for one in record["variants"]] == [
        (100, 10),
        (100, 50),
    ]
    assert record["variants"][1]["interval"][0] > 0
    assert record["warnings"] == []


def test_experiments_may_be_narrowed_down(site: list[str]) -> None:
    none = RUN.invoke(app, ["experiments", "--since", "2026-01-01", *site])
    other = RUN.invoke(app, ["experiments", "welcme", *site])

    assert "no display of an experience is stored yet" in none.stdout
    assert other.exit_code == 2
    assert "did you mean 'welcome'?" in other.stderr


def test_a_preview_link_is_printed_for_what_there_is(site: list[str]) -> None:
    page = ["--url", "https://shop.test/?a=1"]
    link = RUN.invoke(app, ["preview", "welcome", "new", *page, *site])
    wrong = RUN.invoke(app, ["preview", "welcome", "nwe", *page, *site])

    assert link.stdout.startswith("https://shop.test/?a=1&pyrite_preview=")
    assert wrong.exit_code == 2
    assert "unknown variant 'nwe'; there are old, new (did you mean 'new'?)" in wrong.stderr


# ---- bad rows, and what belongs to one visitor ----------------------------------------------------------------------


@pytest.fixture
def rows(data: Path) -> Path:
    """The same store with two bad rows: one that could be read now, one that must be mended."""
    store = SqliteStore(data)
    bodies = (b'{"events": [{"xdm": {"_id": "late"}}]}', b'{"events": [{"xdm": {"_id": "torn"}}')
    for code, body in zip(("datastream.unknown", "body.json"), bodies, strict=True):
        row = BadRow(received_ms=86_400_000, code=code, path="$", message="why", url=URL, body=body)
        store.submit(Batch(bad_rows=(row,))).result(5)
    store.close()
    return data


URL = "/ee/v1/collect?configId=shop&requestId=r-1"


def run(*arguments: str | Path, code: int = 0) -> str:
    result = RUN.invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_bad_rows_are_listed_and_replayed_and_a_second_time_changes_nothing(rows: Path) -> None:
    listed = run("replay", "--list", "--data", rows)
    assert [line.split()[2] for line in listed.splitlines()] == ["datastream.unknown", "body.json"]

    said = run("replay", "--data", rows)
    assert "2 stays: body.json $ expected JSON" in said
    assert "1 of 2 rows replayed: 1 events stored, 0 had been before; 1 rows stay" in said
    assert "0 of 1 rows replayed" in run("replay", "--data", rows)
    assert len(run("events", "--json", "--data", rows).splitlines()) == 3


def test_bad_rows_are_chosen_by_id_reason_and_time(rows: Path) -> None:
    def listed(*options: str) -> int:
        return len(run("replay", "--list", "--data", rows, *options).splitlines())

    assert listed("--id", "1") == 1
    assert listed("--id", "1", "--id", "2") == 2
    assert listed("--code", "body.json") == 1
    assert listed("--since", "1970-01-02") == 2
    assert listed("--since", "1970-01-03") == 0
    assert listed("--until", "1970-01-02") == 0


def test_bad_rows_are_written_out_mended_and_taken_in(rows: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    run("replay", "--code", "body.json", "--export", file, "--data", rows)
    record = json.loads(file.read_text())
    assert record["body"] == '{"events": [{"xdm": {"_id": "torn"}}'
    file.write_text(json.dumps(record | {"body": record["body"] + "]}"}) + "\n")

    assert "1 of 1 rows replayed" in run("replay", "--mended", file, "--data", rows)
    assert '"id": "torn"' in run("events", "--json", "--data", rows)


def test_a_file_of_mended_rows_that_can_not_be_read_names_the_line(
    rows: Path, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": 1, "body": "{}"}\nnonsense\n')

    assert f"{file}:2: expected" in run("replay", "--mended", file, "--data", rows, code=2)


def test_all_of_one_visitor_is_printed_and_erased(data: Path) -> None:
    exported = [
        json.loads(line) for line in run("export", "visitor-1", "--data", data).splitlines()
    ]
    assert [record["kind"] for record in exported] == ["event", "event"]

    asked = RUN.invoke(app, ["erase", "visitor-1", "--data", str(data)], input="n\n")
    assert asked.exit_code == 1
    assert len(run("events", "--data", data).splitlines()) == 2
    assert "erased: 2 events, 0 bad rows" in run("erase", "visitor-1", "--yes", "--data", data)
    assert run("events", "--data", data) == run("export", "visitor-1", "--data", data) == ""

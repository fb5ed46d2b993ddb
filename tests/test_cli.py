"""The command line: what it prints, and what it says when something is wrong."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
from starlette.datastructures import State
from typer.testing import CliRunner

import pyrite
from pyrite.cli import app, terminal
from pyrite.cli.common import COMMANDS
from pyrite.cli.serving import what_was_read
from pyrite.edge.experiences.folder import Experiences
from pyrite.edge.settings import Datastream, Edge, Settings
from pyrite.stores.contract import BadRow, Batch, Event, Visit
from pyrite.stores.sqlite import SqliteStore

# gbstats asks for pandas below 2, which has no build for later Pythons: there the extra brings nothing.
with_statistics = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="gbstats is for Python 3.11"
)

RUN = CliRunner()


@pytest.fixture(autouse=True)
def as_wide_as_a_test_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take COLUMNS of each call, not of the process: runners of tests in parallel set it."""
    monkeypatch.setattr(terminal.out, "_width", None)


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
    assert lines[0]["source"] == "web"


def test_only_newer_events_are_printed_when_asked_for(data: Path) -> None:
    result = RUN.invoke(app, ["events", "--json", "--data", str(data), "--after", "1"])

    assert [json.loads(line)["seq"] for line in result.stdout.splitlines()] == [2]


def test_the_newest_fifty_are_printed_unless_all_are_asked_for(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    for at in range(0, 1200, 400):
        kinds = ["rare" if number < 3 else "view" for number in range(at, at + 400)]
        made = [hostile(id=f"e{at + n}", type=kind) for n, kind in enumerate(kinds)]
        store.submit(Batch(events=tuple(made))).result(5)
    store.close()

    def ids(*options: str) -> list[str]:
        lines = run("events", "--json", "--data", tmp_path, *options).splitlines()
        return [json.loads(line)["id"] for line in lines]

    assert ids() == [f"e{number}" for number in range(1150, 1200)]
    assert ids("--all") == [f"e{number}" for number in range(1200)]
    assert ids("--after", "1190") == [f"e{number}" for number in range(1190, 1200)]
    assert ids("--type", "rare") == ["e0", "e1", "e2"]  # however long ago that was


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


@with_statistics
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


@with_statistics
def test_experiments_are_printed_as_json(site: list[str]) -> None:
    result = RUN.invoke(app, ["experiments", "welcome", "--json", *site])
    record = json.loads(result.stdout)

    assert [(one["visitors"], one["conversions"]) for one in record["variants"]] == [
        (100, 10),
        (100, 50),
    ]
    assert record["variants"][1]["interval"][0] > 0
    assert record["warnings"] == []


def test_of_an_experience_that_cant_be_read_nothing_is_claimed(
    site: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "experiences" / "welcome.toml"
    file.write_text(file.read_text().replace("[goal]", "[gaol]"))
    printed = RUN.invoke(app, ["experiments", *site], env={"COLUMNS": "160"})
    record = json.loads(RUN.invoke(app, ["experiments", "--json", *site]).stdout)

    assert "welcome.toml:2: file: object contains unknown field `gaol`" in caplog.text
    assert "goal: unknown" in printed.stdout
    assert "what counts as success is not known" in printed.stdout
    assert "conversions  " not in printed.stdout
    assert [one["visitors"] for one in record["variants"]] == [100, 100]
    assert [one["conversions"] for one in record["variants"]] == [None, None]
    assert [one["difference"] for one in record["variants"]] == [None, None]


@with_statistics
def test_what_the_edge_had_in_force_outlives_its_folder(site: list[str], tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    Experiences(tmp_path / "experiences", store=store).rules()
    store.close()
    (tmp_path / "experiences" / "welcome.toml").unlink()
    result = RUN.invoke(app, ["experiments", *site], env={"COLUMNS": "160"})

    for piece in ("Warm welcome (welcome)  goal: order", "10.00%", "50.00%", "+40.00%"):
        assert piece in result.stdout


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
    assert run("events", "--data", data) == f"0 events in {data}\n"
    assert "no visitor's id begins with 'visitor-1'" in run(
        "export", "visitor-1", "--data", data, code=2
    )


# ---- whose it is -------------------------------------------------------------------------------------------------------

ECID = "12345678901234567890123456789012345678"
ADA, EVE = "d997fe05-1111-4222-8333-444455556666", "e1e2e3e4-1111-4222-8333-444455556666"


@pytest.fixture
def visitors(tmp_path: Path) -> Path:
    """Ada, Eve who sends Ada's ECID too, an e of an earlier version, and a bad row of each of the first two."""
    store = SqliteStore(tmp_path / "data")
    for name in (ADA, EVE, "e"):
        event = Event(
            datastream="shop", id=f"of-{name}", type="view", url="", visitor=name, made_ms=1, received_ms=1,
            body='{"xdm":{}}',
        )  # fmt: skip
        visit = Visit(datastream="shop", visitor=name, seen_ms=1, ecid="" if name == "e" else ECID)
        row = BadRow(
            received_ms=1, code="c", path="", message="", url="", body=b'"e"', visitor=name, ecid=visit.ecid
        )  # fmt: skip
        rows = () if name == "e" else (row,)
        store.submit(Batch(events=(event,), visit=visit, bad_rows=rows)).result(5)
    store.close()
    return tmp_path / "data"


def told(output: str) -> list[tuple[str, str]]:
    records = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [(record["kind"], record["visitor"]) for record in records]


def test_one_visitor_gets_what_is_theirs_whole_ids_and_not_parts_compared(visitors: Path) -> None:
    assert told(run("export", "e", "--data", visitors)) == [("event", "e"), ("visitor", "e")]
    assert "erased: 1 events, 0 bad rows, 1 visitors" in run(
        "erase", "e", "--yes", "--data", visitors
    )
    assert "no visitor has the id 'e'" in run("erase", "e", "--yes", "--data", visitors, code=2)
    assert len(run("replay", "--list", "--data", visitors).splitlines()) == 2


def test_the_beginning_of_one_id_is_enough_and_that_of_several_or_none_is_refused(
    visitors: Path,
) -> None:
    for shorter in (ADA[:8], ADA[:20], ADA):
        assert told(run("export", shorter, "--data", visitors)) == [
            ("event", ADA), ("visitor", ADA), ("bad row", ADA)
        ]  # fmt: skip
    store = SqliteStore(visitors)
    store.submit(Batch(visit=Visit(datastream="shop", visitor=ADA[:9] + "x", seen_ms=1))).result(5)
    store.close()
    for command in ("export", "erase"):
        several = run(command, ADA[:8], "--yes", "--data", visitors, code=2)
        assert f"{ADA[:8]!r} is the beginning of several ids: {ADA}, {ADA[:9]}x" in several
        assert "begins with 'ffffffff'" in run(
            command, "ffffffff", "--yes", "--data", visitors, code=2
        )
        assert "no visitor has the id ''" in run(command, "", "--yes", "--data", visitors, code=2)
    assert "erased: 1 events, 1 bad rows" in run("erase", ADA[:13], "--yes", "--data", visitors)


@pytest.mark.parametrize("command", ["export", "erase"])
def test_devices_behind_an_ecid_are_listed_and_need_a_persons_word(
    visitors: Path, command: str
) -> None:
    for given in ("", "n\n"):
        asked = RUN.invoke(app, [command, ECID, "--data", str(visitors)], input=given)
        assert asked.exit_code == 1
        assert "{" not in asked.stdout
        assert f"{ADA}  1 events, first on 1970-01-01" in asked.stderr
        assert EVE in asked.stderr
    confirmed = run(command, ECID[:10], "--yes", "--data", visitors)
    if command == "export":
        assert {visitor for _, visitor in told(confirmed)} == {ADA, EVE}
    else:
        assert "erased: 2 events, 2 bad rows, 2 visitors" in confirmed


# ---- what comes from outside ---------------------------------------------------------------------------------------------

HOSTILE = "\x1b]0;owned\x07\x9b2J\x7f\u202egnp\u2028[red]x[/red][/x]:smile:\\\n"


def hostile(**more: Any) -> Event:
    values: dict[str, Any] = {
        "datastream": "shop", "id": HOSTILE, "type": HOSTILE, "url": f"https://a.test/{HOSTILE}", "visitor": HOSTILE,
        "made_ms": 1, "received_ms": 1, "body": json.dumps({"xdm": {}, "data": {HOSTILE: HOSTILE}}),
    }  # fmt: skip
    return Event(**values | more)


def test_nothing_that_is_stored_acts_on_the_terminal(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    row = BadRow(
        received_ms=1, code=HOSTILE, path=HOSTILE, message=HOSTILE, url=HOSTILE, body=HOSTILE.encode(), visitor=HOSTILE
    )  # fmt: skip
    store.submit(Batch(events=(hostile(),), bad_rows=(row,))).result(5)
    store.close()
    data = ["--data", str(tmp_path / "data")]
    printed = [
        run("events", *data),
        run("events", "--json", *data),
        run("replay", "--list", *data),
        run("replay", *data),
        run("export", HOSTILE, *data),
        run("export", f"{HOSTILE}?", *data, code=2),
        run("erase", HOSTILE, *data, code=1),
        run("erase", HOSTILE, "--yes", *data),
    ]
    for text in printed:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text), ascii(text)

    assert "\\x1b]0;owned\\x07\\x9b2J\\x7f\\u202egnp\\u2028[red]x[/red][/x]:smile:" in printed[0]
    assert json.loads(printed[1])["data"] == {HOSTILE: HOSTILE}
    assert len(printed[0].splitlines()) == 1


ODD = [
    '{"xdm": {"web": "x"}}',
    '{"xdm": {"web": {"webInteraction": "x"}}}',
    '{"xdm": {"web": {"webInteraction": {"name": 5, "URL": [1]}}}}',
    '{"xdm": "x", "data": "x"}',
    '{"xdm": null}',
    "[]",
    "no JSON",
    '{"xdm": {}, "data": {"n": ' + "9" * 5000 + "}}",
    '{"xdm": {}, "data": ' + '{"a":' * 2000 + "1" + "}" * 2000 + "}",
]


def test_whatever_is_stored_is_printed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    events = [hostile(id=str(number), body=body) for number, body in enumerate(ODD)]
    for number, ms in enumerate((9_010_000_000_000_000, -(2**62), 2**62, 253402300799999)):
        events.append(hostile(id=f"t{number}", made_ms=ms, received_ms=ms))
    store.submit(Batch(events=tuple(events))).result(5)
    store.close()
    data = ["--data", str(tmp_path / "data")]

    assert len(run("events", *data).splitlines()) == len(events)
    records = [json.loads(line) for line in run("events", "--json", *data).splitlines()]
    assert [record["id"] for record in records] == [event.id for event in events]
    assert records[-2]["made"] == "9999-12-31T23:59:59.999Z"
    assert run("experiments", *data)
    assert len(told(run("export", HOSTILE, *data))) == len(events)


# ---- first steps -----------------------------------------------------------------------------------------------------------


def test_the_version_is_printed_and_the_package_can_be_run() -> None:
    assert run("--version") == f"pyrite {pyrite.__version__}\n"
    result = subprocess.run(
        [sys.executable, "-m", "pyrite", "--version"], capture_output=True, text=True, check=True
    )
    assert result.stdout == f"pyrite {pyrite.__version__}\n"


def test_help_lists_the_commands_as_a_newcomer_needs_them() -> None:
    rows = re.findall(r"^│ (\w+) ", run("--help"), re.M)
    places = [rows.index(name) for name in COMMANDS]

    assert places == sorted(places)
    assert set(COMMANDS) == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "command",
    [["events"], ["events", "--json"], ["replay"], ["replay", "--list"], ["experiments"], ["export", "abcd"],
     ["erase", "abcd", "--yes"]],
)  # fmt: skip
def test_commands_that_read_make_no_database(tmp_path: Path, command: list[str]) -> None:
    folder = tmp_path / "pyrite-data"
    SqliteStore(folder / "demo").close()
    code = 2 if command[0] in ("export", "erase") else 0
    said = run(*command, "--data", folder, code=code)

    assert (
        f"0 events in {folder}; there is a database in {folder / 'demo'}: name it with --data"
        in said
    )
    assert [file.name for file in folder.iterdir()] == ["demo"]


def test_a_preview_of_an_edge_that_is_not_there_makes_no_key(
    site: list[str], tmp_path: Path
) -> None:
    options = ["--url", "https://shop.test/", "--data", str(tmp_path / "none")]

    assert "there is no such folder" in run("preview", "welcome", "new", *options, *site, code=2)
    assert not (tmp_path / "none").exists()


def test_events_may_be_narrowed_to_types(data: Path) -> None:
    store = SqliteStore(data)
    for type in ("order", "basket"):
        store.submit(Batch(events=(hostile(id=type, type=type),))).result(5)
    store.close()

    def types(*options: str) -> list[str]:
        lines = run("events", "--json", "--data", data, *options).splitlines()
        return [json.loads(line)["type"] for line in lines]

    assert types("--type", "order") == ["order"]
    assert types("--type", "order", "--type", "view") == ["view", "view", "order"]


def test_events_are_followed_from_before_there_is_a_database_and_into_another(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "pyrite", "events", "--follow", "--json", "--type", "t", "--data", str(folder)],
        stdout=subprocess.PIPE, text=True,
        # Whoever runs the tests in the background has it ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout
    seen = []
    for _ in range(2):
        store = SqliteStore(folder)
        for id, type in (("a", "t"), ("b", "other"), ("c", "t")):
            store.submit(Batch(events=(hostile(id=id, type=type),))).result(5)
            if type == "t":
                seen.append(json.loads(process.stdout.readline())["id"])
        store.close()
        for file in folder.iterdir():
            file.unlink(missing_ok=True)  # the follower may let go of its own just now
    process.send_signal(signal.SIGINT)

    assert seen == ["a", "c", "a", "c"]
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1", "x"])
def test_a_port_that_none_can_be_is_refused(command: str, port: str) -> None:
    assert "--port" in run(command, "--port", port, code=2)


def test_files_that_can_not_be_written_or_read_are_told(rows: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = [
        run("replay", "--export", tmp_path / "none" / "rows", "--data", rows, code=2),
        run("replay", "--mended", tmp_path / "none", "--data", rows, code=2),
        run("build", "--out", tmp_path / "file", code=2),
        run("build", "--out", tmp_path / "file" / "inside", code=2),
    ]
    for text in said:
        assert "Traceback" not in text
        assert str(tmp_path) in text.replace("\n", "")


def test_rows_that_are_written_out_are_for_their_owner_only(rows: Path, tmp_path: Path) -> None:
    run("replay", "--export", tmp_path / "rows", "--data", rows)

    assert (tmp_path / "rows").stat().st_mode & 0o077 == 0


def test_columns_of_experiments_without_a_value_are_left_out(site: list[str]) -> None:
    few = run("experiments", "--datastream", "none", *site)
    assert "no display" in few
    store = SqliteStore(Path(site[1]).parent / "few")
    full = SqliteStore(Path(site[1]).parent / "data")
    store.submit(Batch(events=tuple(full.events(limit=20)))).result(5)
    for one in (store, full):
        one.close()
    said = run("experiments", *site, "--data", Path(site[1]).parent / "few")
    columns = next(line for line in said.splitlines() if "conversions" in line)

    assert re.findall(r"\w+", columns) == ["variant", "visitors", "conversions", "rate"]

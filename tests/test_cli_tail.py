"""`pyrite tail`, `pyrite visitors`, and the filters and tables of `pyrite events`."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from pyrite.cli import app, tables
from pyrite.cli.filters import since_ms
from pyrite.stores.contract import BadRow, Batch, Decided, Event, Visit
from pyrite.stores.sqlite import SqliteStore

HOUR_MS = 3_600_000
HOSTILE = "=1+1\x1b]0;x\x07\u202e<script>\"',\r\n"
EVENT = Event(
    datastream="shop", id="e1", type="view", url="https://a.test/p", visitor="visitor-1", made_ms=1000, received_ms=2000,
    way="fetch", body='{"xdm":{"_id":"e1"},"data":{"name":"ü"},"meta":{"queue_ms":7,"agent":"chrome"}}',
)  # fmt: skip
ORDER = replace(EVENT, id="e2", type="order", source="jss", datastream="other", visitor="visitor-2", received_ms=10 * HOUR_MS, body='{"xdm":{}}')  # fmt: skip
BAD = BadRow(received_ms=2000, code="body.json", path="$", message="expected JSON", url="/ee", body=b"\xff{", source="web")  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    store = SqliteStore(folder)
    visits = [
        Visit(datastream="shop", visitor=f"visitor-{n}", seen_ms=5, ecid=f"{n}7") for n in (1, 2)
    ]
    store.submit(Batch(events=(EVENT,), visit=visits[0], bad_rows=(BAD,))).result(5)
    store.submit(Batch(events=(ORDER,), visit=visits[1])).result(5)
    store.close()
    return folder


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C where tail would wait for the next look."""

    def pressed(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", pressed)


def run(*arguments: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.output


def records(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments).splitlines()]


FILTERS = [
    ((), ["e1", "e2"]),
    (("--type", "order"), ["e2"]),
    (("--source", "web"), ["e1"]),
    (("--source", "web", "--source", "jss"), ["e1", "e2"]),
    (("--stream", "other"), ["e2"]),
    (("--visitor", "visitor-2"), ["e2"]),
    (("--visitor", "visitor-2", "--type", "view"), []),
    (("--since", "1970-01-01T05:00"), ["e2"]),
    (("--since", "1m"), []),
    (("--after", "1"), ["e2"]),
]


@pytest.mark.parametrize(("options", "found"), FILTERS, ids=[" ".join(one[0]) for one in FILTERS])
def test_events_and_tail_take_the_same_filters(
    options: tuple[str, ...], found: list[str], data: Path, ends: None
) -> None:
    tailed = records("tail", "--json", "--data", data, *options)

    assert [one["id"] for one in records("events", "--json", "--data", data, *options)] == found
    assert [one["id"] for one in tailed if one["kind"] == "event"] == found


def test_a_visitor_that_is_not_there_is_told(data: Path) -> None:
    said = run("events", "--visitor", "nobody-here", "--data", data, code=2)

    assert "no visitor's id begins with 'nobody-here'" in said


def test_tail_shows_bad_rows_since_a_time_and_only_those_when_asked(data: Path, ends: None) -> None:
    both = records("tail", "--json", "--since", "1970-01-01T00:00:01", "--data", data)
    bad = records("tail", "--json", "--bad", "--since", "1970-01-01T00:00:01", "--data", data)

    assert [one["kind"] for one in both] == ["event", "event", "bad row"]
    assert [(one["kind"], one["code"]) for one in bad] == [("bad row", "body.json")]
    assert "body.json" not in run("tail", "--data", data)  # what was refused before is no news
    assert "refused body.json" in run("tail", "--since", "1970-01-01T00:00:01", "--data", data)


def test_tail_shows_what_another_process_stores_and_ends_without_a_word(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    def waiting(seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise KeyboardInterrupt
        store = SqliteStore(data)
        store.submit(Batch(events=(replace(EVENT, id="e3"),), bad_rows=(BAD,))).result(5)
        store.close()

    monkeypatch.setattr("time.sleep", waiting)
    found = records("tail", "--json", "--after", "2", "--data", data)

    assert [one["id"] for one in found] == ["e3", 2]


@pytest.mark.parametrize("given", ["yesterday", "10x", "-5m", "m", "5", "²d"])
def test_a_time_that_makes_no_sense_is_told(given: str, data: Path) -> None:
    said = run("events", f"--since={given}", "--data", data, code=2)

    assert "--since: expected 30s, 10m, 2h, 3d or a time" in said


def test_times_are_utc_or_from_now() -> None:
    assert since_ms("2h", now_ms=10 * HOUR_MS) == 8 * HOUR_MS
    assert since_ms("1970-01-01T01:00") == HOUR_MS
    assert since_ms("1970-01-01T01:00+01:00") == 0


# ---- tables --------------------------------------------------------------------------------------------------------

COLUMNS = ["seq", "id", "datastream", "source", "way", "session", "type", "url", "visitor", "made", "received", "queue_ms", "skew_ms", "attempt", "agent", "xdm", "data", "jss", "ibexa"]  # fmt: skip


def test_csv_has_the_documented_columns(data: Path) -> None:
    lines = list(csv.DictReader(io.StringIO(run("events", "--csv", "--data", data))))

    assert list(lines[0]) == COLUMNS
    assert lines[0] == dict.fromkeys(COLUMNS, "") | {
        "seq": "1", "id": "e1", "datastream": "shop", "source": "web", "way": "fetch", "type": "view", "url": "https://a.test/p",
        "visitor": "visitor-1", "made": "1970-01-01T00:00:01.000Z", "received": "1970-01-01T00:00:02.000Z", "queue_ms": "7",
        "agent": "chrome", "xdm": '{"_id": "e1"}', "data": '{"name": "ü"}',
    }  # fmt: skip
    assert [line["id"] for line in lines] == ["e1", "e2"]


def test_the_columns_are_documented() -> None:
    page = (Path(__file__).parents[1] / "web/docs/events.md").read_text()
    table = page.partition("## CSV and Parquet")[2].partition("## For views")[0]

    for name in COLUMNS:
        assert f"`{name}`" in table, name


def test_csv_holds_no_formula_and_nothing_that_acts_on_a_terminal(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    body = json.dumps(
        {"xdm": {}, "data": {HOSTILE + "\x9b\x7f": HOSTILE}, "meta": {"agent": HOSTILE}}
    )
    hostile = replace(
        EVENT, id="-2", type=HOSTILE, url="@SUM(A1)", visitor="\t=cmd", session="+1", body=body
    )
    odd = [
        replace(EVENT, id=f"odd{n}", body=text) for n, text in enumerate(["7", "{", "[1]", "{}"])
    ]
    store.submit(Batch(events=(hostile, *odd))).result(5)
    store.close()
    text = run("events", "--csv", "--data", tmp_path)
    lines = list(csv.DictReader(io.StringIO(text)))

    assert not {char for char in text if char < " " or char in "\x7f\x9b\u202e"} - {"\r", "\n"}
    assert lines[0]["type"].startswith("'=1+1\\x1b]0;x\\x07\\u202e<script>\"',\\r\\n")
    assert [lines[0][name] for name in ("id", "url", "visitor", "session")] == ["'-2", "'@SUM(A1)", "'\\t=cmd", "'+1"]  # fmt: skip
    assert not [cell for line in lines for cell in line.values() if cell[:1] in tuple("=+-@\t\r")]
    assert len(lines) == 5
    assert json.loads(lines[0]["data"]) == {HOSTILE + "\x9b\x7f": HOSTILE}


def test_parquet_has_the_same_columns_and_the_exact_texts(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(tables, "GROUP_BYTES", 1)  # so that each row is a group
    path = tmp_path / "events.parquet"
    store = SqliteStore(data)
    store.submit(Batch(events=(replace(EVENT, id="e3", type=HOSTILE),))).result(5)
    store.close()
    run("events", "--parquet", path, "--data", data)
    table = parquet.read_table(path)
    rows = table.to_pylist()

    assert table.column_names == COLUMNS
    assert [row["id"] for row in rows] == ["e1", "e2", "e3"]
    assert rows[2]["type"] == HOSTILE
    assert rows[0]["received"].timestamp() == 2
    assert (rows[0]["queue_ms"], rows[1]["queue_ms"]) == (7, None)
    assert parquet.ParquetFile(path).metadata.num_row_groups >= 3


def test_a_table_is_not_followed(data: Path) -> None:
    assert "leave out --csv and --parquet" in run("events", "--csv", "--follow", "--data", data, code=2)  # fmt: skip


# ---- visitors ------------------------------------------------------------------------------------------------------


def test_visitors_are_found_by_a_part_of_their_id(data: Path) -> None:
    everybody = records("visitors", "--json", "--data", data)

    assert [one["visitor"] for one in everybody] == ["visitor-1", "visitor-2"]
    assert [one["ecid"] for one in records("visitors", "27", "--json", "--data", data)] == ["27"]
    assert "visitor-2" in run("visitors", "tor-2", "--data", data)
    assert "0 visitors with 'nobody'" in run("visitors", "nobody", "--data", data)


def test_the_first_fifty_visitors_are_printed_unless_all_are_asked_for(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    for number in range(60):
        visit = Visit(datastream="shop", visitor=f"{number:03d}\x1b", seen_ms=5)
        store.write(Batch(visit=visit), lambda receipt: None)
    store.close()

    assert len(records("visitors", "--json", "--data", tmp_path)) == 50
    assert len(records("visitors", "--json", "--all", "--data", tmp_path)) == 60
    assert "\x1b" not in run("visitors", "--all", "--data", tmp_path)


# ---- why -----------------------------------------------------------------------------------------------------------


def test_why_tells_of_each_experience_what_becomes_of_it(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "experiences"
    folder.mkdir()
    variant = "[[variants]]\nid = 'new'\nitems = []\n"
    (folder / "cart.toml").write_text(f"audience = {{path = '/cart'}}\n{variant}")
    (folder / "known.toml").write_text(f"audience = {{visitor = 'returning'}}\n{variant}")
    places = ("--data", data, "--experiences", folder)
    found = {one["id"]: one for one in records("why", "visitor-1", "https://a.test/cart", "--json", *places)}  # fmt: skip

    assert found["cart"]["variant"] == "new"
    assert found["known"]["reason"] == 'audience.visitor: expected "returning", saw "new"'
    assert "gets new" in run("why", "a-stranger\x1b", "https://a.test/cart", *places)
    assert "\x1b" not in run("why", "a-stranger", "https://a.test/\x1b]0;x\x07", *places)


def test_what_was_decided_for_a_visitor_is_exported(data: Path) -> None:
    made = Decided(
        datastream="shop", visitor="visitor-1", event="e1", experience="x\x1b", variant="a", scope="s", at_ms=1000
    )  # fmt: skip
    store = SqliteStore(data)
    store.submit(Batch(decided=(made,))).result(5)
    store.close()
    text = run("export", "visitor-1", "--yes", "--data", data)
    found = [json.loads(line) for line in text.splitlines() if '"decision"' in line]

    assert [(one["event"], one["experience"], one["at"]) for one in found] == [
        ("e1", "x\x1b", "1970-01-01T00:00:01.000Z")
    ]
    assert "\x1b" not in text

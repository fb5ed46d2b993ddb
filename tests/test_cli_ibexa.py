"""`pyrite histories` and `pyrite keys`."""

import json
import stat
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pyrite.cli import app
from pyrite.edge.ibexa.keys import FILE
from pyrite.stores.contract import Batch, Event, Link
from pyrite.stores.sqlite import SqliteStore

RUN = CliRunner()
CONFIG = '[ibexa]\nenabled = true\n[ibexa.customers."00000"]\nkeys = { a = "kkkkkkkkkkkkkkkk" }\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A database with a click by somebody who has logged in since, and one by nobody."""
    store = SqliteStore(tmp_path / "data")
    events = [
        Event(
            source="ibexa", datastream="shop", id=f"e{at}", type="ibexa.click", url="", visitor=user, made_ms=1000 * at, received_ms=9,
            body=json.dumps({"xdm": {}, "ibexa": {"kind": "click", "customer": "00000", "user": user, "itemtype": 1, "item": "<11>"}}),
        )
        for at, user in enumerate(["anonymous", "johndoe", ""])
    ]  # fmt: skip
    link = Link(datastream="shop", source="anonymous", target="johndoe", made_ms=500, how="login")
    store.submit(Batch(events=tuple(events), links=(link,))).result(5)
    store.close()
    return tmp_path / "data"


def test_histories_are_printed_as_json(data: Path) -> None:
    result = RUN.invoke(app, ["histories", "--json", "--data", str(data)])
    nobody, john = [json.loads(line) for line in result.stdout.splitlines()]

    assert john == {
        "customer": "00000", "user": "johndoe", "kind": "click", "itemtype": 1, "item": "<11>", "count": 2,
        "first": "1970-01-01T00:00:00.000Z", "last": "1970-01-01T00:00:01.000Z", "percentage": None, "rating": None,
        "quantity": None, "price": None, "currency": None,
    }  # fmt: skip
    assert nobody["user"] == ""
    assert "2 rows" in result.stderr


def test_histories_are_printed_for_people(data: Path) -> None:
    result = RUN.invoke(app, ["histories", "--data", str(data), "--user", "johndoe"])

    assert result.stdout.split()[:5] == ["00000", "johndoe", "click", "1/<11>", "2"]


@pytest.mark.parametrize(
    ("flags", "count"),
    [
        (["--customer", "1"], 0),
        (["--kind", "buy"], 0),
        (["--kind", "buy", "--kind", "click"], 2),
        (["--since", "1970-01-01T00:00:01"], 2),
        (["--since", "1970-01-01T00:00:02"], 1),
        (["--user", "john"], 1),
    ],
)
def test_histories_are_told_of_what_is_wanted(data: Path, flags: list[str], count: int) -> None:
    result = RUN.invoke(app, ["histories", "--json", "--data", str(data), *flags])

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, count)


def test_histories_are_written_as_parquet(data: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "histories.parquet"
    result = RUN.invoke(app, ["histories", "--parquet", str(path), "--data", str(data)])
    found = parquet.read_table(path).to_pylist()

    assert result.exit_code == 0
    assert [(row["user"], row["count"], row["first"].isoformat()) for row in found] == [
        ("", 1, "1970-01-01T00:00:02+00:00"),
        ("johndoe", 2, "1970-01-01T00:00:00+00:00"),
    ]
    assert [file.name for file in tmp_path.iterdir()] == ["data", "histories.parquet"] or len(
        list(tmp_path.iterdir())
    ) == 2


def test_a_file_without_rows_is_parquet_too(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "histories.parquet"
    RUN.invoke(app, ["histories", "--parquet", str(path), "--data", str(tmp_path)])

    assert parquet.read_table(path).num_rows == 0


def test_without_pyarrow_the_remedy_is_told_and_nothing_is_written(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "histories.parquet"
    result = RUN.invoke(app, ["histories", "--parquet", str(path), "--data", str(data)])

    assert result.exit_code == 2
    assert "pip install 'pyrite[parquet]'" in result.stderr
    assert not path.exists()


@pytest.fixture
def site(tmp_path: Path) -> list[str]:
    """The flags that name a configuration with a customer, and a data folder."""
    (tmp_path / "pyrite.toml").write_text(CONFIG)
    return ["--config", str(tmp_path / "pyrite.toml"), "--data", str(tmp_path / "data")]


def test_a_key_is_made_printed_once_and_kept_for_its_owner(site: list[str], tmp_path: Path) -> None:
    result = RUN.invoke(app, ["keys", "new", "00000", "--id", "b", *site])
    id, _, secret = result.stdout.strip().partition(":")
    listed = RUN.invoke(app, ["keys", "list", "--json", *site])

    assert (result.exit_code, id) == (0, "b")
    assert len(secret) >= 32
    file = tmp_path / "data" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [(row["customer"], row["id"], row["kept"]) for row in rows] == [
        ("00000", "a", "settings"),
        ("00000", "b", "data folder"),
    ]
    assert secret not in listed.output
    assert "kkkk" not in listed.output


def test_keys_have_names_of_their_own_where_none_is_given(site: list[str]) -> None:
    made = {RUN.invoke(app, ["keys", "new", "00000", *site]).stdout for _ in range(3)}

    assert len({one.partition(":")[0] for one in made}) == 3


def test_a_key_is_retired(site: list[str]) -> None:
    RUN.invoke(app, ["keys", "new", "00000", "--id", "b", *site])
    result = RUN.invoke(app, ["keys", "retire", "00000", "b", *site])

    assert result.exit_code == 0
    assert "b" not in RUN.invoke(app, ["keys", "list", *site]).stdout.split()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["new", "11111"], "no such customer in [ibexa.customers]; there are 00000"),
        (["new", "00000", "--id", "b"], "there is such a key"),
        (["retire", "00000", "c"], "no such key of '00000'"),
        (["retire", "00000", "a"], "stands in the settings"),
    ],
)
def test_what_can_not_be_done_with_keys_is_told(
    site: list[str], command: list[str], said: str
) -> None:
    RUN.invoke(app, ["keys", "new", "00000", "--id", "b", *site])
    result = RUN.invoke(app, ["keys", *command, *site])

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_of_keys_that_cant_be_read_is_told(site: list[str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE).write_text("x")

    assert "can't be read" in RUN.invoke(app, ["keys", "list", *site]).stderr


def test_a_pixel_is_printed_for_templates_of_other_languages() -> None:
    asked = ["pixel", "click", "categorypath=/Camera", "--itemtype", "1", "--item", "77"]
    plain = RUN.invoke(app, [*asked, "--edge", "https://edge.example", "--customer", "00000"])
    hidden = RUN.invoke(app, [*asked, "--path", "/t/e", "--noscript"])
    script = RUN.invoke(app, [*asked, "--customer", "00000", "--script"])

    assert plain.stdout.startswith('<img src="https://edge.example/api/00000/click/_me/1/77?categorypath=')  # fmt: skip
    assert hidden.stdout.startswith('<noscript><img src="/t/e/z')
    assert script.stdout.startswith('<script>new Image(1,1).src="/api/00000/click/_me/1/77')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["click", "categorypath"], "expected NAME=VALUE, got 'categorypath'"),
        (["click", "--itemtype", "1", "--item", "7"], "customer"),
        (["rate", "--customer", "0", "--itemtype", "1", "--item", "7"], "rating"),
    ],
    ids=["no value", "nobody's", "without a rating"],
)
def test_a_pixel_that_can_not_be_says_why(arguments: list[str], said: str) -> None:
    result = RUN.invoke(app, ["pixel", *arguments])

    assert result.exit_code == 2
    assert said in result.stderr

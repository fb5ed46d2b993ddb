"""A file of experiences that can't be used is that file's mistake, and conditions that can never hold are told of."""

import os
from pathlib import Path

import pytest

from pyrite.core.decisions.audience import build_check
from pyrite.core.decisions.subject import Profile, Subject
from pyrite.edge.experiences.file import read
from pyrite.edge.experiences.folder import Experiences
from pyrite.edge.settings import SettingsError

GOOD = '[[variants]]\nid = "a"\n'


def put(folder: Path, text: str, name: str = "offer.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def mistake(folder: Path, text: str) -> str:
    """What is said of a file with *text*."""
    with pytest.raises(SettingsError) as raised:
        read(put(folder, text))
    return str(raised.value)


def in_force(experiences: Experiences) -> list[str]:
    return sorted(record["id"] for record in experiences.current())


# ---- files ---------------------------------------------------------------------------------------------------------------


def test_dotfiles_are_no_experiences(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    (tmp_path / ".#offer.toml").symlink_to("user@host.1234:5678")  # Emacs locks so
    put(tmp_path, "no toml", ".~lock.offer.toml")
    experiences = Experiences(tmp_path)

    assert experiences.reload() == []
    assert in_force(experiences) == ["offer"]


def unreadable(folder: Path, name: str) -> None:
    path = folder / f"{name}.toml"
    if name == "loop":
        path.symlink_to(path)
    if name == "lost":
        path.symlink_to(folder / "nothing")
    if name == "folder":
        path.mkdir()
    if name == "pipe":
        os.mkfifo(path)
    if name == "bytes":
        path.write_bytes(b"\xff\xfe\x00")


UNUSABLE = {
    "brackets": "x = " + "[" * 3000,
    "levels": "x = " + "[" * 200 + "]" * 200,
    "endless": GOOD + "[cap]\nshown = 1\nhours = inf\n",
    "vast": GOOD + "[cap]\nshown = 1\nhours = 1e305\n",
    "nan": "percentage = nan\n" + GOOD,
    "digits": f"priority = {10**400}\n" + GOOD,
    "content": GOOD
    + f"[[variants.items]]\nschema = 'json-content-item'\ncontent = {{ a = {10**30} }}\n",
}


@pytest.mark.parametrize("name", ["loop", "lost", "folder", "pipe", "bytes", *UNUSABLE])
def test_what_is_wrong_with_a_file_is_its_own_mistake(tmp_path: Path, name: str) -> None:
    put(tmp_path, GOOD)
    unreadable(tmp_path, name)
    if name in UNUSABLE:
        put(tmp_path, UNUSABLE[name], f"{name}.toml")
    experiences = Experiences(tmp_path)
    (told,) = experiences.reload()

    assert f"{name}.toml" in str(told)
    assert in_force(experiences) == ["offer"]
    assert experiences.reload() == []


def test_a_file_that_can_be_read_again_is(tmp_path: Path) -> None:
    path = tmp_path / "offer.toml"
    path.symlink_to(tmp_path / "later")
    experiences = Experiences(tmp_path)
    experiences.reload()
    put(tmp_path, GOOD, "later")

    assert experiences.reload() == []
    assert in_force(experiences) == ["offer"]


def test_a_folder_that_cant_be_read_leaves_what_is_in_force(tmp_path: Path) -> None:
    folder = tmp_path / "experiences"
    folder.mkdir()
    put(folder, GOOD)
    experiences = Experiences(folder)
    experiences.reload()
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(folder)

    assert "experiences: " in str(experiences.reload()[0])
    assert in_force(experiences) == ["offer"]


# ---- conditions ----------------------------------------------------------------------------------------------------------

NEVER = [
    ('path = { is = "cart" }', "audience.path.is: a path begins with '/', got 'cart'; say '/cart'"),
    ('path = { starts = ["/a", "b"] }', "a path begins with '/', got 'b'"),
    ('path = "/cart?page=2"', "a path has no '?', got '/cart?page=2'; for what stands behind it use query"),
    ('path = { ends = "#top" }', "a path has no '#'"),
    ('path = "https://shop.test/cart"', "for the whole address use url"),
    ('path = { is = "/a", starts = "/b" }', "nothing that is '/a' meets the others"),
    ('path = { is = "/a", not = { ends = "a/" } }', "nothing that is '/a' meets the others"),
    ("path = { is = [] }", "audience.path.is: expected at least one, got an empty list"),
    ("path = {}", "expected one of is, contains, starts, ends, not, got an empty table"),
    ("url = []", "audience.url: expected at least one"),
    ("query = { color = [] }", "audience.query.color: expected at least one"),
    ("query = { color = {} }", "expected one of is, contains"),
    ('query = { color = [{ starts = "a" }] }', "expected `bool | int | float | str`, got `object`"),
    ('data = { total = { min = 3, is = "a" } }', "min is for numbers, is for texts; leave one out"),
    ("data = { total = { min = 3, max = 2 } }", "min 3 is above max 2; swap them"),
    ("data = { total = { min = inf } }", "audience.data.total.min: expected a number, got inf"),
    ("views = 2.5", "audience.views: expected a whole number"),
    ("views = -1", "it is never below 0, got -1"),
    ("views = { min = 5, max = 3 }", "min 5 is above max 3"),
    ("days_since_first = 7.5", "expected a whole number, or { min, max }, got 7.5"),
    ("days_since_last = { max = -1 }", "it is never below 0"),
    ("days_since_last = {}", "expected a number or min, max"),
    ('visitor = "new"\ndays_since_last = 1', "a new visitor has no visit before"),
    ('hours = "09:00-09:00"', "'09:00-09:00' ends as it begins; for the whole day say '00:00-24:00'"),
    ('hours = ["22:00-24:30"]', "expected an end up to 24:00, got '22:00-24:30'; over midnight say '22:00-00:30'"),
    ("days = []", "audience.days: expected at least one"),
    ("device = []", "audience.device: expected at least one"),
    ('language = "German"', "expected a language tag such as 'de' or 'en-GB', got 'German'"),
    ('language = "de_AT"', "got 'de_AT'"),
    ("any = []", "audience.any: expected at least one audience"),
    ("not = {}", "an empty audience holds for everybody, so this never does"),
    ("not = [{ any = [{ views = -1 }] }]", "it is never below 0"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "expected"), NEVER)
def test_a_condition_that_can_never_hold_is_refused(
    tmp_path: Path, condition: str, expected: str
) -> None:
    assert expected in mistake(tmp_path, f"[audience]\n{condition}\n{GOOD}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[goal]\ntype = ''\n", "goal.type"),
        ("[goal]\ntype = 'order'\ndata = { total = { min = 2, max = 1 } }\n", "goal.data.total: min 2"),
        ("scope = 'view:'\n", "scope: expected the name of a view"),
        ("[schedule]\nhours = ['09:00-09:00']\n", "schedule.hours: '09:00-09:00' ends as it begins"),
        (
            "[schedule]\nstart = 2026-11-27\nend = 2026-11-28\ndays = ['sun']\n",
            "none of its days and hours lie between start and end",
        ),
        (
            "[schedule]\nstart = 2026-11-27T10:00:00\nend = 2026-11-27T12:00:00\nhours = ['12:00-13:00']\n",
            "none of its days and hours",
        ),
        ("[cap]\nshown = 1\nhours = 0.0000001\n", "cap.hours"),
    ],
)  # fmt: skip
def test_so_is_what_else_never_comes(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in mistake(tmp_path, text + GOOD)


HOLDING = [
    ('path = { is = "/cart/" }', "https://shop.test/cart?page=2"),
    ('path = { is = ["/", "/home"], not = "/x" }', "https://shop.test/"),
    ('url = { is = "https://Shop.Test" }', "https://shop.test/"),
    ('url = { is = ["https://shop.test?a=1"] }', "https://shop.test/?a=1"),
    ('url = { starts = "HTTPS://Shop.test/Cart" }', "https://shop.test/Cart/1"),
    ('url = "//Shop.test/cart"\nnot = { url = "x" }', "https://Shop.test//Shop.test/cart"),
    ('any = [{ url = "https://SHOP.test" }, { not = { url = "/" } }]', "https://shop.test/"),
    ("query = { page = 2 }", "https://shop.test/cart?page=2"),
    ('query = { color = { is = "red" } }', "https://shop.test/?color=red"),
    ('query = { color = { not = { is = "red" } } }', "https://shop.test/?color=blue"),
    ("days_since_first = 7", "https://shop.test/"),
    ("days_since_first = { min = 0.5, max = 7 }", "https://shop.test/"),
    ('hours = ["22:00-06:00", "00:00-24:00"]', "https://shop.test/"),
    ('language = ["de-AT", "en"]', "https://shop.test/"),
    ('visitor = "new"\nviews = { max = 3 }', "https://shop.test/"),
]


@pytest.mark.parametrize(("condition", "url"), HOLDING)
def test_a_condition_of_a_file_holds_where_it_should(
    tmp_path: Path, condition: str, url: str
) -> None:
    record = read(put(tmp_path, f"[audience]\n{condition}\n{GOOD}"))
    now_ms = 1795157627711
    asking = Subject(
        event={"xdm": {"web": {"webPageDetails": {"URL": url}}}, "data": {}},
        visitor=Profile(id="v", first_ms=now_ms - 7 * 86400000 - 1000),
        now_ms=now_ms,
        language="en-GB",
    )
    check = build_check(record["audience"])

    assert check is not None
    assert check(asking)


def test_conditions_that_say_not_or_is_become_that_audience(tmp_path: Path) -> None:
    text = '[audience]\nquery = { color = { is = "red" } }\n[audience.not]\npath = "/"\n' + GOOD

    assert read(put(tmp_path, text))["audience"] == {
        "query": {"color": {"is": "red"}},
        "not": {"path": "/"},
    }


def test_an_unknown_key_in_a_goal_is_told_the_known_ones(tmp_path: Path) -> None:
    assert "known are type, data" in mistake(tmp_path, "[goal]\ntyp = 'order'\n" + GOOD)

"""Settings and experiences: every mistake is told with file, line and key."""

from pathlib import Path

import pytest

from pyrite.core.decisions.audience import DAYS
from pyrite.edge.experiences.file import read as read_experience
from pyrite.edge.experiences.folder import Experiences
from pyrite.edge.settings import SettingsError, read

GOOD = """
[edge]
port = 9000
origins = ["https://shop.test"]

[limits]
events = 5

[datastreams.shop]
org = "ORG@AdobeOrg"
"""
EXPERIENCE = """
name = "hello"
[audience]
path = { is = "/" }
[[variants]]
id = "a"
[[variants.items]]
type = "setText"
selector = "h1"
content = "Hi"
"""


def settings(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "pyrite.toml"
    path.write_text(text)
    return path


def test_settings_are_read_with_defaults_for_the_rest(tmp_path: Path) -> None:
    found = read(settings(tmp_path, GOOD))

    assert (found.edge.port, found.edge.host, found.limits.events) == (9000, "127.0.0.1", 5)
    assert found.datastreams["shop"].org == "ORG@AdobeOrg"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[edge]\nhost = 'a'\nprot = 3\n",
            "pyrite.toml:3: unknown key 'edge.prot'; known are host, port",
        ),
        ("[edge]\nprot = 3\n", "did you mean 'port'?"),
        ("[egde]\n", "pyrite.toml:1: unknown key 'egde'"),
        ("[edge]\nport = 'x'\n", "pyrite.toml:2: edge.port: expected `int`, got `str`"),
        ("[datastreams.shop]\nogr = 'x'\n", "pyrite.toml:2: unknown key 'datastreams.shop.ogr'"),
        ("[edge\n", "pyrite.toml: "),
        ("[jss]\nrobots = 'eat'\n", "pyrite.toml:2: jss.robots: invalid enum value 'eat'"),
        (
            "[jss]\npath = 'x'\n[jss.keys.\"{AAAAAAAA-0000-0000-0000-000000000001}\"]\norigin = 'x'\n",
            "pyrite.toml:4: unknown key 'jss.keys.{AAAAAAAA-0000-0000-0000-000000000001}.origin'; known are origins, services",
        ),
        (
            '[jss.keys."{AAAAAAAA-0000-0000-0000-000000000001}"]\n[jss.keys."{AAAAAAAA-0000-0000-0000-000000000002}"]\norigins = \'https://a.test/x\'\n',
            "pyrite.toml:3: jss.keys.{AAAAAAAA-0000-0000-0000-000000000002}.origins: expected an origin",
        ),
        (
            "[jss.keys.\"{AAAAAAAA-0000-0000-0000-000000000001}\"]\nservices = ['tracking']\n",
            "pyrite.toml:2: jss.keys.{AAAAAAAA-0000-0000-0000-000000000001}.services",
        ),
        (
            "[jss.keys.app]\norigins = '*'\n",
            "pyrite.toml:1: jss.keys.app: 'app' is no GUID; a key looks like",
        ),
        (
            "[[jss.processors]]\nremove = 'goal'\n[[jss.processors]]\nusing = 'a:B'\n",
            "pyrite.toml:4: unknown key 'jss.processors[1].using'; known are use, before, after, replaces, remove",
        ),
        (
            "[[jss.processors]]\nremove = 'goal'\n[[jss.processors]]\nuse = 'shop'\n",
            "pyrite.toml:4: jss.processors[1].use: expected 'module:Class', got 'shop'",
        ),
        (
            "[[jss.processors]]\nuse = 'a:B'\nbefore = 'goal'\nafter = 'page'\n",
            "pyrite.toml:4: jss.processors[0].after: expected one place",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_and_nearest_key(
    tmp_path: Path, text: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read(settings(tmp_path, text))

    assert expected in str(raised.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        read(tmp_path / "none.toml")


def test_an_experience_becomes_what_core_decides_on(tmp_path: Path) -> None:
    path = tmp_path / "hello.toml"
    path.write_text(EXPERIENCE)
    found = read_experience(path)

    assert (found["id"], found["scope"], found["audience"]) == (
        "hello",
        "__view__",
        {"path": {"is": "/"}},
    )
    assert found["variants"][0]["items"][0]["id"] == "hello-a-0"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            'id = "a"',
            'id = "a"\nwieght = 3',
            "hello.toml:7: variants: object contains unknown field `wieght`; known are id, weight, items (did you mean 'weight'?)",
        ),
        ("setText", "setTxt", "got 'setTxt' (did you mean 'setText'?)"),
        ('selector = "h1"', 'selector = ""', "setText needs a selector"),
        ('content = "Hi"', "content = 3", "content: setText needs a text, got 3"),
        ("name =", "nmae =", "did you mean 'name'?"),
        (
            'name = "hello"',
            "percentage = 120",
            "hello.toml:2: percentage: expected `float` <= 100.0, got 120",
        ),
        ('name = "hello"', "holdout = -1", "holdout: expected `float` >= 0"),
        ("[audience]", "[audience", "hello.toml: "),
        ("[audience]", '[audience]\ndevcie = "mobile"', "did you mean 'device'?"),
        (
            "[audience]",
            '[audience]\ndevice = "phone"',
            "hello.toml:4: audience.device: expected desktop, mobile, tablet, got 'phone'",
        ),
        (
            "[audience]",
            '[audience]\nvisitor = "old"',
            "hello.toml:4: audience.visitor: invalid enum value 'old'",
        ),
        ("[audience]", '[audience]\nany = [{ pth = "/" }]', "did you mean 'path'?"),
        ("[audience]", '[audience]\nhours = "9-17"', "audience.hours: expected `str` matching"),
        ('path = { is = "/" }', 'path = { si = "/" }', "did you mean 'is'?"),
        ("[audience]", "[audience]\nviews = { mni = 1 }", "did you mean 'min'?"),
        (
            "[audience]",
            '[schedule]\ntimezone = "Europe/Belrin"\n[audience]',
            "hello.toml:4: schedule.timezone: expected a time zone such as 'Europe/Berlin', got 'Europe/Belrin'",
        ),
        (
            "[audience]",
            "[schedule]\nstart = 2026-11-27\nend = 2026-11-26\n[audience]",
            "hello.toml:5: schedule.end: expected a time after the start",
        ),
        (
            "[audience]",
            '[schedule]\nstart = "soon"\n[audience]',
            "schedule.start: expected a time such as 2026-11-27T08:00:00, got 'soon'",
        ),
        (
            "[audience]",
            "[cap]\nhours = 1\n[audience]",
            "hello.toml:3: cap: object missing required field `shown`; add shown = …",
        ),
        ("[audience]", "[cap]\nshown = 0\n[audience]", "cap.shown: expected `int` >= 1"),
        ('id = "a"', 'id = "holdout"', "none called 'holdout'"),
        ('id = "a"', 'id = "a"\nweight = 0', "variants.weight: expected one above 0"),
        (
            'type = "setText"',
            'schema = "redirect-itme"',
            "got 'redirect-itme' (did you mean 'redirect-item'?)",
        ),
        (
            'type = "setText"\nselector = "h1"\ncontent = "Hi"',
            'schema = "redirect-item"',
            "variants.items.content: expected an address, got ''",
        ),
    ],
)
def test_a_mistake_in_an_experience_is_told(
    tmp_path: Path, before: str, after: str, expected: str
) -> None:
    path = tmp_path / "hello.toml"
    text = EXPERIENCE.replace(before, after)
    assert text != EXPERIENCE
    path.write_text(text)
    with pytest.raises(SettingsError) as raised:
        read_experience(path)

    assert expected in str(raised.value)


def test_a_schedule_is_read_on_the_clock_of_its_time_zone(tmp_path: Path) -> None:
    path = tmp_path / "hello.toml"
    schedule = '[schedule]\nstart = 2026-11-27T08:00:00\nend = 2026-07-01T00:00:00Z\ntimezone = "Europe/Berlin"\n'
    path.write_text(
        EXPERIENCE.replace(
            "[audience]", schedule.replace("2026-07", "2027-07") + "days = ['sat']\n[audience]"
        )
    )
    found = read_experience(path)["schedule"]

    assert found["start_ms"] == 1795762800000  # 07:00 UTC
    assert found["end_ms"] == 1814400000000
    assert {minutes for _, minutes in found["offsets"]} == {60, 120}
    assert 1806195600000 in [start for start, _ in found["offsets"]]  # 2027-03-28T01:00Z


def test_every_day_of_the_week_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "hello.toml"
    path.write_text(EXPERIENCE.replace("[audience]", f"[audience]\ndays = {list(DAYS)}"))

    assert read_experience(path)["audience"]["days"] == list(DAYS)


def test_items_of_every_schema_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "hello.toml"
    items = """
[[variants.items]]
schema = "html-content-item"
type = "setHtml"
selector = "#a"
content = "<b>x</b>"
label = "buy"
[[variants.items]]
schema = "json-content-item"
content = { a = [1, 2] }
[[variants.items]]
schema = "redirect-item"
content = "/new"
[[variants.items]]
type = "click"
selector = "#a"
[[variants.items]]
schema = "message/in-app"
data = { contentType = "text/html", content = "<p>x</p>" }
"""
    path.write_text(EXPERIENCE + items)
    found = read_experience(path)["variants"][0]["items"][1:]

    assert [item["data"] for item in found] == [
        {"content": "<b>x</b>", "type": "setHtml", "selector": "#a"},
        {"content": {"a": [1, 2]}},
        {"content": "/new"},
        {"content": "", "type": "click", "selector": "#a"},
        {"contentType": "text/html", "content": "<p>x</p>"},
    ]
    assert found[0]["characteristics"] == {"trackingLabel": "buy"}


def test_shares_of_a_group_lie_one_behind_the_other(tmp_path: Path) -> None:
    for name, percentage, priority in (("b", 30, 1), ("a", 50, 1), ("c", 40, 0)):
        head = f'group = "g"\npercentage = {percentage}\npriority = {priority}\n'
        (tmp_path / f"{name}.toml").write_text(head + EXPERIENCE)
    experiences = Experiences(tmp_path)
    mistakes = experiences.reload()

    assert {record["id"]: record["share"] for record in experiences.current()} == {
        "a": [0, 50],
        "b": [50, 80],
        "c": [80, 100],
    }
    assert "the percentages of group 'g' come to 120 with it" in str(mistakes[0])


def test_an_id_stands_in_one_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text('id = "same"\n' + EXPERIENCE)
    experiences = Experiences(tmp_path)

    assert "'same' stands in another file as well" in str(experiences.reload()[0])
    assert len(experiences.current()) == 1


def test_a_changed_file_takes_effect_and_a_mistake_leaves_the_last_good_one(tmp_path: Path) -> None:
    path = tmp_path / "hello.toml"
    path.write_text(EXPERIENCE)
    experiences = Experiences(tmp_path)
    assert experiences.reload() == []

    path.write_text(EXPERIENCE.replace("setText", "setTxt"))
    assert len(experiences.reload()) == 1
    assert [found["id"] for found in experiences.current()] == ["hello"]
    path.write_text(EXPERIENCE.replace('"Hi"', '"Hello there"'))
    assert experiences.reload() == []
    assert experiences.current()[0]["variants"][0]["items"][0]["data"]["content"] == "Hello there"
    path.unlink()
    experiences.reload()
    assert experiences.current() == []


def test_a_folder_that_is_not_there_has_no_experiences(tmp_path: Path) -> None:
    assert Experiences(tmp_path / "none").current() == []

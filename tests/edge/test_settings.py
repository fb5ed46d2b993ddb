"""Settings and experiences: every mistake is told with file, line and key."""

from pathlib import Path

import pytest

from pyrite.edge.experiences import Experiences
from pyrite.edge.experiences import read as read_experience
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
            "hello.toml:7: variants: object contains unknown field `wieght` (did you mean 'weight'?)",
        ),
        ("setText", "setTxt", "got 'setTxt' (did you mean 'setText'?)"),
        ('selector = "h1"', 'selector = ""', "setText needs a selector"),
        ("name =", "nmae =", "did you mean 'name'?"),
        ('name = "hello"', "percentage = 120", "percentage: expected 0 to 100"),
        ("[audience]", "[audience", "hello.toml: "),
    ],
)
def test_a_mistake_in_an_experience_is_told(
    tmp_path: Path, before: str, after: str, expected: str
) -> None:
    path = tmp_path / "hello.toml"
    path.write_text(EXPERIENCE.replace(before, after))
    with pytest.raises(SettingsError) as raised:
        read_experience(path)

    assert expected in str(raised.value)


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

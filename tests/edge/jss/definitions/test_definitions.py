"""What marketers define: names and GUIDs, mistakes with their place, and files that change while the edge runs."""

import os
from pathlib import Path

import pytest

from pyrite.edge.jss.definitions.catalog import read
from pyrite.edge.jss.definitions.watched import Definitions
from pyrite.edge.settings import SettingsError

GOOD = """
[events.Download]
id = "{FA72E131-3CFD-481C-8E15-04496E9586D9}"

[goals."Instant Demo"]
id = "28a7c944b8b645ad8e5a2a3b1a8a4b0b"
value = 10

[outcomes.Opportunity]
id = "{9016E456-95CB-42E9-AD58-997D6D77AE83}"

[campaigns.Spring]
id = "{4C01DA97-0000-4000-8000-000000000001}"

[pages."{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"]
path = "/"
name = "Home"

[pages."{220D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"]
path = "/Products/Rocks"
"""


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "definitions.toml"
    path.write_text(text)
    return path


def test_a_definition_is_found_by_any_form_of_its_guid_and_by_its_alias_in_any_case(
    tmp_path: Path,
) -> None:
    catalog = read(file(tmp_path, GOOD))
    found = [
        catalog.find("goals", name)
        for name in ("Instant Demo", "instant demo", "{28A7C944-B8B6-45AD-8E5A-2A3B1A8A4B0B}")
    ]

    assert {(one.id, one.alias, one.value) for one in found if one} == {
        ("{28A7C944-B8B6-45AD-8E5A-2A3B1A8A4B0B}", "Instant Demo", 10)
    }
    assert None not in found


def test_name_spaces_are_apart_and_pages_have_no_alias(tmp_path: Path) -> None:
    catalog = read(file(tmp_path, GOOD))

    assert catalog.find("events", "Instant Demo") is None
    assert catalog.find("pages", "Home") is None
    page = catalog.find("pages", "110d559f-dea5-42ea-9c1c-8a5df7e70ef9")
    assert page
    assert page.alias == "Home"


def test_a_page_is_found_by_the_path_of_its_route(tmp_path: Path) -> None:
    catalog = read(file(tmp_path, GOOD))
    found = [catalog.page_at(path) for path in ("/", "", "/products/rocks/", "products/rocks")]

    assert [one.alias if one else "" for one in found] == ["Home", "Home", *["/Products/Rocks"] * 2]
    assert catalog.page_at("/elsewhere") is None


def test_the_nearest_definition_is_named(tmp_path: Path) -> None:
    catalog = read(file(tmp_path, GOOD))

    assert catalog.did_you_mean("goals", "Instant Dmo") == " (did you mean 'Instant Demo'?)"
    assert "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}" in catalog.did_you_mean(
        "pages", "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF0}"
    )
    assert catalog.did_you_mean("goals", "Nothing of the kind") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[event.Download]\n", "definitions.toml:1: unknown key 'event'; known are events, goals"),
        ("[goals.A]\nid = 'x'\n", "definitions.toml:2: goals.A.id: expected a GUID such as"),
        ("[goals.A]\nvalue = 1\n", "definitions.toml:1: goals.A: object missing required field"),
        ("[goals.A]\nid = '{0}'\nworth = 1\n", "definitions.toml:3: unknown key 'goals.A.worth'"),
        ("[events.A]\nid = '{0}'\nvalue = 1\n", "definitions.toml:3: unknown key 'events.A.value'"),
        (
            "[goals.A]\nid = '{0}'\nvalue = 'x'\n",
            "definitions.toml:3: goals.A.value: expected `float`",
        ),
        (
            "[goals.A]\nid = '{0}'\n[goals.B]\nid = '{0}'\n",
            "definitions.toml:4: goals.B.id: '{AAAAAAAA-0000-0000-0000-000000000001}' is 'A' already",
        ),
        (
            "[goals.A]\nid = '{0}'\n[goals.a]\nid = '{1}'\n",
            "definitions.toml:3: goals.a: 'a' is 'A' already",
        ),
        ("[pages.Home]\npath = '/'\n", "definitions.toml:1: pages.Home: expected a GUID"),
        (
            "[pages.'{0}']\npath = '/a'\n[pages.'{1}']\npath = '/A/'\n",
            "definitions.toml:4: pages.{AAAAAAAA-0000-0000-0000-000000000002}.path: '/a' is ",
        ),
        ("[goals\n", "definitions.toml: "),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(tmp_path: Path, text: str, expected: str) -> None:
    for number in (0, 1):
        text = text.replace(f"{{{number}}}", f"{{AAAAAAAA-0000-0000-0000-00000000000{number + 1}}}")
    with pytest.raises(SettingsError) as raised:
        read(file(tmp_path, text))

    assert expected in str(raised.value)


def test_the_file_is_read_again_when_it_changes_and_the_last_good_version_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "definitions.toml"
    definitions = Definitions(path)
    assert definitions.reload() is None
    assert definitions.current().find("goals", "Instant Demo") is None

    path.write_text(GOOD)
    assert definitions.reload() is None
    assert definitions.current().find("goals", "Instant Demo")

    path.write_text(GOOD + "[goals.Broken]\nid = 'x'\n")
    mistake = definitions.reload()
    assert definitions.current().find("goals", "Instant Demo")
    assert mistake
    assert "goals.Broken.id" in str(mistake)
    assert "the last good version stays in force" in caplog.text
    assert definitions.reload() is None  # the same mistake is told once

    path.unlink()
    assert definitions.reload()
    assert definitions.current().find("goals", "Instant Demo")


def test_an_edge_sees_a_change_within_a_second(tmp_path: Path) -> None:
    path = file(tmp_path, "")
    moments = iter([0.0, 0.1, 0.7])
    definitions = Definitions(path, clock=lambda: next(moments))
    assert definitions.current().find("goals", "Instant Demo") is None

    path.write_text(GOOD)
    os.utime(path, ns=(1, 1))
    assert definitions.current().find("goals", "Instant Demo") is None
    assert definitions.current().find("goals", "Instant Demo")

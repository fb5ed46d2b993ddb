"""web/docs/relay.md names every setting with its default, and every refusal."""

import re
from dataclasses import fields
from pathlib import Path

from pyrite.serverside import RelaySettings
from pyrite.serverside.relaying import settings

PAGE = (Path(__file__).resolve().parents[3] / "web" / "docs" / "relay.md").read_text()
SOURCES = Path(settings.__file__).parent


def test_every_setting_has_its_default() -> None:
    rows = dict(re.findall(r"^\| (`.+?`) \| (.+?) \|", PAGE.partition("## Settings")[2], re.M))
    told = {name: shown for names, shown in rows.items() for name in re.findall(r"`(\w+)`", names)}

    assert set(told) == {field.name for field in fields(RelaySettings)}
    for field in fields(RelaySettings):
        if told[field.name].startswith("`") and field.default:
            assert told[field.name] == f"`{field.default}`", field.name


def test_every_refusal_is_named() -> None:
    codes = {code for file in SOURCES.glob("*.py") for code in re.findall(r'"(relay\.[a-z_]+)"', file.read_text())}  # fmt: skip
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []

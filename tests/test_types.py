"""The types that callers see name what the tracker's own tables name, and nothing else."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from pyrite.core.commands.event import PERSONALIZATION
from pyrite.core.commands.table import COMMANDS
from pyrite.core.options.configure import CLICK_COLLECTION, CONFIGURE

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = (ROOT / "web" / "types" / "alloy.d.ts").read_text()
PYTHON = ast.parse((ROOT / "src" / "pyrite" / "browser" / "entry" / "options.py").read_text())
# Python has no type of its own for these: what they hold is given as it is, or beside the events.
UNTYPED = {"ClickCollection", "TrackEventOptions"}
TABLES: dict[str, Any] = {
    "Configuration": CONFIGURE,
    "ClickCollection": CLICK_COLLECTION,
    "Personalization": PERSONALIZATION,
    **{
        f"{name[:1].upper()}{name[1:]}Options": command.options
        for name, command in COMMANDS.items()
        if command.options
    },
}


def in_typescript(name: str) -> set[str]:
    """The members of an interface, and of what it extends."""
    found = re.search(rf"interface {name}(?: extends (\w+))? {{\n(.*?)\n  }}", SCRIPT, re.S)
    assert found, name
    own = set(re.findall(r"^    (\w+)\??:", found[2], re.M))
    return own | (in_typescript(found[1]) if found[1] else set())


def in_python(name: str) -> set[str] | None:
    """The fields of a TypedDict, and of what it extends, in Alloy's spelling; None where there is none."""
    classes = {node.name: node for node in ast.walk(PYTHON) if isinstance(node, ast.ClassDef)}
    if name not in classes:
        return None
    own = {
        re.sub(r"_(\w)", lambda letter: letter[1].upper(), node.target.id)
        for node in classes[name].body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    for base in classes[name].bases:
        own |= in_python(ast.unparse(base)) or set()
    return own


@pytest.mark.parametrize("name", TABLES)
def test_every_option_has_its_type_and_no_type_is_without_its_option(name: str) -> None:
    known = {row[0] for row in TABLES[name]}

    assert in_typescript(name) == known
    assert in_python(name) == (None if name in UNTYPED else known)


def test_every_command_has_its_types() -> None:
    assert set(re.findall(r'\(command: "(\w+)"', SCRIPT)) == {"configure", *COMMANDS}

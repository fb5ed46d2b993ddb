"""Effects are the contract between core and what carries them out: typed, and each with one handler."""

import ast
from pathlib import Path

import pytest

from pyrite.core import effects

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "pyrite"
KINDS = {kind.__name__ for kind in effects.Effect.__subclasses__()}


def handlers(room: str) -> list[str]:
    """The names that stand before a method or a function in a table of *room*: `"Send": self._send`, `"Hide": hide_page`."""
    return [
        key.value
        for file in sorted((SOURCE / room).rglob("*.py"))
        for table in ast.walk(ast.parse(file.read_text()))
        if isinstance(table, ast.Dict)
        for key, value in zip(table.keys, table.values, strict=True)
        if isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and key.value[:1].isupper()
        and isinstance(value, (ast.Attribute, ast.Name))
    ]


@pytest.mark.parametrize("room", ["browser", "testing"])
def test_every_effect_has_exactly_one_handler_in_a_page(room: str) -> None:
    assert sorted(handlers(room)) == sorted(KINDS)


def test_a_type_checker_knows_the_fields_of_an_effect() -> None:
    def never_called() -> None:
        # mypy --strict says so of each line that is right after all: the ignore would be unused.
        effects.Send(requst="", url="", body="", unloading=True, keepalive=True, bare=False)  # type: ignore[call-arg]
        effects.Send(request="", url=3, body="", unloading=True, keepalive=True, bare=False)  # type: ignore[arg-type]
        effects.Send(request="", url="")  # type: ignore[call-arg]
        effects.Show(css="")  # type: ignore[call-arg]

    assert callable(never_called)

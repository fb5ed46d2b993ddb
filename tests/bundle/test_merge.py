"""Many modules become one that does the same."""

from pathlib import Path
from typing import Any

import pytest

from pyrite.bundle.merge import merge
from pyrite.bundle.names import MergeError


def run(tmp_path: Path, **modules: str) -> dict[str, Any]:
    files = {}
    for name, text in modules.items():
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        files[f"core/{name}.py"] = path
    namespace: dict[str, Any] = {}
    text = merge(files)
    exec(compile(text, "merged", "exec"), namespace)
    namespace["TEXT"] = text
    return namespace


START = "from .a import f\ndef run():\n    return f()\n"


def test_names_that_stand_twice_stay_apart(tmp_path: Path) -> None:
    made = run(
        tmp_path,
        a="from .b import _name as other\n_name = 1\ndef f():\n    return [_name, other()]\n",
        b="_value = 2\ndef _name():\n    return _value\n",
        start=START,
    )

    assert made["run"]() == [1, 2]


def test_names_that_a_function_binds_itself_are_left_alone(tmp_path: Path) -> None:
    text = """
from .b import text
def f(value=3):
    made = [text(item) for item in [1]]
    def inner(text):
        return text
    for other in [9]:
        pass
    return made + [inner(4), (lambda text: text)(5), other, value]
"""
    made = run(
        tmp_path, a=text, b="def text(x):\n    return -x\nother = 0\nvalue = 0\n", start=START
    )

    assert made["run"]() == [-1, 4, 5, 9, 3]


def test_methods_and_attributes_keep_working_under_short_names(tmp_path: Path) -> None:
    text = """
class Thing:
    '''A docstring.'''
    def __init__(self) -> None:
        self._number: int = 4
    def number(self) -> int:
        '''Another.'''
        return self._twice()
    def _twice(self):
        return self._number * 2
def number():
    return Thing().number()
def f():
    return [number(), type(Thing()).__name__]
"""
    made = run(tmp_path, a=text, start=START)

    assert made["run"]() == [8, "Thing"]
    assert "_twice" not in made["TEXT"]
    assert "docstring" not in made["TEXT"]


def test_what_is_for_type_checkers_is_dropped(tmp_path: Path) -> None:
    made = run(
        tmp_path,
        a="TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import nowhere\ndef f() -> 'nowhere.X':\n    return 1\n",
        start=START,
    )

    assert made["run"]() == 1
    assert "nowhere" not in made["TEXT"]


def test_of_an_options_row_only_the_explanation_is_dropped(tmp_path: Path) -> None:
    table = """
INNER = (("a", "bool", None, "what a is for"),)
TABLE = (("x", ("in", "out", "pending", "other"), ("web", "device", "environment", "place"), "what x is for"),)
def f():
    return (INNER, TABLE)
"""
    made = run(tmp_path, config=table, start="from .config import f\ndef run():\n    return f()\n")

    assert made["run"]() == (
        (("a", "bool", None),),
        (("x", ("in", "out", "pending", "other"), ("web", "device", "environment", "place")),),
    )


def test_an_import_from_outside_the_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        MergeError, match=r"core/a.py:1: imports edge/app.py, which is not part of the page"
    ):
        run(tmp_path, a="from ..edge.app import edge\n", start=START)


def test_the_same_input_gives_the_same_text(tmp_path: Path) -> None:
    modules = {"a": "def f():\n    return {1, 2}\n", "start": START}

    assert run(tmp_path, **modules)["TEXT"] == run(tmp_path, **modules)["TEXT"]

"""Many modules become one that does the same."""

from pathlib import Path
from typing import Any

import pytest

from pyrite.bundle.merge import merge
from pyrite.bundle.names import MergeError
from pyrite.core import words as core_words


def run(tmp_path: Path, **modules: str) -> dict[str, Any]:
    files = {}
    for name, text in modules.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
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
    start = "from .options.configure import f\ndef run():\n    return f()\n"
    made = run(tmp_path, **{"options/configure": table, "start": start})

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


def shown(tmp_path: Path, text: str) -> Any:
    return run(tmp_path, a=text, start=START)["run"]()


KEPT_APART = {
    "a key that dict gets by name": (
        "def f():\n    return sorted(dict({'a': 1}, some_key=2))\n",
        ["a", "some_key"],
    ),
    "a key that is left for **fields": (
        "def g(**fields):\n    return fields\ndef f():\n    return g(some_key=1)\n",
        {"some_key": 1},
    ),
    "arguments out of a dict": (
        "def g(first_one, b=2):\n    return [first_one, b]\ndef f():\n    return g(**{'first_one': 1})\n",
        [1, 2],
    ),
    "an attribute that is asked for as a text": (
        "class A:\n    def __init__(self):\n        self.some_thing = 4\ndef f():\n    return getattr(A(), 'some_thing')\n",
        4,
    ),
    "a local that is called like a short parameter": (
        "def g(a, b):\n    p1 = 5\n    p2 = 6\n    return [a, b, p1, p2]\ndef f():\n    return g(1, 2)\n",
        [1, 2, 5, 6],
    ),
    "a comprehension's name that is a constant's too": (
        "value = [3]\ndef f():\n    return [[value for value in [1, 2]], [value for value in value], value]\n",
        [[1, 2], [3], [3]],
    ),
    "a default that is a constant of the parameter's name": (
        "limit = 7\ndef g(limit=limit):\n    return limit\ndef f():\n    return g()\n",
        7,
    ),
    "a constant of a class that a module has too": (
        "sides = 1\nclass A:\n    sides = 4\ndef f():\n    return [A().sides, sides]\n",
        [4, 1],
    ),
    "a local called like the short name of a function": (
        "def text(x):\n    return -x\ndef g(_text):\n    return text(_text)\ndef f():\n    return g(1)\n",
        -1,
    ),
    "a parameter that a function inside sets": (
        "def g(some_count):\n    def more():\n        nonlocal some_count\n        some_count = some_count + 1\n    more()\n    return some_count\ndef f():\n    return g(1)\n",
        2,
    ),
    "a function inside with a name of the module": (
        "word = 'out'\ndef g():\n    def inner():\n        word = 'in'\n        return word\n    return [inner(), word]\ndef f():\n    return g()\n",
        ["in", "out"],
    ),
}


@pytest.mark.parametrize("what", KEPT_APART)
def test_names_that_mean_different_things_are_kept_apart(tmp_path: Path, what: str) -> None:
    text, expected = KEPT_APART[what]

    assert shown(tmp_path, text) == expected


def test_what_is_shown_as_python_shows_it_keeps_its_letters_on_micropython(tmp_path: Path) -> None:
    words = Path(core_words.__file__).read_text()
    made = run(
        tmp_path, a="def f(name='é'):\n    return f'unknown {name!r}'\n", words=words, start=START
    )

    assert made["run"]() == "unknown 'é'"
    assert "!r" not in made["TEXT"]

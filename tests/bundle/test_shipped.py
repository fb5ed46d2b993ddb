"""What the whole way to alloy.js makes of a program: compiled, attributes renamed, made small."""

from pathlib import Path

import pytest
from node import WEB, needs_node, printed

from pyrite.bundle.compiled import check_renamed, shipped
from pyrite.bundle.compiler.reading.program import Program
from pyrite.bundle.tools import BuildError

DATA = """
import js
class Holder:
    def __init__(self, xdm: dict[str, object]) -> None:
        self._id = "own"
        self._kept = xdm
    def all(self, other: dict[str, object], **more: object) -> list[object]:
        xdm = self._kept
        made = {"_id": 1, "$ref": 2, "__proto__": 3}
        made["_new"] = 4
        made.setdefault("_set", 5)
        had = ["_id" in xdm, "_id" in other]
        named = dict(other, _named=6)
        popped = other.pop("_gone", None)
        del other["_del"]
        return [self._id, xdm.get("_id"), xdm["_id"], xdm.get("$ref", 9), sorted(made), sorted(named), had, popped, sorted(other), more]
def begin() -> None:
    page = js.JSON.parse('{"_id": "order", "$ref": 7}')
    other = js.JSON.parse('{"_gone": 8, "_del": 9}')
    js.print(Holder(page).all(other, _more=1))
    js.print(js._private)
"""


def program(tmp_path: Path, text: str) -> dict[str, Path]:
    (tmp_path / "a.py").write_text(text)
    return {"core/a.py": tmp_path / "a.py"}


@needs_node
def test_no_key_of_data_is_renamed(tmp_path: Path) -> None:
    entry = 'import { begin } from "./core/a.py.js";\nbegin();\n'
    script = shipped(program(tmp_path, DATA), entry, WEB)[0]
    made, private = printed(script, before="globalThis._private = 1")

    assert b"_kept" not in script
    assert made == [
        "own",
        "order",
        "order",
        7,
        ["$ref", "__proto__", "_id", "_new", "_set"],
        ["_del", "_gone", "_named"],
        [True, False],
        8,
        [],
        {"_more": 1},
    ]
    assert private == 1


PROTOTYPE = """
import js
def begin() -> None:
    page: dict[str, object] = js.JSON.parse("{}")
    names = ["type", "constructor", "toString", "__proto__", "hasOwnProperty"]
    js.print([page.get(name) for name in names])
    js.print([page.get("type"), page.get("constructor"), page.get("__proto__", 1), page.pop("type", 2)])
    js.print([name in page for name in names] + ["type" in page])
    js.print([name for name in page])
    js.print([list(page.values()), len(page), not page, page == {}, {**page}])
    js.print(page.setdefault("type", 3))
    for name in names:
        page[name] = "own"
    page["valueOf"] = "own"
    js.print(sorted(page))
"""


@needs_node
def test_what_every_object_of_javascript_has_is_no_data(tmp_path: Path) -> None:
    entry = 'import { begin } from "./core/a.py.js";\nbegin();\n'
    script = shipped(program(tmp_path, PROTOTYPE), entry, WEB)[0]
    extended = "Object.prototype.type = 'x'; Object.freeze(Object.prototype)"

    for before in ("", extended):
        assert printed(script, before=before) == [
            [None] * 5,
            [None, None, 1, 2],
            [False] * 6,
            [],
            [[], 0, True, True, {}],
            3,
            ["__proto__", "constructor", "hasOwnProperty", "toString", "type", "valueOf"],
        ]


def test_a_build_that_renames_what_may_be_data_is_refused(tmp_path: Path) -> None:
    files = program(tmp_path, "def f(d):\n    return [d.get('$id'), d.shared]\n")
    made = Program(files, meanings=False)

    check_renamed({"$other", "$shared"}, made)
    with pytest.raises(BuildError, match=r"the build renamed \$id, which the program also has"):
        check_renamed({"$other", "$id"}, made)

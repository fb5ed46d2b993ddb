"""The compiler: what it writes can be read, what it can't compile is refused with its place and a remedy.

What compiled code does is asked in a browser (e2e/conformance), with tests/language and tests/core.
"""

import base64
import json
from pathlib import Path

import pytest
from refused import REFUSED

from pyrite.bundle.compiler.compile import compiled
from pyrite.bundle.compiler.errors import CompileError


def js(tmp_path: Path, text: str, **others: str) -> str:
    """The JavaScript of a module `core/a.py` with *text*, without its source map."""
    files = {}
    for name, source in {"a": text, **others}.items():
        files[f"core/{name}.py"] = tmp_path / f"{name}.py"
        files[f"core/{name}.py"].write_text(source)
    return compiled(files)["core/a.py"].partition("//# source")[0]


def test_known_kinds_become_javascripts_own_operations(tmp_path: Path) -> None:
    text = """
def f(name: str, items: list[str], options: dict[str, object]) -> str:
    if not items or name == "x":
        return name[1:] + "-"
    return options.get("url") or name.strip()
"""

    assert js(tmp_path, text).splitlines()[-6:] == [
        "export function f(name, items, options) {",
        '  if ((!(items.length) || (name === "x"))) {',
        '    return (name.slice(1) + "-");',
        "  }",
        '  return $either($get(options, "url"), () => name.trim());',
        "}",
    ]


def test_unknown_kinds_are_asked_at_run_time(tmp_path: Path) -> None:
    made = js(tmp_path, "def f(a, b):\n    return [a + b, len(a), a == b, a in b]\n")

    assert "[$plus(a, b), $len(a), ($equal(a, b)), ($holds(b, a))]" in made
    assert (
        'import { equal as $equal, holds as $holds, len as $len, plus as $plus } from "../python.js"'
        in made
    )


def test_arguments_by_name_stand_in_their_places(tmp_path: Path) -> None:
    other = "def g(a, b=1, *, c, d=2):\n    return a\n"
    made = js(tmp_path, "from .b import g\ndef f():\n    return g(1, d=5, c=4)\n", b=other)

    assert "return g(1, undefined, 4, 5);" in made
    assert 'import { g } from "./b.py.js";' in made


def test_private_and_own_attributes_are_marked_for_shortening_and_shared_names_are_not(
    tmp_path: Path,
) -> None:
    text = """
class Thing:
    def __init__(self, size: int) -> None:
        self.size = size
        self._own = size
        self.shared = size
def f(thing: Thing, other):
    return thing.size + thing._own + thing.shared + other.shared
"""
    made = js(tmp_path, text)

    assert "thing.$size + thing.$_own" in made
    assert "thing.shared" in made
    assert "other.shared" in made


def test_what_needs_no_copy_no_second_name_and_no_comparison_gets_none(tmp_path: Path) -> None:
    text = """
def f(found: dict[str, int] | None, rows: list[int], word: str):
    if found is None:
        return list(range(3)) + list(rows)
    names = list(found)
    try:
        return list(list(found)[0])
    except ValueError as error:
        return [str(error), word is None]
"""
    made = js(tmp_path, text)

    assert "if (!(found)) {" in made
    assert "return $range(3).concat(rows.slice());" in made
    assert "return [...[...$items(found)][0]];" in made
    assert "} catch (error) {" in made
    assert "word == null" in made


def test_words_that_javascript_keeps_for_itself_get_a_sign(tmp_path: Path) -> None:
    assert "let new$ = function$;" in js(
        tmp_path, "def f(function):\n    new = function\n    return new\n"
    )


def test_each_line_knows_the_python_line_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("\n\ndef f():\n    x = 1\n\n    return x\n")
    made = compiled({"core/a.py": tmp_path / "a.py"})["core/a.py"]
    text, _, encoded = made.partition("base64,")
    content = json.loads(base64.b64decode(encoded))

    assert content["sources"] == ["a.py"]
    assert text.splitlines()[:4] == ["export function f() {", "  let x = 1;", "  return x;", "}"]
    assert content["mappings"] == "AAEA;AACA;AAEA;AAHA"


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_outside_the_subset_is_refused_with_its_place_and_a_remedy(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(CompileError) as refused:
        js(tmp_path, text)

    assert str(refused.value).startswith("core/a.py:" + REFUSED[text])


def test_only_classes_that_may_be_asked_for_their_name_carry_it(tmp_path: Path) -> None:
    text = (
        "class Alone:\n    pass\nclass Base:\n    pass\nclass Kind(Base):\n    pass\n"
        "class Unasked:\n    pass\nclass Another(Unasked):\n    pass\n"
        "class Wrong(Exception):\n    pass\n"
        "def f(a: Base):\n    return type(a).__name__\n"
    )
    made = js(tmp_path, text)

    assert [
        name
        for name in ("Alone", "Base", "Kind", "Unasked", "Another", "Wrong")
        if f'return "{name}"' in made
    ] == [
        "Base",
        "Kind",
        "Wrong",
    ]


def test_a_negated_number_is_of_the_same_kind(tmp_path: Path) -> None:
    text = "def f(x: {}) -> str:\n    return str(-x)\n"

    assert "$str((-x))" in js(tmp_path, text.format("int"))
    assert "$str((-x))" in js(tmp_path, text.format("bool"))
    with pytest.raises(CompileError, match="the text of a float"):
        js(tmp_path, text.format("float"))


def test_texts_are_compared_as_they_are_only_where_no_pair_can_be_above_them(
    tmp_path: Path,
) -> None:
    text = """
def f(name: str, other: str, size: int, flag: bool, thing):
    return [name < other, name < "a", "\\ud7ff" > name, name < "\\uf000", name < "", size < 3, flag < size, thing < size]
"""
    made = js(tmp_path, text)

    assert "$order(name, other) < 0" in made
    assert '(name < "a")' in made
    assert '("\\ud7ff" > name)' in made.replace("\ud7ff", "\\ud7ff")
    assert "$order(name, " in made.partition('(name < "a")')[2]
    assert '(name < "")' in made
    assert "(size < 3)" in made
    assert "(flag < size)" in made
    assert "$order(thing, size) < 0" in made


def test_a_name_changed_by_an_operator_is_written_with_it(tmp_path: Path) -> None:
    text = """
def f(x: int, total: int):
    total += x
    x -= 12
    x *= 3
    total //= x
    return x
"""
    made = js(tmp_path, text).splitlines()

    assert [line.strip() for line in made if "=" in line] == [
        "total += x;",
        "x -= 12;",
        "x = (x * 3);",
        "total = $quotient(total, x);",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__proto__",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
    ],
)
def test_an_item_that_every_object_has_is_set_and_got_by_helpers(tmp_path: Path, name: str) -> None:
    text = f"""
def f(items: dict[str, int]):
    items["{name}"] = 1
    items["own"] = 2
    return items.get("{name}")
"""
    made = js(tmp_path, text)

    assert f'$put(items, "{name}", 1);' in made
    assert 'items["own"] = 2;' in made
    assert f'return $get(items, "{name}");' in made


KNOWN = [
    *("sum(a) + 1", "abs(n) + 1", "min(a) + 1", "max(n, 2) + n", "len(a) + 1", "int(s) + 1", "float(s) + 1", "ord(s) + 1"),
    *("str(n) + s", "repr(n) + s", "chr(n) + s", "s.strip() + s", "s.replace('a', 'b') + s", "','.join([s]) + s", "s.lower() + s"),
    *("s.find('x') + 1", "s.rfind('x') + 1", "s.index('x') + 1", "s.count('x') + 1", "s.split(',')[n] + s", "s.partition(',')[2] + s"),
    *("[x + 1 for x in sorted(a)]", "[x + 1 for x in reversed(a)]", "[x + 1 for x in list(a)]", "[x + 1 for x in range(n)]"),
    *("[i + x for i, x in enumerate(a)]", "[x + y for x, y in zip(a, a)]", "[x + 1 for x in range(1, n)]", "[k + s for k in dict(d)]"),
    *("d.get('x', 1) + 1", "d.pop('x', 1) + 1", "d.setdefault('x', 1) + 1", "a.pop() + 1", "[v + 1 for v in d.values()]"),
    *("[v + 1 for k, v in d.items()]", "[k + s for k, v in d.items()]", "[k + s for k in d.keys()]", "(-n) + 1"),
    *("(n if n else 2) + 1", "(n or 2) + 1", "(n * 2) + 1", "(n // 2) + 1", "(n % 2) + 1", "(n / 2) + 1", "(n & 1) + 1", "(1 << 2) + n"),
    *("(s * 2) + s", "a[0] + 1", "s[0] + s", "s[1:] + s", "{'a': n}['a'] + 1", "[n][0] + n", "(n, s)[1] + s", "(lambda x: x)(n)"),
]  # fmt: skip


@pytest.mark.parametrize("expression", KNOWN)
def test_what_is_known_of_operands_makes_a_sum_javascripts_own(
    tmp_path: Path, expression: str
) -> None:
    made = js(tmp_path, f"def f(a: list[int], n: int, s: str, d: dict[str, int]):\n    return {expression}\n")  # fmt: skip

    assert "$plus(" not in made


@pytest.mark.parametrize("expression", ["sum(a) + 1", "min(a) + 1", "a.pop() + 1", "a[0] + 1", "(a or 2) + 1"])  # fmt: skip
def test_what_is_unknown_of_operands_is_found_out_at_run_time(
    tmp_path: Path, expression: str
) -> None:
    assert "$plus(" in js(tmp_path, f"def f(a):\n    return {expression}\n")

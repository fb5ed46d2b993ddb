"""The rooms that run in a page stay inside what CPython, MicroPython, Pyodide and Brython all run alike."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pyrite.bundle.merge import at_run_time

SOURCE = Path(__file__).resolve().parents[1] / "src" / "pyrite"
FILES = sorted((SOURCE / "core").rglob("*.py")) + sorted((SOURCE / "browser").rglob("*.py"))
FILES += sorted((Path(__file__).parent / "core").glob("*.py"))

METHODS = {
    "removeprefix": "startswith and a slice", "removesuffix": "endswith and a slice", "ljust": "a format spec",
    "rjust": "a format spec", "zfill": "a format spec", "title": "write it out", "capitalize": "write it out",
    "casefold": "lower() on ASCII", "isalnum": "test the characters", "isascii": "test the characters",
    "translate": "a loop", "format_map": "an f-string", "expandtabs": "a loop", "bit_length": "arithmetic",
    "is_integer": "value == int(value)", "add_note": "the message",
}  # fmt: skip
KEYWORDS = {
    "sum": {"start"},
    "zip": {"strict"},
    "print": {"flush", "file"},
    "enumerate": {"start"},
    "max": {"default"},
    "min": {"default"},
}


def problems(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """`(line, what to write instead)` of each construct outside the subset."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Match):
            yield line, "match: use if and elif"
        elif isinstance(node, ast.TryStar):
            yield line, "except*: use except"
        elif isinstance(node, ast.List | ast.Tuple | ast.Set) and isinstance(
            getattr(node, "ctx", ast.Load()), ast.Load
        ):
            if any(isinstance(item, ast.Starred) for item in node.elts):
                yield line, "[*a, 1]: use a + [1]"
        elif isinstance(node, ast.Dict) and None in node.keys:
            yield line, "{**a}: use dict(a) and set"
        elif isinstance(node, ast.ClassDef):
            if node.keywords or len(node.bases) > 1:
                yield line, "class keywords or two bases: one base, no keywords"
            if any(
                isinstance(item, ast.Assign) and getattr(item.targets[0], "id", "") == "__slots__"
                for item in node.body
            ):
                yield line, "__slots__ is not enforced on MicroPython"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            if node.args.posonlyargs:
                yield line, "positional-only arguments"
            if isinstance(node, ast.AsyncFunctionDef) and any(
                isinstance(inner, ast.Yield) for inner in ast.walk(node)
            ):
                yield line, "async generators"
        elif isinstance(node, ast.comprehension) and node.is_async:
            yield line, "async comprehensions: use a loop"
        elif (
            isinstance(node, ast.Raise)
            and node.cause
            and not (isinstance(node.cause, ast.Constant) and node.cause.value is None)
        ):
            yield line, "raise … from error: put the cause into the message, or 'from None'"
        elif isinstance(node, ast.Slice) and node.step is not None:
            yield line, "slices with a step"
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield line, "a bare except"
        elif isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if isinstance(node.func, ast.Attribute) and name in METHODS:
                yield line, f".{name}(): {METHODS[name]}"
            if {keyword.arg for keyword in node.keywords} & KEYWORDS.get(name, set()):
                yield line, f"{name}() with keywords"
            if (
                isinstance(node.func, ast.Attribute)
                and name in ("split", "rsplit", "decode", "encode")
                and node.keywords
            ):
                yield line, f".{name}() with keywords"
        elif isinstance(node, ast.JoinedStr):
            pass
        elif isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
            names = (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
            )
            for module in names:
                if module in (
                    "typing",
                    "dataclasses",
                    "enum",
                    "re",
                    "datetime",
                    "contextlib",
                    "urllib",
                    "uuid",
                    "asyncio",
                    "abc",
                ):
                    yield line, f"import {module}: not everywhere, or not alike"


def mixed_strings(text: str) -> Iterator[tuple[int, str]]:
    """Plain strings with braces that stand right beside an f-string: MicroPython 1.28 reads their braces as fields."""
    pieces: list[tuple[bool, str]] = []
    inside = 0  # of f-strings: from Python 3.12 on each is several tokens
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "FSTRING_START":
            inside += 1
        if inside:
            inside -= kind == "FSTRING_END"
            pieces += [] if inside else [(True, "")]
        elif token.type == tokenize.STRING:
            prefix = token.string[
                : min(token.string.find(quote) for quote in "'\"" if quote in token.string)
            ]
            pieces.append(("f" in prefix.lower(), token.string))
        elif token.type in (tokenize.NL, tokenize.COMMENT):
            continue
        else:
            if any(is_f for is_f, _ in pieces) and any(
                not is_f and ("{" in piece or "}" in piece) for is_f, piece in pieces
            ):
                yield (
                    token.start[0],
                    "a plain string with braces beside an f-string: join them with +",
                )
            pieces = []


@cache
def parsed(file: Path) -> ast.Module:
    """What is in *file*; for looking at, not for changing."""
    return ast.parse(file.read_text())


def found_in(text: str) -> list[str]:
    tree = at_run_time(ast.parse(text))
    return [f"line {line}: {remedy}" for line, remedy in [*problems(tree), *mixed_strings(text)]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-2:]))
def test_a_file_stays_inside_the_subset(file: Path) -> None:
    assert found_in(file.read_text()) == []


PLANTED = [
    "match x:\n    case 1: pass", "a = [*b, 1]", "a = {**b}", "class A(B, x=1): pass", "class E(A, B): pass", "def f(a, /): pass",
    "raise A from error", "a[::-1]", "'a'.removeprefix('b')", "sum(a, start=1)", "'a'.split(maxsplit=1)", "import re",
    "try:\n    pass\nexcept:\n    pass", "async def f():\n    yield 1", "'a'.isalnum()", "a = ('{b}' f'{c}')",
]  # fmt: skip


@pytest.mark.parametrize("text", PLANTED)
def test_each_planted_construct_is_found(text: str) -> None:
    assert found_in(text), text


def unlike(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """`(line, what to write instead)` of calls that every lane has, and no two alike."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", "") == "repr":
            # MicroPython's escapes letters; only `!r` is made a call of words.py there.
            yield node.lineno, "repr(x): write f'{x!r}'"
        name = getattr(node.func, "attr", "")
        if name in ("strip", "lstrip", "rstrip", "split") and not node.args:
            yield node.lineno, f".{name}(): say which blanks"


def test_blanks_and_what_messages_show_are_the_same_in_every_lane() -> None:
    numbers = [SOURCE / "core" / "wire.py", SOURCE / "core" / "words.py"]
    servers = SOURCE / "core" / "jss"
    found = [
        f"{file.name}:{line}: {remedy}"
        for file in FILES
        if SOURCE in file.parents and file not in numbers and servers not in file.parents
        for line, remedy in unlike(parsed(file))
    ]

    assert found == []
    for text in ("repr(a)", "a.strip()", "a.split()"):
        assert list(unlike(ast.parse(text)))
    assert not list(unlike(ast.parse("a.strip(' ').split('x')")))


def test_no_prototype_comes_into_brython() -> None:
    # Brython 3.14 binds a function to the first object that it was taken from, and notes it on that object: on a prototype
    # it is found for every other object too.
    bridges = SOURCE / "browser" / "bridges"
    shared = [file for file in FILES if bridges not in file.parents]
    taken = [
        f"{file.name}:{node.lineno}"
        for file in [*shared, bridges / "brython.py"]
        for node in ast.walk(parsed(file))
        if (isinstance(node, ast.Attribute) and node.attr in ("prototype", "getPrototypeOf"))
    ]

    assert taken == [], "use class_of, own, put or invoke of the bridge"

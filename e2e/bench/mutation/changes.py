"""Changes of the code, one at a time: what may be changed where, and the module with the change in it."""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[3] / "src" / "pyrite"
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
}  # fmt: skip


class Mutant:
    """One change in one module."""

    def __init__(self, file: Path, function: str, place: int, what: str) -> None:
        self.file = file
        self.function = function
        self.place = place  # of the node, in the order of ast.walk
        self.what = what
        self.name = f"{file.relative_to(SOURCE).with_suffix('')}:{function}: {what}"

    def text(self) -> str:
        """The module with the change in it."""
        tree = ast.parse(self.file.read_text())
        node = list(ast.walk(tree))[self.place]
        _change(tree, node)
        return ast.unparse(ast.fix_missing_locations(tree))


def changes(file: Path) -> Iterator[Mutant]:
    tree = ast.parse(file.read_text())
    functions = _functions_of(tree)
    for place, node in enumerate(ast.walk(tree)):
        function = functions.get(id(node))
        if function is None:
            continue  # not in a function: tables and constants have tests of another kind
        before = ast.unparse(node)
        changed = copy.deepcopy(node)
        if _change_of(changed) is None:
            continue
        after = "nothing" if isinstance(node, ast.Expr) else ast.unparse(_mutated(changed))
        yield Mutant(file, function, place, f"{before[:90]} -> {after[:90]}".replace("\n", " "))


def _functions_of(tree: ast.Module) -> dict[int, str]:
    """The function of each node, by identity; docstrings and annotations have none."""
    found: dict[int, str] = {}

    def visit(node: ast.AST, name: str) -> None:
        for field, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST) or field in (
                    "annotation",
                    "returns",
                    "decorator_list",
                ):
                    continue
                inner = name
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    inner = f"{name}.{child.name}" if name else child.name
                elif _is_docstring(child):
                    continue
                if name:
                    found[id(child)] = name
                visit(child, inner)

    visit(tree, "")
    return found


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _change_of(node: ast.AST) -> str | None:
    """The kind of change that *node* allows; None where it allows none."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        return "compare"
    if isinstance(node, ast.BoolOp):
        return "logic"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return "not"
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPPED and not _holds_text(node):
        return "arithmetic"
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | str):
        # A sentence is for people: what it says is not what tests hold on to.
        return None if isinstance(node.value, str) and " " in node.value else "constant"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return "call"
    if (
        isinstance(node, ast.Return)
        and node.value is not None
        and not isinstance(node.value, ast.Constant)
    ):
        return "return"
    if isinstance(node, ast.If):
        return "if"
    return None


def _holds_text(node: ast.BinOp) -> bool:
    return any(isinstance(inner, ast.Constant | ast.JoinedStr) and isinstance(getattr(inner, "value", ""), str)
               for inner in ast.walk(node))  # fmt: skip


def _mutated(node: Any) -> Any:
    """*node*, changed in place, as its kind of change wants it."""
    change = _change_of(node)
    if change == "compare":
        node.ops[0] = SWAPPED[type(node.ops[0])]()
    elif change in ("logic", "arithmetic"):
        node.op = SWAPPED[type(node.op)]()
    elif change == "constant":
        value = node.value
        node.value = (
            (not value)
            if isinstance(value, bool)
            else value + 1
            if isinstance(value, int)
            else value + "x"
        )
    elif change == "return":
        node.value = ast.Constant(value=None)
    elif change == "if":
        node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
    elif change == "not":
        return node.operand
    return node


def _change(tree: ast.Module, node: ast.AST) -> None:
    class Changed(ast.NodeTransformer):
        def visit(self, inner: ast.AST) -> Any:
            if inner is node:
                return ast.Pass() if isinstance(node, ast.Expr) else _mutated(inner)
            return self.generic_visit(inner)

    Changed().visit(tree)

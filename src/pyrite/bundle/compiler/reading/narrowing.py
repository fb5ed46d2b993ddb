"""Where a test has just asked what a name is: `if isinstance(x, dict)`, `isinstance(x, str) and …`, `if not isinstance(x, C): return`."""

import ast
from collections.abc import Callable, Iterator

from .walks import nodes_of

Found = Iterator[tuple[str, str, list[ast.AST]]]  # a name, a type, where the name is of that type


def narrowed(nodes: list[ast.AST]) -> dict[int, str]:
    """`{id of a name's node: type}` of every name among *nodes* that a test around or before it has asked for."""
    found: dict[int, str] = {}
    for name, kind, places in _blocks(nodes):
        for place in places:
            ends = _is_set(name, place)
            if ends and not isinstance(place, ast.Assign):
                break
            # What is assigned to the name is worked out first.
            for node in _directly(place.value if isinstance(place, ast.Assign) and ends else place):
                if isinstance(node, ast.Name) and node.id == name:
                    found.setdefault(id(node), kind)
            if ends:
                break
    return found


def _blocks(nodes: list[ast.AST]) -> Found:
    for node in nodes:
        tests = BY_NODE.get(type(node))
        if tests is not None:
            yield from tests(node)
        for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(block, list):
                yield from _behind(block)


def _by_if(node: ast.If) -> Found:
    for name, kind in _asked(node.test):
        yield name, kind, list(node.body)


def _by_either(node: ast.IfExp) -> Found:
    for name, kind in _asked(node.test):
        yield name, kind, [node.body]
    for name, kind in _refused(node.test):
        yield name, kind, [node.orelse]


def _by_operators(node: ast.BoolOp) -> Found:
    for place, value in enumerate(node.values[:-1]):
        asked = _asked(value) if isinstance(node.op, ast.And) else _refused(value)
        for name, kind in asked:
            yield name, kind, list(node.values[place + 1 :])


def _by_comprehension(node: ast.ListComp | ast.DictComp) -> Found:
    ends: list[ast.AST] = [node.elt] if isinstance(node, ast.ListComp) else [node.key, node.value]
    for test in node.generators[-1].ifs:
        for name, kind in _asked(test):
            yield name, kind, ends


BY_NODE: dict[type, Callable[..., Found]] = {
    ast.If: _by_if,
    ast.IfExp: _by_either,
    ast.BoolOp: _by_operators,
    ast.ListComp: _by_comprehension,
    ast.DictComp: _by_comprehension,
}


def _behind(block: list[ast.stmt]) -> Found:
    """What stands behind a test that leaves the block where a name is something else."""
    for place, statement in enumerate(block):
        if (
            isinstance(statement, ast.If)
            and not statement.orelse
            and isinstance(statement.body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)
        ):
            for name, kind in _refused(statement.test):
                yield name, kind, list(block[place + 1 :])


def _asked(test: ast.expr) -> list[tuple[str, str]]:
    """`(name, type)` of what is so where *test* is true."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [pair for value in test.values for pair in _asked(value)]
    if (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "isinstance"
        and len(test.args) == 2
        and isinstance(test.args[0], ast.Name)
        and isinstance(test.args[1], ast.Name)
    ):
        return [(test.args[0].id, test.args[1].id)]
    return []


def _refused(test: ast.expr) -> list[tuple[str, str]]:
    """`(name, type)` of what is so where *test* is false."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _asked(test.operand)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return [pair for value in test.values for pair in _refused(value)]
    return []


def _is_set(name: str, place: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.Nonlocal) and name in node.names)
        for node in nodes_of(place)
    )


def _directly(node: ast.AST) -> Iterator[ast.AST]:
    """*node* and what is in it, without functions inside: these run later."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Lambda | ast.FunctionDef | ast.ClassDef):
            yield from _directly(child)

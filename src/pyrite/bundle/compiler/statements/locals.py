"""What the body of a function tells: which names must be declared at its top, whether it gives a value, whether it ends."""

import ast

from ..reading.walks import nodes_of, statements


def hoisted(body: list[ast.stmt], places: set[str]) -> set[str]:
    """Names that must be declared at the top of a function: first assigned in a block, and met outside of it."""
    first: dict[str, ast.stmt] = {}
    early: set[str] = set()
    top = set(map(id, body))
    elsewhere = {
        name
        for statement in statements(body)
        if isinstance(statement, ast.Nonlocal)
        for name in statement.names
    }
    for statement in statements(body):
        names = _assigned_by(statement) - elsewhere
        if isinstance(statement, ast.Assign) and _is_mixed(statement, set(first) | places):
            early.update(names - set(first) - places)
        for name in names:
            if name in places:
                continue
            if name not in first:
                first[name] = statement
                if id(statement) not in top and not isinstance(statement, ast.For):
                    early.add(name)
            elif isinstance(statement, ast.For) != isinstance(first[name], ast.For):
                # A loop's name is the loop's own only where nothing but loops sets it.
                early.add(name)
    captured = _kept_by_functions(body)
    for name, statement in first.items():
        if isinstance(statement, ast.For) and (name in captured or _outside(name, body)):
            # What a function made in the loop sees is the last of its values.
            early.add(name)
    return _with_partners(early, places, body)


def _with_partners(early: set[str], places: set[str], body: list[ast.stmt]) -> set[str]:
    """*early*, and what stands beside such a name in the target of a loop: `let` can't declare a part of it."""
    loops = [_targets(loop.target) for loop in statements(body) if isinstance(loop, ast.For)]
    while True:
        partners = {
            name for names in loops if names & (early | places) for name in names - places
        } - early
        if not partners:
            return early
        early = early | partners


def _is_mixed(statement: ast.Assign, known: set[str]) -> bool:
    """Whether an assignment has targets that `let` can't declare together: known ones, or such as are no names."""
    target = statement.targets[0]
    if isinstance(target, ast.Name):
        return False
    plain = isinstance(target, ast.Tuple) and all(
        isinstance(item, ast.Name) for item in target.elts
    )
    return not plain or bool(_targets(target) & known)


def _outside(name: str, body: list[ast.stmt]) -> bool:
    """Whether *name*, which loops set, is met outside of those loops, or set inside one."""
    inside: set[int] = set()
    for statement in statements(body):
        if isinstance(statement, ast.For) and name in _targets(statement.target):
            for node in [*ast.walk(statement.target), *_walked(statement.body)]:
                inside.add(id(node))
    return any(
        isinstance(node, ast.Name) and node.id == name and id(node) not in inside
        for node in _walked(body)
    )


def _kept_by_functions(body: list[ast.stmt]) -> set[str]:
    """The names that functions made in loops in *body* have to do with."""
    loops = [one for one in statements(body) if isinstance(one, ast.For | ast.While)]
    return {
        name.id
        for node in _walked([*loops])
        if isinstance(node, ast.Lambda | ast.FunctionDef)
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }


def gives(body: list[ast.stmt]) -> bool:
    """Whether a function with this *body* returns a value somewhere."""
    return any(isinstance(one, ast.Return) and one.value for one in statements(body))


def ends(body: list[ast.stmt]) -> bool:
    """Whether control never comes to the end of *body*."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and ends(last.body) and ends(last.orelse)
    if isinstance(last, ast.Try):
        return ends(last.body) and all(ends(handler.body) for handler in last.handlers)
    if isinstance(last, ast.While):
        forever = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return forever and not any(isinstance(one, ast.Break) for one in statements(last.body))
    return False


def _walked(body: list[ast.stmt]) -> list[ast.AST]:
    return [node for statement in body for node in nodes_of(statement)]


def _assigned_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Assign):
        return {name for target in statement.targets for name in _targets(target)}
    if isinstance(statement, ast.AnnAssign):
        return _targets(statement.target) if statement.value else set()
    if isinstance(statement, ast.AugAssign | ast.For):
        return _targets(statement.target)
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    return set()


def _targets(target: ast.expr) -> set[str]:
    if isinstance(target, ast.Name):
        return {target.id} - {"_"}
    if isinstance(target, ast.Tuple):
        return {name for item in target.elts for name in _targets(item)}
    return _targets(target.value) if isinstance(target, ast.Starred) else set()

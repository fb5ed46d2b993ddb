"""What is found by walking a tree: statements, assignments to attributes, values that are only looped over, names of classes."""

import ast

# Statements that hold no others, and those whose own are of another function's.
WITHOUT_BLOCKS = (ast.Expr, ast.Assign, ast.Return, ast.AugAssign, ast.AnnAssign, ast.Assert, ast.Raise, ast.FunctionDef, ast.ClassDef)  # fmt: skip
LOOPING = "list tuple sorted sum min max any all enumerate zip reversed len".split()  # noqa: SIM905


def nodes_of(tree: ast.AST) -> list[ast.AST]:
    """*tree* and every node in it, in the order of ast.walk, in a third of its time: a build asks for a million."""
    found = [tree]
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found.extend([item for item in value if isinstance(item, ast.AST)])
    return found


def statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Every statement in *body* and its blocks, but not in functions inside."""
    found: list[ast.stmt] = []
    _add_statements(body, found)
    return found


def _add_statements(body: list[ast.stmt], found: list[ast.stmt]) -> None:
    for statement in body:
        found.append(statement)
        if isinstance(statement, WITHOUT_BLOCKS):
            continue
        for name in ("body", "orelse", "finalbody"):
            _add_statements(getattr(statement, name, []), found)
        for handler in getattr(statement, "handlers", []):
            _add_statements(handler.body, found)


def set_by(node: ast.AST) -> list[tuple[ast.Attribute, ast.expr | None]]:
    """`(attribute, value)` of each attribute that the statement *node* sets; None where the value can't be told."""
    if isinstance(node, ast.Assign):
        return [pair for target in node.targets for pair in _set_pairs(target, node.value)]
    if isinstance(node, ast.AugAssign):
        changed = ast.BinOp(left=node.value, op=node.op, right=node.value)
        divides = isinstance(node.op, ast.Div | ast.Pow)
        return _set_pairs(node.target, changed if divides else node.value)
    if isinstance(node, ast.AnnAssign) and node.value:
        return _set_pairs(node.target, node.value)
    return _set_pairs(node.target, None) if isinstance(node, ast.For) else []


def _set_pairs(
    target: ast.expr, value: ast.expr | None
) -> list[tuple[ast.Attribute, ast.expr | None]]:
    if isinstance(target, ast.Attribute):
        return [(target, value)]
    if not isinstance(target, ast.Tuple):
        return []
    values: list[ast.expr | None] = [None] * len(target.elts)
    if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
        values = list(value.elts)
    return [
        pair
        for inner, given in zip(target.elts, values, strict=True)
        for pair in _set_pairs(inner, given)
    ]


def iterated(nodes: list[ast.AST]) -> set[int]:
    """The ids of those expressions among *nodes* whose value is only looped over, or asked for its length or an item."""
    iterables: list[ast.expr] = []
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension):
            iterables.append(node.iter)
        elif isinstance(node, ast.Starred):
            iterables.append(node.value)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[-1], ast.In | ast.NotIn):
            iterables.append(node.comparators[-1])
        elif isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name in LOOPING or method in ("join", "extend"):
                iterables.extend(node.args)
    return {id(node) for node in iterables}


def classes_named(nodes: list[ast.AST]) -> set[int]:
    """The ids of those names among *nodes* that may be a class's: where one is made, asked for, caught, raised, looked into."""
    names: list[ast.expr | None] = []
    for node in nodes:
        if isinstance(node, ast.Call):
            names.append(node.func)
            if isinstance(node.func, ast.Name) and node.func.id == "isinstance":
                names.extend(node.args[1:])
        elif isinstance(node, ast.Attribute):
            names.append(node.value)
        elif isinstance(node, ast.ExceptHandler):
            names.append(node.type)
        elif isinstance(node, ast.Raise):
            names.append(node.exc)
    return {id(node) for node in names}


def attributes_by_name(nodes: list[ast.AST]) -> set[str]:
    """The attributes that *nodes* set, get or ask for by a name that is written out."""
    return {
        str(node.args[1].value)
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("setattr", "hasattr", "getattr")
        and isinstance(node.args[1], ast.Constant)
    }


def is_type_checking(statement: ast.stmt) -> bool:
    """Whether *statement* is a block for type checkers alone."""
    return (
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Name)
        and statement.test.id == "TYPE_CHECKING"
    )


def of_self(node: ast.expr) -> bool:
    """Whether *node* is an attribute of self."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )

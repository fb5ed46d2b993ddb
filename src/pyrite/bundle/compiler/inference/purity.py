"""Whether evaluating an expression can be noticed: then it must happen once, in its order, and may not be left out.

What is unknown can be noticed. Errors that only mistakes raise (a missing key, a wrong type) don't count.
"""

import ast

from ..reading.definitions import Class, Function
from ..reading.kinds import Kind
from ..reading.walks import statements
from .infer import infer
from .scopes import Scope, comprehension_scope, function_scope

BUILTINS = frozenset(
    """
abs all any bool callable dict enumerate getattr hasattr isinstance len list ord range repr reversed sorted str sum tuple type
zip
""".split()  # noqa: SIM905
)
METHODS = frozenset(
    """
copy count encode endswith find get isdigit items join keys lower lstrip partition replace rfind rpartition rstrip
split startswith strip upper values
""".split()  # noqa: SIM905
)
PLAIN = (
    ast.Constant, ast.Name, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue, ast.UnaryOp, ast.BoolOp,
    ast.BinOp, ast.Compare, ast.IfExp, ast.Subscript, ast.Slice, ast.Starred, ast.Lambda,
)  # fmt: skip
STATEMENTS = (
    ast.Return, ast.If, ast.For, ast.While, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Pass, ast.Break,
    ast.Continue,
)  # fmt: skip


def is_simple(node: ast.expr) -> bool:
    """Whether to write *node* twice costs nothing and does nothing: a name, a constant."""
    return isinstance(node, ast.Name | ast.Constant)


def is_pure(node: ast.expr, scope: Scope) -> bool:
    """Whether nobody can notice how often *node* is evaluated, and when."""
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, ast.Call):
        return _pure_call(node, scope) and all(
            is_pure(part, scope)
            for part in [*node.args, *[keyword.value for keyword in node.keywords]]
        )
    if isinstance(node, ast.Attribute):
        return is_pure(node.value, scope) and _pure_attribute(node, scope)
    if isinstance(node, ast.ListComp | ast.DictComp):
        inner = comprehension_scope(node.generators, scope)
        parts = [part for one in node.generators for part in (one.iter, *one.ifs)]
        ends = [node.elt] if isinstance(node, ast.ListComp) else [node.key, node.value]
        return all(is_pure(part, inner) for part in parts + ends)
    return isinstance(node, PLAIN) and all(
        is_pure(part, scope) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)
    )


def _pure_attribute(node: ast.Attribute, scope: Scope) -> bool:
    """Reading an attribute runs code only where it is a property; of JavaScript's values nothing is known."""
    kind = infer(node.value, scope)
    if kind.name == "js":
        return False
    program = scope.module.program
    return all(
        not method.is_property or _pure_function(method)
        for method in program.methods_named(node.attr)
    )


def _pure_call(node: ast.Call, scope: Scope) -> bool:
    func = node.func
    if isinstance(func, ast.Name):
        if scope.owner(func.id) is not None:
            return False
        found = scope.module.lookup(func.id)
        if isinstance(found, Function):
            return _pure_function(found)
        return found is None and func.id in BUILTINS
    if isinstance(func, ast.Attribute):
        kind: Kind = infer(func.value, scope)
        if kind.name == "js" or not is_pure(func.value, scope):
            return False
        if kind.cls:
            methods = scope.module.program.methods_named(func.attr)
            return bool(methods) and all(_pure_function(method) for method in methods)
        known = kind.name in ("str", "list", "tuple", "dict")
        return func.attr in METHODS and (known or not scope.module.program.methods_named(func.attr))
    return False


def _pure_function(function: Function) -> bool:
    known = function.module.program.pure
    key = id(function.node)
    if key not in known:
        known[key] = False  # while it is asked: one that calls itself
        known[key] = _pure_body(function)
    return known[key]


def _pure_body(function: Function) -> bool:
    cls: Class | None = None
    if function.bound:
        owners = function.module.classes.values()
        cls = next((one for one in owners if function in one.methods.values()), None)
    scope = function_scope(function, None, cls)
    for statement in statements(function.node.body):
        if not isinstance(statement, STATEMENTS):
            return False
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For):
            targets = [statement.target]
        if any(
            isinstance(part, ast.Attribute | ast.Subscript) for t in targets for part in ast.walk(t)
        ):
            return False
        own = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.expr)]
        if not all(
            is_pure(part, scope)
            for part in own
            if part not in targets and part is not getattr(statement, "annotation", None)
        ):
            return False
    return True

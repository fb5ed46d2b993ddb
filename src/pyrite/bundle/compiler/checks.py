"""What is refused by its shape alone, before a line is written: names bound twice, unknown decorators and special methods, and such."""

import ast
from collections.abc import Callable, Iterable, Iterator

from .errors import CompileError
from .reading.definitions import Class, Function
from .reading.module import Module
from .reading.walks import is_type_checking, nodes_of, statements

SPECIAL = ("__init__", "__eq__", "__repr__")
DECORATORS = ("property", "staticmethod")
# What a class or an object of JavaScript has under these names can't be the program's.
TAKEN = ("constructor", "prototype")
ERRORS = {
    "Exception": "Error",
    "RuntimeError": "RangeError",
    "TypeError": "TypeError",
    "ValueError": "ValueError",
    "AssertionError": "AssertionError",
}


def check(module: Module) -> None:
    """Raises CompileError for the first thing in *module* whose shape alone has no place in the compiled lane."""
    for node, seen, remedy in _found(module):
        raise CompileError(module.name, node, seen, remedy)


Refusals = Iterator[tuple[ast.AST, str, str]]


def _found(module: Module) -> Refusals:
    tree = _at_run_time(module.tree)
    yield from _twice(tree.body, "the module", deep=False)
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) > 1:
            yield statement, "several targets at the top of a module", "assign them one by one"
    for node in nodes_of(tree):
        look = BY_NODE.get(type(node))
        if look is not None:
            yield from look(module, node)


def _name(module: Module, node: ast.Name) -> Refusals:
    if node.id == "_" and isinstance(node.ctx, ast.Load):
        yield node, "_ is read", "give it a name"


def _attribute(module: Module, node: ast.Attribute) -> Refusals:
    special = node.attr.startswith("__") and node.attr not in ("__init__", "__name__", "__dict__")
    if special or (node.attr in TAKEN and isinstance(node.ctx, ast.Store)):
        yield node, f"the attribute {node.attr}", "give it another name"


def _list(module: Module, node: ast.List) -> Refusals:
    if isinstance(node.ctx, ast.Store):
        yield node, "a list as a target", "write a tuple"


def _tuple(module: Module, node: ast.Tuple) -> Refusals:
    if isinstance(node.ctx, ast.Store) and any(
        isinstance(item, ast.Starred) for item in node.elts[:-1]
    ):
        yield node, "a target with * before the last", "take the last apart by itself"


def _comprehension(module: Module, node: ast.comprehension) -> Refusals:
    if node.is_async:
        yield node.target, "an async comprehension", "write a loop"


def _at_run_time(tree: ast.Module) -> ast.Module:
    """*tree* without what is for type checkers alone."""
    body: list[ast.stmt] = []
    for statement in tree.body:
        if is_type_checking(statement):
            body += statement.orelse  # type: ignore[attr-defined]
        else:
            body.append(statement)
    return ast.Module(body=body, type_ignores=[])


def _twice(body: list[ast.stmt], where: str, *, deep: bool) -> Refusals:
    """Functions and classes that share their name with something else bound in *body*."""
    seen: dict[str, ast.stmt] = {}
    for statement in statements(body) if deep else body:
        names: list[str] = []
        defines = isinstance(statement, ast.FunctionDef | ast.ClassDef)
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names = [statement.name]
        elif isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names = [statement.target.id]
        elif isinstance(statement, ast.Import | ast.ImportFrom) and not deep:
            names = [alias.asname or alias.name for alias in statement.names]
        for name in names:
            other = seen.get(name)
            if other is not None and (
                defines or not deep or isinstance(other, ast.FunctionDef | ast.ClassDef)
            ):
                yield statement, f"{name} is defined twice in {where}", "give one another name"
            seen.setdefault(name, statement)


def _class(module: Module, node: ast.ClassDef) -> Refusals:
    yield from _twice(node.body, f"class {node.name}", deep=False)
    if node.decorator_list or node.keywords or len(node.bases) > 1:
        yield node, "a class with decorators, keywords or two bases", "one base, and nothing else"
    for base in node.bases:
        name = ast.unparse(base)
        if not isinstance(module.lookup(name), Class) and name not in ERRORS:
            yield node, f"the base {name} is not one of the program's", "define it, or leave it out"
    constants = {
        target.id
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            yield from _method(statement)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            yield from _class_constant(statement, constants)
        elif isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant):
            yield statement, "an expression in a class", "only methods and constants stand there"
    made = module.classes.get(node.name)
    if made is None or made.node is not node:
        return
    yield from _overriding(made)
    if node.bases and "__init__" in made.methods:
        yield from _super_first(made.methods["__init__"].node)


def _class_constant(statement: ast.Assign | ast.AnnAssign, constants: set[str]) -> Refusals:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if not isinstance(targets[0], ast.Name) or len(targets) > 1:
        yield statement, "several constants at once in a class", "write one a line"
    elif targets[0].id.startswith("__") or targets[0].id in TAKEN:
        yield statement, f"the constant {targets[0].id}", "give it another name"
    if statement.value and constants & _names(statement.value):
        yield statement, "a constant of the class in another", "write its value out"


def _overriding(cls: Class) -> Refusals:
    """Methods that take their arguments in another order than what they override."""
    base = cls.base()
    for name, method in cls.methods.items():
        before = base.method(name) if base and name != "__init__" else None
        if before is not None and (
            _order(method)[: len(_order(before))] != _order(before)
            or method.is_property != before.is_property
            or method.bound != before.bound
        ):
            yield (
                method.node,
                f"{name} takes {', '.join(_order(method))}, and what it overrides {', '.join(_order(before))}",
                "keep their order, and add new ones at the end",
            )


def _order(function: Function) -> list[str]:
    return [argument.arg for argument in function.arguments]


def _method(node: ast.FunctionDef) -> Refusals:
    if node.name in TAKEN or (node.name.startswith("__") and node.name not in SPECIAL):
        yield node, f"the method {node.name}", f"only {', '.join(SPECIAL)} are compiled"
    names = [ast.unparse(decorator) for decorator in node.decorator_list]
    if len(names) > 1 or any(name not in DECORATORS for name in names):
        yield node, f"the decorator @{names[0]}", f"only {', '.join(DECORATORS)} are compiled"
    if "staticmethod" not in names and not node.args.args:
        yield node, f"the method {node.name} without self", "make it static"


def _super_first(node: ast.FunctionDef) -> Refusals:
    """`super().__init__` must come before anything that needs self: JavaScript has no object before."""
    me = node.args.args[0].arg
    for statement in node.body:
        if (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and ast.unparse(statement.value.func) == "super().__init__"
        ):
            return
        if me in _names(statement) or "super" in _names(statement):
            break
    yield node, "__init__ without super().__init__() first", "call it before self is used"


def _function(module: Module, node: ast.FunctionDef | ast.Lambda) -> Refusals:
    args = node.args
    if args.posonlyargs:
        yield node, "parameters that have a place only", "leave the / out"
    if args.vararg and args.kwarg and node not in module.tree.body:
        yield args.vararg, "both *args and **kwargs", "leave one of them out"
    if isinstance(node, ast.Lambda):
        return
    if node.decorator_list and not any(node in one.node.body for one in module.classes.values()):
        yield node, f"the decorator @{ast.unparse(node.decorator_list[0])}", "call the function"
    yield from _twice(node.body, node.name, deep=True)
    places = {argument.arg for argument in [*args.args, *args.kwonlyargs]}
    for statement in statements(node.body):
        if isinstance(statement, ast.FunctionDef) and statement.name in places:
            yield statement, f"{statement.name} is a parameter too", "give one another name"
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.For):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(
                isinstance(part, ast.Name) and part.id == "self" and isinstance(part.ctx, ast.Store)
                for target in targets
                for part in ast.walk(target)
            ):
                yield statement, "self is set", "give it another name"


def _kept_by_lambda(module: Module, node: ast.ListComp | ast.DictComp) -> Refusals:
    """A function made in a comprehension sees the last of its values; here it would see its own."""
    bound = {name for generator in node.generators for name in _names(generator.target)}
    parts: Iterable[ast.expr] = (
        [node.elt] if isinstance(node, ast.ListComp) else [node.key, node.value]
    )
    for part in [*parts, *[test for generator in node.generators for test in generator.ifs]]:
        for inner in ast.walk(part):
            if isinstance(inner, ast.Lambda) and bound & _free(inner):
                yield (
                    inner,
                    "a function made in a comprehension with its name",
                    "give it as a default, or write a function that makes it",
                )


def _free(node: ast.Lambda) -> set[str]:
    args = node.args
    own = {one.arg for one in [*args.args, *args.kwonlyargs, args.vararg, args.kwarg] if one}
    return _names(node.body) - own


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


BY_NODE: dict[type, Callable[..., Refusals]] = {
    ast.ClassDef: _class,
    ast.FunctionDef: _function,
    ast.Lambda: _function,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.comprehension: _comprehension,
    ast.ListComp: _kept_by_lambda,
    ast.DictComp: _kept_by_lambda,
}

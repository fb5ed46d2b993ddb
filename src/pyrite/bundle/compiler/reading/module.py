"""One module of a program: what stands at its top, and what its annotations speak of."""

import ast
from functools import cache
from typing import TYPE_CHECKING

from .definitions import Class, Function
from .kinds import BOOL, BYTES, DICT, FLOAT, FUNCTION, INT, JS, LIST, NONE, STR, UNKNOWN, Kind, join
from .narrowing import narrowed
from .walks import classes_named, is_type_checking, iterated, nodes_of, of_self, set_by

if TYPE_CHECKING:
    from .program import Program

UNTOLD = ast.Name(id="", ctx=ast.Load())  # a value of which nothing is known
JAVASCRIPT = "browser/"  # the room where Any is a value of JavaScript's
PLAIN = {
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "object": UNKNOWN,
    "Any": JS,
    "list": LIST,
    "dict": DICT,
    "tuple": Kind("tuple"),
    "Callable": FUNCTION,
    "bytes": BYTES,
    "None": NONE,
}


class Module:
    """One module: what stands at its top."""

    def __init__(self, program: "Program", name: str, tree: ast.Module) -> None:
        self.program = program
        self.name = name
        self.tree = tree
        self.is_test = name in program.tests
        self.functions: dict[str, Function] = {}
        self.classes: dict[str, Class] = {}
        self.constants: dict[str, tuple[ast.expr, ast.expr | None]] = {}
        self.imports: dict[str, tuple[str, str]] = {}
        self._read(tree.body)
        self.nodes = nodes_of(tree)
        self.iterated = iterated(self.nodes)
        self.classes_named = classes_named(self.nodes)
        self.narrowed = narrowed(self.nodes)

    def _read(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.FunctionDef):
                self.functions[statement.name] = Function(self, statement)
            elif isinstance(statement, ast.ClassDef):
                self.classes[statement.name] = self._class(statement)
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self.constants[statement.targets[0].id] = (statement.value, None)
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                value = statement.value or ast.Constant(value=None)
                self.constants[statement.target.id] = (value, statement.annotation)
            elif isinstance(statement, ast.ImportFrom):
                source = self.program.target(self.name, statement)
                for alias in statement.names:
                    self.imports[alias.asname or alias.name] = (source, alias.name)
            elif is_type_checking(statement):
                # The second says what there is; what only the first says is known to annotations.
                self._read(statement.body)  # type: ignore[attr-defined]
                self._read(statement.orelse)  # type: ignore[attr-defined]

    def _class(self, node: ast.ClassDef) -> Class:
        cls = Class(self, node)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                static = any(
                    isinstance(decorator, ast.Name) and decorator.id == "staticmethod"
                    for decorator in statement.decorator_list
                )
                function = cls.methods[statement.name] = Function(self, statement, not static)
                for inner in nodes_of(statement):
                    self._attribute(cls, function, inner)
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                cls.annotated[statement.target.id] = statement.annotation
                if statement.value is not None:
                    cls.constants[statement.target.id] = statement.value
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                owner = Function(
                    self, ast.FunctionDef(name="", args=_nothing(), body=[], decorator_list=[])
                )
                cls.assigned.setdefault(statement.targets[0].id, []).append(
                    (owner, statement.value)
                )
                cls.constants[statement.targets[0].id] = statement.value
        return cls

    def _attribute(self, cls: Class, function: Function, node: ast.AST) -> None:
        """Note an assignment to an attribute of self."""
        if isinstance(node, ast.AnnAssign) and of_self(node.target):
            cls.annotated[node.target.attr] = node.annotation  # type: ignore[union-attr]
            return
        for target, value in set_by(node):
            if of_self(target):
                cls.assigned.setdefault(target.attr, []).append((function, value or UNTOLD))

    def every_function(self) -> "list[tuple[Function, Class | None]]":
        """The functions and methods of this module, these with their class."""
        own: list[tuple[Function, Class | None]] = [(one, None) for one in self.functions.values()]
        for cls in self.classes.values():
            own += [(method, cls) for method in cls.methods.values()]
        return own

    def lookup(self, name: str) -> "Function | Class | tuple[Module, str] | None":
        """What *name* means at the top of this module; a constant is given as its module and name there."""
        if name in self.functions:
            return self.functions[name]
        if name in self.classes:
            return self.classes[name]
        if name in self.constants:
            return self, name
        if name in self.imports:
            source, original = self.imports[name]
            module = self.program.modules.get(source)
            return module.lookup(original) if module else None
        return None

    def kind_of(self, annotation: ast.expr | None) -> Kind:
        """The kind that an *annotation* in this module speaks of."""
        if annotation is None:
            return UNKNOWN
        if isinstance(annotation, ast.Constant):
            if annotation.value is None:
                return NONE
            return self.kind_of(_read(str(annotation.value)))
        if isinstance(annotation, ast.BinOp):
            joined = join(self.kind_of(annotation.left), self.kind_of(annotation.right))
            return joined or UNKNOWN
        if isinstance(annotation, ast.Name):
            return self._named(annotation.id)
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
            return self._generic(annotation.value.id, annotation.slice)
        return UNKNOWN

    def _named(self, name: str) -> Kind:
        """The kind that *name* stands for in an annotation."""
        definition = self.lookup(name)
        if isinstance(definition, Class):
            return Kind("instance", cls=definition)
        if name == "Any" and not self.name.startswith(JAVASCRIPT):
            return UNKNOWN
        if name in PLAIN:
            return PLAIN[name]
        if isinstance(definition, tuple):
            module, original = definition
            return module.kind_of(module.constants[original][0])
        return UNKNOWN

    def _generic(self, name: str, inside: ast.expr) -> Kind:
        parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
        if name == "list":
            return Kind("list", item=self.kind_of(parts[0]))
        if name == "dict":
            return Kind("dict", item=self.kind_of(parts[-1]), keys=self.kind_of(parts[0]).name)
        if name == "Callable":
            takes = parts[0].elts if isinstance(parts[0], ast.List) else []
            kinds = tuple(self.kind_of(one) for one in takes)
            return Kind("function", item=self.kind_of(parts[-1]), items=kinds)
        if name == "tuple":
            last = parts[-1]
            if isinstance(last, ast.Constant) and last.value is ...:
                return Kind("tuple", item=self.kind_of(parts[0]))
            return Kind("tuple", items=tuple(self.kind_of(part) for part in parts))
        return UNKNOWN


def _nothing() -> ast.arguments:
    return ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


@cache
def _read(annotation: str) -> ast.expr:
    """The expression that an annotation in quotes is."""
    return ast.parse(annotation, mode="eval").body

"""What a program's modules offer each other: functions, classes, constants, with their signatures and annotations."""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from ..tables import without_meanings
from .errors import CompileError
from .kinds import BOOL, DICT, FLOAT, FUNCTION, INT, JS, LIST, NONE, STR, UNKNOWN, Kind, join

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
    "None": NONE,
}


@dataclass(eq=False)
class Function:
    """A function or method: where it is, and what it takes after `self`."""

    module: "Module"
    node: ast.FunctionDef
    bound: bool = False  # takes self

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name

    @property
    def arguments(self) -> list[ast.arg]:
        """Those with a place, then those that are given by name; without self."""
        args = self.node.args
        return (args.args[1:] if self.bound else args.args) + args.kwonlyargs

    def returns(self) -> Kind:
        """What its annotation says it gives."""
        return self.module.kind_of(self.node.returns)

    @property
    def is_property(self) -> bool:
        """Whether it is read as an attribute."""
        return any(
            isinstance(decorator, ast.Name) and decorator.id == "property"
            for decorator in self.node.decorator_list
        )


@dataclass(eq=False)
class Class:
    """A class: its methods, and where its attributes are first given."""

    module: "Module"
    node: ast.ClassDef
    methods: dict[str, Function] = field(default_factory=dict)
    annotated: dict[str, ast.expr] = field(default_factory=dict)
    assigned: dict[str, list[tuple[Function, ast.expr]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name

    def base(self) -> "Class | None":
        """The class it extends, when it is one of the program's."""
        if not self.node.bases or not isinstance(self.node.bases[0], ast.Name):
            return None
        found = self.module.lookup(self.node.bases[0].id)
        return found if isinstance(found, Class) else None

    def lineage(self) -> "list[Class]":
        """Itself and what it extends."""
        base = self.base()
        return [self] + (base.lineage() if base else [])

    def method(self, name: str) -> Function | None:
        """Its method *name*, its own or inherited."""
        for cls in self.lineage():
            if name in cls.methods:
                return cls.methods[name]
        return None

    def is_error(self) -> bool:
        """Whether it extends Exception."""
        root = self.lineage()[-1].node.bases
        return bool(root) and isinstance(root[0], ast.Name) and root[0].id == "Exception"


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
        made = Class(self, node)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                static = any(
                    isinstance(decorator, ast.Name) and decorator.id == "staticmethod"
                    for decorator in statement.decorator_list
                )
                function = made.methods[statement.name] = Function(self, statement, not static)
                for inner in ast.walk(statement):
                    self._attribute(made, function, inner)
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                made.annotated[statement.target.id] = statement.annotation
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                owner = Function(
                    self, ast.FunctionDef(name="", args=_nothing(), body=[], decorator_list=[])
                )
                made.assigned.setdefault(statement.targets[0].id, []).append(
                    (owner, statement.value)
                )
        return made

    def _attribute(self, made: Class, function: Function, node: ast.AST) -> None:
        """Note an assignment to an attribute of self."""
        if isinstance(node, ast.AnnAssign) and _of_self(node.target):
            made.annotated[node.target.attr] = node.annotation  # type: ignore[union-attr]
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if _of_self(target):
                    made.assigned.setdefault(target.attr, []).append(  # type: ignore[attr-defined]
                        (function, node.value)
                    )

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
            return self.kind_of(ast.parse(str(annotation.value), mode="eval").body)
        if isinstance(annotation, ast.BinOp):
            found = join(self.kind_of(annotation.left), self.kind_of(annotation.right))
            return found or UNKNOWN
        if isinstance(annotation, ast.Name):
            found_name = self.lookup(annotation.id)
            if isinstance(found_name, Class):
                return Kind("instance", cls=found_name)
            if annotation.id == "Any" and not self.name.startswith(JAVASCRIPT):
                return UNKNOWN
            if annotation.id in PLAIN:
                return PLAIN[annotation.id]
            if isinstance(found_name, tuple):
                module, name = found_name
                return module.kind_of(module.constants[name][0])
            return UNKNOWN
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
            return self._generic(annotation.value.id, annotation.slice)
        return UNKNOWN

    def _generic(self, name: str, inside: ast.expr) -> Kind:
        parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
        if name == "list":
            return Kind("list", item=self.kind_of(parts[0]))
        if name == "dict":
            return Kind("dict", item=self.kind_of(parts[-1]))
        if name == "Callable":
            return Kind("function", item=self.kind_of(parts[-1]))
        if name == "tuple":
            last = parts[-1]
            if isinstance(last, ast.Constant) and last.value is ...:
                return Kind("tuple", item=self.kind_of(parts[0]))
            return Kind("tuple", items=tuple(self.kind_of(part) for part in parts))
        return UNKNOWN


class Program:
    """Every module that is compiled together."""

    def __init__(
        self, files: dict[str, Path], *, meanings: bool, tests: Collection[str] = ()
    ) -> None:
        """*files* is `{path in the package: file}`, as `core/wire.py`; *meanings* keeps what options are for.

        *tests* are those of *files* that only test the others: what they do exposes nothing.
        """
        self.tests = tests
        self.modules: dict[str, Module] = {}
        # Attributes that must keep their names: met on values of unknown class, or given by name to **fields.
        self.exposed: set[str] = set()
        self._names = set(files)
        for name, file in files.items():
            tree = ast.parse(file.read_text(), name)
            if not meanings:
                tree = without_meanings(name, tree)
            self.modules[name] = Module(self, name, tree)

    def target(self, importer: str, statement: ast.ImportFrom) -> str:
        """The path of the module that *statement* in *importer* imports from; '' for one of the standard library."""
        if not statement.level:
            place = str(statement.module).removeprefix("pyrite.").replace(".", "/") + ".py"
            return place if place in self._names else ""
        folder = importer.split("/")[: -statement.level]
        place = "/".join(folder + (statement.module or "__init__").split(".")) + ".py"
        if place not in self._names and statement.module != "":
            raise CompileError(
                importer, statement, f"imports {place}", "it is not part of the page"
            )
        return place

    def texts(self) -> set[str]:
        """Every text and every name of an argument in the program: whatever may be a key of data."""
        found: set[str] = set()
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
                elif isinstance(node, ast.keyword) and node.arg:
                    found.add(node.arg)
        return found

    def methods_named(self, name: str) -> list[Function]:
        """Every method of that name, of whichever class."""
        return [
            cls.methods[name]
            for module in self.modules.values()
            for cls in module.classes.values()
            if name in cls.methods
        ]


def is_type_checking(statement: ast.stmt) -> bool:
    """Whether *statement* is a block for type checkers alone."""
    return (
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Name)
        and statement.test.id == "TYPE_CHECKING"
    )


def _of_self(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _nothing() -> ast.arguments:
    return ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])

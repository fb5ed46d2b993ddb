"""What a program's modules offer each other: functions, classes, constants, with their signatures and annotations."""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..tables import without_meanings
from .errors import CompileError
from .kinds import BOOL, BYTES, DICT, FLOAT, FUNCTION, INT, JS, LIST, NONE, STR, UNKNOWN, Kind, join
from .narrowing import narrowed

LOOPING = "list tuple sorted sum min max any all enumerate zip reversed len".split()  # noqa: SIM905
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

    @property
    def places(self) -> int:
        """How many arguments it takes by their place; *args aside."""
        return len(self.node.args.args) - (1 if self.bound else 0)

    @property
    def optional(self) -> set[str]:
        """The names of those that need not be given."""
        args = self.node.args
        last = args.args[len(args.args) - len(args.defaults) :]
        named = [
            one for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default
        ]
        return {argument.arg for argument in [*last, *named]}

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
    constants: dict[str, ast.expr] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name

    def base(self) -> "Class | None":
        """The class it extends, when it is one of the program's."""
        if not self.node.bases or not isinstance(self.node.bases[0], ast.Name):
            return None
        definition = self.module.lookup(self.node.bases[0].id)
        return definition if isinstance(definition, Class) else None

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
        """Whether it extends one of Python's errors."""
        return bool(self.lineage()[-1].node.bases)

    def is_named(self) -> bool:
        """Whether its name is there at run time: of errors, and where the program asks a value of this class for it."""
        asked = self.module.program.asked
        return self.is_error() or any(id(cls) in asked for cls in self.lineage())

    def constant(self, name: str) -> ast.expr | None:
        """The value of its constant *name*, its own or inherited."""
        for cls in self.lineage():
            if name in cls.constants:
                return cls.constants[name]
        return None

    def has(self, name: str) -> bool:
        """Whether it, or a class that extends it, has an attribute or method *name*."""
        return any(
            name in holder.methods
            or name in holder.annotated
            or name in holder.assigned
            or name in holder.constants
            for holder in self.family()
        ) or name in {*self.module.program.set_outside, *self.module.program.given}

    def family(self) -> "list[Class]":
        """What it extends, itself, and what extends it."""
        return self.module.program.families[id(self)]


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
        self.iterated = iterated(tree)
        self.classes_named = classes_named(tree)
        self.narrowed = narrowed(tree)

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
                for inner in ast.walk(statement):
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
        if isinstance(node, ast.AnnAssign) and _of_self(node.target):
            cls.annotated[node.target.attr] = node.annotation  # type: ignore[union-attr]
            return
        for target, value in set_by(node):
            if _of_self(target):
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
            return self.kind_of(ast.parse(str(annotation.value), mode="eval").body)
        if isinstance(annotation, ast.BinOp):
            joined = join(self.kind_of(annotation.left), self.kind_of(annotation.right))
            return joined or UNKNOWN
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
        self.asked: set[int] = (
            set()
        )  # ids of the classes whose values are asked for their class's name
        self.pure: dict[int, bool] = {}  # what purity.py has found of functions
        self._names = set(files)
        # Attributes that are set from outside of their class: in which method or function, on what, and to what.
        self.set_outside: dict[
            str, list[tuple[Function, Class | None, ast.expr, ast.expr | None]]
        ] = {}
        self.scopes: dict[int, Any] = {}  # those of methods, once they have been asked for
        # How many kinds are taken for granted just now, and so no other may be kept.
        self.assuming = 0
        self.attribute_kinds: dict[tuple[int, str], Kind] = {}
        self.families: dict[int, list[Class]] = {}
        self.given: set[str] = set()
        for name, file in files.items():
            tree = ast.parse(file.read_text(), name)
            if not meanings:
                tree = without_meanings(name, tree)
            self.modules[name] = Module(self, name, tree)
        self._attributes()

    def _attributes(self) -> None:
        """Note what attributes there are, and which are set by others than their class."""
        for module in self.modules.values():
            for function, cls in module.every_function():
                for statement in ast.walk(function.node):
                    for target, value in set_by(statement):
                        if not _of_self(target):
                            places = self.set_outside.setdefault(target.attr, [])
                            places.append((function, cls, target.value, value))
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call):
                    name = node.func.id if isinstance(node.func, ast.Name) else ""
                    if name in ("setattr", "hasattr", "getattr") and isinstance(
                        node.args[1], ast.Constant
                    ):
                        self.given.add(str(node.args[1].value))
        every = self.classes()
        for cls in every:
            own = cls.lineage()
            self.families[id(cls)] = own + [
                one for one in every if cls is not one and cls in one.lineage()
            ]
        self.attributes = set(self.set_outside) | self.given
        for cls in self.classes():
            self.attributes |= {*cls.methods, *cls.annotated, *cls.assigned, *cls.constants}

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
        all_texts: set[str] = set()
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    all_texts.add(node.value)
                elif isinstance(node, ast.keyword) and node.arg:
                    all_texts.add(node.arg)
        return all_texts

    def classes(self) -> "list[Class]":
        """Every class of the program."""
        return [cls for module in self.modules.values() for cls in module.classes.values()]

    def methods_named(self, name: str) -> list[Function]:
        """Every method of that name, of whichever class."""
        return [
            cls.methods[name]
            for module in self.modules.values()
            for cls in module.classes.values()
            if name in cls.methods
        ]


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


def iterated(tree: ast.AST) -> set[int]:
    """The ids of those expressions in *tree* whose value is only looped over, or asked for its length or an item."""
    iterables: list[ast.expr] = []
    for node in ast.walk(tree):
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


def classes_named(tree: ast.AST) -> set[int]:
    """The ids of those names in *tree* that may be a class's: where one is made, asked for, caught, raised, looked into."""
    names: list[ast.expr | None] = []
    for node in ast.walk(tree):
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

"""Functions and classes of a program, with their signatures and annotations."""

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .kinds import Kind

if TYPE_CHECKING:
    from .module import Module


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

"""Every module that is compiled together, and what only all of them tell."""

import ast
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ...tables import without_meanings
from ..errors import CompileError
from .definitions import Class, Function
from .kinds import Kind
from .module import Module
from .walks import attributes_by_name, nodes_of, of_self, set_by


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
        self._methods: dict[str, list[Function]] = {}
        self._attributes()

    def _attributes(self) -> None:
        """Note what attributes there are, and which are set by others than their class."""
        for module in self.modules.values():
            for function, cls in module.every_function():
                self._note_set_outside(function, cls)
            self.given |= attributes_by_name(module.nodes)
        every = self.classes()
        for cls in every:
            own = cls.lineage()
            self.families[id(cls)] = own + [
                one for one in every if cls is not one and cls in one.lineage()
            ]
        self.attributes = set(self.set_outside) | self.given
        for cls in every:
            for name, method in cls.methods.items():
                self._methods.setdefault(name, []).append(method)
            self.attributes |= {*cls.methods, *cls.annotated, *cls.assigned, *cls.constants}

    def _note_set_outside(self, function: Function, cls: Class | None) -> None:
        for statement in nodes_of(function.node):
            for target, value in set_by(statement):
                if not of_self(target):
                    places = self.set_outside.setdefault(target.attr, [])
                    places.append((function, cls, target.value, value))

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
            for node in module.nodes:
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
        return self._methods.get(name, [])

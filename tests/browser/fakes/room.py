"""The browser room made importable here: annotations stay unevaluated, as in the lanes, and its bridge is the compiled one's."""

import __future__

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType
from typing import Any

from fake_window import window

ROOM = "pyrite.browser."
KEPT = (
    ("listening", "_listeners"),
    ("facts.page_facts", "_constant"),
    ("entry.standalone", "_pages"),
    ("entry.renderer", "_renderers"),
    ("parts", "_place"),
    ("parts", "_loading"),
    ("parts", "_complained"),
    ("parts", "_foreseen"),
    ("elements", "_policy"),
)


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        # CPython before 3.14 evaluates annotations, whose names only type checkers import.
        flags = __future__.annotations.compiler_flag
        data = self.get_data(self.path)
        code: CodeType = compile(data, self.path, "exec", flags=flags, dont_inherit=True)
        return code


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(ROOM):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin)
        return spec


def open_room() -> None:
    """Let `import pyrite.browser.page` work."""
    sys.meta_path.insert(0, _Finder())
    modules: dict[str, Any] = sys.modules
    modules["js"] = window
    modules[ROOM + "bridge"] = importlib.import_module(ROOM + "bridges.compiled")


def forget() -> None:
    """Clear what modules keep for as long as their page is there."""
    for name, attribute in KEPT:
        module: Any = importlib.import_module(ROOM + name)
        getattr(module, attribute).clear()

"""One module, as text."""

import ast
import json
import posixpath

from ..inference.purity import is_pure
from ..inference.scopes import Scope
from ..names import safe
from ..reading.definitions import Class, Function
from ..reading.walks import is_type_checking
from .assignments import Assignments
from .control import Control
from .definitions import Definitions


class Writer(Assignments, Control, Definitions):
    """Writes one module."""

    def module_text(self) -> str:
        """The module; its imports and helpers first."""
        scope = Scope(self.module)
        for statement in self.module.tree.body:
            self._top(statement, scope)
        head: dict[str, list[str]] = {}
        used = {node.id for node in self.module.nodes if isinstance(node, ast.Name)}
        for name, (source, original) in sorted(self.module.imports.items()):
            if source in self.module.program.modules:
                definition = self.module.program.modules[source].lookup(original)
                if definition is not None and name in used:
                    spelled = (
                        safe(original) if name == original else f"{safe(original)} as {safe(name)}"
                    )
                    head.setdefault(source, []).append(spelled)
        first = [
            f"import {{ {', '.join(names)} }} from {self._place(source)};"
            for source, names in head.items()
        ]
        if self.helpers:
            asked = ", ".join([f"{name} as ${name}" for name in sorted(self.helpers)])
            first.append(f"import {{ {asked} }} from {self._place('python')};")
        self.lines[:0] = first
        self.origins[:0] = [0] * len(first)
        return "\n".join(self.lines) + "\n"

    def _place(self, path: str) -> str:
        """The address of another module, seen from this one."""
        relative = posixpath.relpath(path + ".js", posixpath.dirname(self.module.name) or ".")
        return json.dumps(relative if relative.startswith(".") else "./" + relative)

    def _top(self, node: ast.stmt, scope: Scope) -> None:
        if isinstance(node, ast.FunctionDef):
            self._function("export function", node, Function(self.module, node), None)
        elif isinstance(node, ast.ClassDef):
            self._class(self.module.classes[node.name])
        elif isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node):
            return
        elif is_type_checking(node):
            for inner in node.orelse:  # type: ignore[attr-defined]
                self._top(inner, scope)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id != "TYPE_CHECKING":
                self._constant(node.targets[0].id, node.value, node, scope)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.value is not None:
                self._constant(node.target.id, node.value, node, scope)
        else:
            raise self.refusal(
                node,
                f"{type(node).__name__} at the top of a module",
                "define functions, classes and constants there, nothing else",
            )

    def _constant(self, name: str, value: ast.expr, node: ast.stmt, scope: Scope) -> None:
        self.line(f"export const {safe(name)} = {self._pure(value, scope)};", node)

    def _pure(self, node: ast.expr, scope: Scope) -> str:
        text = self.expression(node, scope)
        if not is_pure(node, scope) and not self._makes_one(node, scope):
            return text
        return f"/* @__PURE__ */ (() => {text})()" if "(" in text.replace("({", "") else text

    def _makes_one(self, node: ast.expr, scope: Scope) -> bool:
        """Whether *node* makes instances of the program's classes: where nobody uses them, nobody misses them."""
        return all(
            isinstance(scope.module.lookup(ast.unparse(call.func)), Class) or is_pure(call, scope)
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
        )

    def _do_expr(self, node: ast.Expr, scope: Scope, declared: set[str]) -> None:
        if not isinstance(node.value, ast.Constant):
            self.statement = node.value
            self.line(self.expression(node.value, scope) + ";", node)

    def _do_pass(self, node: ast.Pass, scope: Scope, declared: set[str]) -> None:
        return


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

"""Names, constants, lists, dicts and f-strings."""

import ast

from ..inference.infer import infer
from ..inference.scopes import Scope
from ..names import constant, key, safe
from ..names import text as literal
from ..reading.definitions import Class, Function
from .parts import Parts


class Literals(Parts):
    """Writes names, and values that are written out."""

    def _on_constant(self, node: ast.Constant, scope: Scope) -> str:
        return self.checked(constant(node.value), node)

    def _on_name(self, node: ast.Name, scope: Scope) -> str:
        owner = scope.owner(node.id)
        if owner is not None:
            return "this" if node.id == owner.this else safe(node.id)
        definition = scope.module.lookup(node.id)
        if (
            isinstance(definition, Function)
            and definition.node.args.vararg
            and definition.node.args.kwarg
        ):
            raise self.refusal(
                node, "a function with both *args and **kwargs", "leave one of them out"
            )
        if (
            isinstance(definition, Class)
            and not self.module.is_test
            and id(node) not in self.module.classes_named
        ):
            raise self.refusal(
                node, f"the class {node.id} as a value", "make a function that makes one"
            )
        if definition is None:
            if node.id != "js":
                raise self.refusal(
                    node,
                    f"the name {node.id} is not known",
                    "define it, import it, or write it out",
                )
            return "globalThis"
        return safe(node.id)

    def _on_list(self, node: ast.List | ast.Tuple, scope: Scope) -> str:
        return "[" + ", ".join([self.expression(item, scope) for item in node.elts]) + "]"

    _on_tuple = _on_list

    def _on_starred(self, node: ast.Starred, scope: Scope) -> str:
        return "..." + self.expression(node.value, scope)

    def _on_dict(self, node: ast.Dict, scope: Scope) -> str:
        parts = []
        for name, value in zip(node.keys, node.values, strict=True):
            text = self.expression(value, scope)
            if name is None:
                parts.append(f"...{text}")
            elif isinstance(name, ast.Constant) and isinstance(name.value, str):
                parts.append(f"{key(name.value)}: {text}")
            else:
                self.check_key(name, scope)
                parts.append(f"[{self.expression(name, scope)}]: {text}")
        return "({" + ", ".join(parts) + "})"

    def _on_joinedstr(self, node: ast.JoinedStr, scope: Scope) -> str:
        out = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                text = literal(str(part.value))[1:-1].replace('\\"', '"')
                out.append(text.replace("`", "\\`").replace("${", "\\${"))
            elif isinstance(part, ast.FormattedValue):
                out.append("${" + self._formatted(part, scope) + "}")
        return "`" + "".join(out) + "`"

    def _formatted(self, node: ast.FormattedValue, scope: Scope) -> str:
        text = self.expression(node.value, scope)
        if node.format_spec is not None:
            return self._with_format(node, text, scope)
        if node.conversion == ord("a"):
            raise self.refusal(node, "the conversion !a", "use !r")
        kind = infer(node.value, scope)
        self.check_shown(node.value, kind, digits=node.conversion == ord("r"))
        if node.conversion == ord("r"):
            return self.helper("repr", text)
        if kind.is_text or (kind.name == "int" and not kind.maybe_none):
            return text
        return self.helper("str", text)

    def _with_format(self, node: ast.FormattedValue, text: str, scope: Scope) -> str:
        parts = node.format_spec.values  # type: ignore[union-attr]
        spec = "".join([str(part.value) for part in parts if isinstance(part, ast.Constant)])
        letter = spec[-1:]
        width = spec[:-1]
        if (
            len(parts) != 1
            or node.conversion != -1
            or letter not in ("d", "x", "X")
            or (width and not (width.startswith("0") and width.isdigit()))
        ):
            raise self.refusal(
                node,
                f"the format {ast.unparse(node.format_spec)[2:-1]!r} is not compiled",  # type: ignore[arg-type]
                "use 0Nd, 0Nx or 0NX, or write it out",
            )
        kind = infer(node.value, scope)
        if kind.name not in ("int", "js"):
            raise self.refusal(
                node, f"the format {spec!r} of what may be no whole number", "annotate it as int"
            )
        base = ["16"] if letter in "xX" else []
        if width:
            digits = self.helper("padded", text, str(int(width)), *base)
        else:
            digits = f"({text}).toString({''.join(base)})"
        return digits + (".toUpperCase()" if letter == "X" else "")

    def checked(self, text: str | None, node: ast.expr) -> str:
        """*text*, or a refusal where there is none."""
        if text is None:
            raise self.refusal(node, f"the constant {ast.unparse(node)}", "use text or numbers")
        return text

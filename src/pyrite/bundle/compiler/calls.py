"""Calls: built-in functions, methods of texts, lists and dicts, the program's own functions with their arguments in place."""

import ast
import json

from .infer import Scope, infer
from .kinds import JS, Kind
from .names import safe
from .program import Class, Function, Module

ERRORS = {
    "Exception": "Error",
    "RuntimeError": "RangeError",
    "TypeError": "TypeError",
    "ValueError": "ValueError",
    "AssertionError": "AssertionError",
}
SIMPLE = {
    "strip": "trim()",
    "lstrip": "trimStart()",
    "rstrip": "trimEnd()",
    "lower": "toLowerCase()",
    "upper": "toUpperCase()",
}
RENAMED = {"startswith": "startsWith", "endswith": "endsWith", "rfind": "lastIndexOf"}
# Methods that helpers of web/python.js do, whatever the receiver turns out to be.
HELPED = {
    "partition": "partition",
    "rpartition": "rpartition",
    "isdigit": "isdigit",
    "count": "count",
    "update": "update",
    "setdefault": "setdefault",
    "insert": "insert",
    "extend": "extend",
    "clear": "clear",
    "replace": "replace",
}
OF_BUILTINS = {
    *SIMPLE,
    *RENAMED,
    *HELPED,
    "split",
    "join",
    "find",
    "index",
    "encode",
    "append",
    "pop",
    "remove",
    "sort",
    "get",
    "items",
    "keys",
    "values",
    "copy",
}


class Calls:
    """The calling half of Expressions, which gives it `expression`, `condition`, `iterated`, `every` and `refusal`."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.helpers: set[str] = set()

    def helper(self, name: str, *arguments: str) -> str:
        """A call of the helper *name* of web/python.js."""
        self.helpers.add(name)
        return f"${name}({', '.join(arguments)})"

    def spelled(self, name: str, kind: Kind | None) -> str:
        """The attribute *name* of a value of *kind* (None: of the class that is being written), as JavaScript has it.

        With a `$` in front where the build may shorten it. Nothing else carries that mark: a key of data is always a
        text in brackets. A private name has it on values of unknown class too, for they are the program's own.
        """
        program = self.module.program
        unknown = kind is not None and not kind.cls and not self.module.is_test
        if unknown and not (name.startswith("_") and kind != JS):
            program.exposed.add(name)
        return name if name in program.exposed or name.startswith("__") else "$" + name

    def refusal(self, node: ast.AST, seen: str, remedy: str) -> Exception:
        """A CompileError at *node*."""
        from .errors import CompileError

        return CompileError(self.module.name, node, seen, remedy)

    def expression(self, node: ast.expr, scope: Scope) -> str:
        """See Expressions."""
        raise NotImplementedError

    def every(self, node: ast.expr, scope: Scope, method: str) -> str:
        """See Expressions."""
        raise NotImplementedError

    def condition(self, node: ast.expr, scope: Scope) -> str:
        """See Expressions."""
        raise NotImplementedError

    def iterated(self, node: ast.expr, scope: Scope, *, as_list: bool = False) -> str:
        """See Expressions."""
        raise NotImplementedError

    def _on_call(self, node: ast.Call, scope: Scope) -> str:
        func = node.func
        if isinstance(func, ast.Attribute):
            return self._method_call(func, node, scope)
        if isinstance(func, ast.Name):
            owner = scope.owner(func.id)
            if owner is not None:
                function = owner.functions.get(func.id)
                arguments = self.arguments(node, function, scope)
                return f"{safe(func.id)}({arguments})"
            found = scope.module.lookup(func.id)
            if isinstance(found, Class):
                return self._construction(found, func.id, node, scope)
            if isinstance(found, Function):
                return f"{safe(func.id)}({self.arguments(node, found, scope)})"
            if found is None and func.id not in scope.module.imports:
                return self._builtin(func.id, node, scope)
        return f"{self.expression(func, scope)}({self.arguments(node, None, scope)})"

    def _construction(self, cls: Class, name: str, node: ast.Call, scope: Scope) -> str:
        return f"new {safe(name)}({self.arguments(node, cls.method('__init__'), scope)})"

    def arguments(self, node: ast.Call, function: Function | None, scope: Scope) -> str:
        """The arguments of *node* in the places that *function* has for them."""
        given = [self.expression(argument, scope) for argument in node.args]
        if not node.keywords:
            return ", ".join(given)
        if function is None:
            raise self.refusal(
                node,
                f"{ast.unparse(node.func)} is called with names, and what it is can't be told",
                "annotate it, or give the arguments by place",
            )
        names = [argument.arg for argument in function.arguments]
        if names and any(keyword.arg is None for keyword in node.keywords):
            return self._spread(node, given, names, scope)
        placed: dict[int, str] = dict(enumerate(given))
        extra = []
        for keyword in node.keywords:
            text = self.expression(keyword.value, scope)
            if keyword.arg is None:
                extra.append(f"...{text}")
            elif keyword.arg in names:
                placed[names.index(keyword.arg)] = text
            else:
                self.module.program.exposed.add(keyword.arg)
                extra.append(f"{json.dumps(keyword.arg)}: {text}")
        if extra:
            if not function.node.args.kwarg:
                raise self.refusal(
                    node,
                    f"{function.name} takes no argument {extra[0]}",
                    f"it takes {', '.join(names)}",
                )
            placed[len(names)] = "{" + ", ".join(extra) + "}"
        last = max(placed, default=-1)
        return ", ".join([placed.get(place, "undefined") for place in range(last + 1)])

    def _spread(self, node: ast.Call, given: list[str], names: list[str], scope: Scope) -> str:
        """Arguments among which is a dict of more of them: they find their places at run time."""
        parts = []
        for keyword in node.keywords:
            begin = "..." if keyword.arg is None else f"{json.dumps(keyword.arg)}: "
            parts.append(begin + self.expression(keyword.value, scope))
        left = json.dumps(names[len(given) :])
        return ", ".join(
            [*given, f"...{self.helper('placed', left, '{' + ', '.join(parts) + '}')}"]
        )

    # ---- methods ----------------------------------------------------------------------------------------------------

    def _method_call(self, func: ast.Attribute, node: ast.Call, scope: Scope) -> str:
        if isinstance(func.value, ast.Call) and ast.unparse(func.value.func) == "super":
            base = scope.cls.base() if scope.cls else None
            method = base.method(func.attr) if base else None
            arguments = self.arguments(node, method, scope)
            return (
                f"super({arguments})"
                if func.attr == "__init__"
                else f"super.{self.spelled(func.attr, None)}({arguments})"
            )
        kind = infer(func.value, scope)
        if isinstance(func.value, ast.Name) and func.value.id == "json":
            # What JSON.parse and JSON.stringify refuse, json's functions refuse in the same places.
            name = {"loads": "parse", "dumps": "stringify"}[func.attr]
            return f"JSON.{name}({self.arguments(node, None, scope)})"
        text = self.expression(func.value, scope)
        if kind.cls or kind.name == "js" or func.attr not in OF_BUILTINS:
            method = kind.cls.method(func.attr) if kind.cls else None
            if method is None and node.keywords and kind.name != "js":
                method = self._only_one(func, node)
            name = self.spelled(func.attr, kind)
            return f"{text}.{name}({self.arguments(node, method, scope)})"
        return self._builtin_method(func.attr, text, kind, node, scope)

    def _only_one(self, func: ast.Attribute, node: ast.Call) -> Function:
        found = self.module.program.methods_named(func.attr)
        orders = {tuple([argument.arg for argument in one.arguments]) for one in found}
        if len(orders) != 1:
            raise self.refusal(
                node,
                f".{func.attr}() is called with names on a value of unknown class",
                "annotate the value",
            )
        return found[0]

    def _builtin_method(
        self, name: str, text: str, kind: Kind, node: ast.Call, scope: Scope
    ) -> str:
        given = [self.expression(argument, scope) for argument in node.args]
        if node.keywords:
            raise self.refusal(node, f".{name}() with names", "give the arguments by place")
        if name in SIMPLE:
            return f"{text}.{SIMPLE[name]}" if not given else self.helper(name, text, *given)
        if name in RENAMED:
            if isinstance(node.args[0], ast.Tuple):
                return self.helper(name, text, *given)
            return f"{text}.{RENAMED[name]}({given[0]})"
        if name == "find" and kind.name != "list":
            return f"{text}.indexOf({', '.join(given)})"
        if name == "index":
            return f"{text}.indexOf({given[0]})"
        if name == "join":
            return f"{self.iterated(node.args[0], scope, as_list=True)}.join({text})"
        if name == "split":
            return f"{text}.split({given[0]})" if len(given) == 1 else self.helper("split", text)
        if name == "encode":
            return f"new TextEncoder().encode({text})"
        if name == "append":
            return f"{text}.push({given[0]})"
        if name == "get":
            return self.helper("get", text, *given)
        if name == "pop":
            return self._pop(text, kind, node, given)
        if name in ("items", "keys", "values"):
            return f"Object.{'entries' if name == 'items' else name}({text})"
        if name == "copy":
            return self.helper("copy", text)
        if name == "remove":
            return self.helper("remove", text, *given)
        if name == "sort":
            raise self.refusal(node, ".sort()", "use sorted()")
        return self.helper(HELPED[name], text, *given)

    def _pop(self, text: str, kind: Kind, node: ast.Call, given: list[str]) -> str:
        if not given:
            return f"{text}.pop()"
        first = node.args[0]
        if isinstance(first, ast.Constant) and first.value == 0:
            return f"{text}.shift()"
        return self.helper("pop", text, *given)

    # ---- built-in functions -----------------------------------------------------------------------------------------

    def _builtin(self, name: str, node: ast.Call, scope: Scope) -> str:
        args = node.args
        if name == "isinstance":
            return self._isinstance(self.expression(args[0], scope), args[1], scope)
        given = [self.expression(argument, scope) for argument in args]
        if name == "dict" and node.keywords:
            parts = [f"...{text}" for text in given]
            for keyword in node.keywords:
                begin = "..." if keyword.arg is None else f"{json.dumps(keyword.arg)}: "
                parts.append(begin + self.expression(keyword.value, scope))
            return "({" + ", ".join(parts) + "})"
        if name == "sorted" and [keyword.arg for keyword in node.keywords] == ["key"]:
            return self.helper("sorted", *given, self.expression(node.keywords[0].value, scope))
        if node.keywords:
            raise self.refusal(
                node, f"{name}() with names", "give the arguments by place, or write it out"
            )
        first = infer(args[0], scope) if args else Kind("unknown")
        if name == "len":
            if first.name in ("str", "list", "tuple") and not first.maybe_none:
                return f"{given[0]}.length"
            return self.helper("len", given[0])
        if name == "str":
            return given[0] if first.is_text else self.helper("str", *given)
        if name == "int":
            if first.is_number:
                return f"Math.trunc({given[0]})"
            return self.helper("int", *given)
        if name == "float":
            return self.helper("float", *given)
        if name == "bool":
            return f"!!{self.condition(args[0], scope)}"
        if name in ("all", "any"):
            return self.every(args[0], scope, "every" if name == "all" else "some")
        if name in ("min", "max"):
            return f"Math.{name}({given[0] if len(given) > 1 else '...' + given[0]}{''.join([', ' + g for g in given[1:]])})"
        if name == "abs":
            return f"Math.abs({given[0]})"
        if name == "chr":
            return f"String.fromCodePoint({given[0]})"
        if name == "ord":
            return f"{given[0]}.codePointAt(0)"
        if name == "callable":
            return f"(typeof {given[0]} === 'function')"
        if name == "list" or name == "tuple":
            if not given:
                return "[]"
            if first.is_sequence:
                return f"{given[0]}.slice()"
            return f"[...{self.iterated(args[0], scope)}]"
        if name == "dict":
            return f"({{...{given[0]}}})" if given else "({})"
        if name in ("getattr", "setattr", "hasattr") and isinstance(args[1], ast.Constant):
            self.module.program.exposed.add(str(args[1].value))
        if name == "setattr":
            return f"({given[0]}[{given[1]}] = {given[2]})"
        if name == "getattr":
            return f"({given[0]}[{given[1]}] ?? {given[2] if len(given) > 2 else 'null'})"
        if name == "hasattr":
            return f"({given[1]} in {given[0]})"
        if name in ("repr", "sorted", "sum", "range", "enumerate", "zip", "reversed"):
            return self.helper(name, *given)
        if name in ERRORS:
            return f"new {self.error_class(name)}({', '.join(given)})"
        raise self.refusal(node, f"{name}() is not compiled", "use what the portable subset has")

    def error_class(self, name: str) -> str:
        """JavaScript's class for one of Python's own errors."""
        if ERRORS[name] in ("ValueError", "AssertionError"):
            self.helpers.add(ERRORS[name])
            return "$" + ERRORS[name]
        return ERRORS[name]

    def _isinstance(self, text: str, node: ast.expr, scope: Scope) -> str:
        wanted = node.elts if isinstance(node, ast.Tuple) else [node]
        names = [ast.unparse(one) for one in wanted]
        tests: list[str] = []
        if "float" in names:
            names = [name for name in names if name != "int"]
        for name in names:
            test = self._one_instance(text, name)
            if test not in tests:
                tests.append(test)
        return "(" + " || ".join(tests) + ")"

    def _one_instance(self, text: str, name: str) -> str:
        if name == "str":
            return f"typeof {text} === 'string'"
        if name == "bool":
            return f"typeof {text} === 'boolean'"
        if name == "float":
            return f"typeof {text} === 'number'"
        if name == "int":
            return f"Number.isSafeInteger({text})"
        if name in ("list", "tuple"):
            return f"Array.isArray({text})"
        if name == "dict":
            return self.helper("isdict", text)
        if name in ERRORS:
            return f"{text} instanceof {self.error_class(name)}"
        return f"{text} instanceof {safe(name)}"

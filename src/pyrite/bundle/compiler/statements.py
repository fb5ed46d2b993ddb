"""Statements, as lines of JavaScript that each know the Python line they come from."""

import ast
import json
import posixpath

from .checks import ERRORS
from .expressions import Expressions
from .infer import Scope, function_scope, infer, statements
from .kinds import UNKNOWN
from .names import ON_OBJECTS, safe
from .program import Class, Function, Module, is_type_checking
from .purity import is_pure, is_simple


class Writer(Expressions):
    """Writes one module."""

    def __init__(self, module: Module, *, for_tests: bool = False) -> None:
        super().__init__(module, for_tests=for_tests)
        self.lines: list[str] = []
        self.origins: list[int] = []
        self._depth = 0
        self._returns = UNKNOWN  # what its annotation says that it gives
        self._gives = False  # whether the function that is being written gives a value somewhere

    def line(self, text: str, node: ast.AST | None) -> None:
        """Write one line for *node*."""
        self.lines.append("  " * self._depth + text)
        self.origins.append(getattr(node, "lineno", 0) if node else 0)

    # ---- modules ----------------------------------------------------------------------------------------------------

    def module_text(self) -> str:
        """The module; its imports and helpers first."""
        scope = Scope(self.module)
        for statement in self.module.tree.body:
            self._top(statement, scope)
        head: dict[str, list[str]] = {}
        used = {node.id for node in ast.walk(self.module.tree) if isinstance(node, ast.Name)}
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
        elif isinstance(node, ast.Import | ast.ImportFrom):
            return
        elif is_type_checking(node):
            for inner in node.orelse:  # type: ignore[attr-defined]
                self._top(inner, scope)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name != "TYPE_CHECKING":
                self.line(f"export const {safe(name)} = {self._pure(node.value, scope)};", node)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.value is not None:
                name = safe(node.target.id)
                self.line(f"export const {name} = {self._pure(node.value, scope)};", node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        else:
            raise self.refusal(
                node,
                f"{type(node).__name__} at the top of a module",
                "define functions, classes and constants there, nothing else",
            )

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

    def _keep(self, place: int, node: ast.AST) -> None:
        """Write what the defaults of a function's parameters are, once, before line *place*."""
        lines = [f"const {name} = {value};" for name, value in self.captured]
        self.captured = []
        indent = "  " * self._depth if place == len(self.lines) else ""
        self.lines[place:place] = [indent + line for line in lines]
        self.origins[place:place] = [getattr(node, "lineno", 0)] * len(lines)

    # ---- classes and functions --------------------------------------------------------------------------------------

    def _class(self, cls: Class) -> None:
        base = ""
        if cls.node.bases:
            name = ast.unparse(cls.node.bases[0])
            base = f" extends {safe(name) if cls.base() else self.error_class(name)}"
        begin = len(self.lines)
        self.line(f"export class {safe(cls.name)}{base} {{", cls.node)
        self._depth += 1
        self._check_constants(cls)
        if self._for_tests or cls.is_named():
            self.line(f"get $name() {{ return {json.dumps(cls.name)}; }}", cls.node)
        for statement in cls.node.body:
            if isinstance(statement, ast.FunctionDef):
                if statement.name in ("__eq__", "__repr__") and not self._for_tests:
                    continue
                function = cls.methods[statement.name]
                self._function(_opening(function), statement, function, cls)
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                )
                value = self.default(statement.value, Scope(self.module))
                name = self.spelled(ast.unparse(targets[0]), None)
                self.line(f"get {name}() {{ return {value}; }}", statement)
            elif not isinstance(statement, ast.AnnAssign | ast.Expr | ast.Pass):
                raise self.refusal(
                    statement,
                    f"{type(statement).__name__} in a class",
                    "only methods and constants stand in classes",
                )
        self._depth -= 1
        self.line("}", cls.node)
        self._keep(begin, cls.node)

    def _check_constants(self, cls: Class) -> None:
        """A constant of a class is read-only here: an instance that sets one would throw at run time."""
        for name, sources in cls.assigned.items():
            for function, value in sources:
                if function.name and any(
                    not owner.name
                    for holder in cls.lineage()
                    for owner, _ in holder.assigned.get(name, [])
                ):
                    raise self.refusal(
                        value,
                        f"self.{name} is set, and is a constant of the class",
                        "give it another name",
                    )

    def _function(
        self, opening: str, node: ast.FunctionDef, function: Function, cls: Class | None
    ) -> None:
        scope = function_scope(function, None, cls)
        name = safe(node.name) if cls is None else self.spelled(node.name, None)
        name = "constructor" if node.name == "__init__" else name
        parameters = self.parameters(node.args, Scope(self.module), bound=function.bound)
        if cls is None:
            self._keep(len(self.lines), node)
        self.line(f"{opening} {name}({parameters}) {{".lstrip(), node)
        self._body(node.body, scope, node)
        self.line("}", node)

    def _body(self, body: list[ast.stmt], scope: Scope, node: ast.FunctionDef) -> None:
        self._depth += 1
        places = {argument.arg for argument in _all_arguments(node.args)}
        hoisted = sorted(_hoisted(body, places))
        if hoisted:
            self.line(f"let {', '.join([safe(name) for name in hoisted])};", node)
        declared = places | set(hoisted) | {scope.this}
        before = self._gives, self._returns
        self._gives, self._returns = _gives(body), self.module.kind_of(node.returns)
        self._block(body, scope, declared)
        if self._gives and not _ends(body):
            self.line("return null;", node)
        self._gives, self._returns = before
        self._depth -= 1

    def _block(self, body: list[ast.stmt], scope: Scope, declared: set[str]) -> None:
        for statement in body:
            name = "_do_" + type(statement).__name__.lower()
            write = getattr(self, name, None)
            if write is None:
                raise self.refusal(
                    statement,
                    f"{type(statement).__name__} is not compiled",
                    "write it with the plain constructs of the portable subset",
                )
            write(statement, scope, declared)

    def _nested(self, body: list[ast.stmt], scope: Scope, declared: set[str]) -> None:
        self._depth += 1
        self._block(body, scope, declared)
        self._depth -= 1

    # ---- statements -------------------------------------------------------------------------------------------------

    def _do_expr(self, node: ast.Expr, scope: Scope, declared: set[str]) -> None:
        if not isinstance(node.value, ast.Constant):
            self.statement = node.value
            self.line(self.expression(node.value, scope) + ";", node)

    def _do_pass(self, node: ast.Pass, scope: Scope, declared: set[str]) -> None:
        return

    def _do_nonlocal(self, node: ast.Nonlocal, scope: Scope, declared: set[str]) -> None:
        declared.update(node.names)

    def _do_return(self, node: ast.Return, scope: Scope, declared: set[str]) -> None:
        if node.value:
            first = self._returns.items[0] if self._returns.items else UNKNOWN
            lambda_ = isinstance(node.value, ast.Lambda)
            text = (
                self.function(node.value, scope, first)  # type: ignore[arg-type]
                if lambda_ and self._returns.name == "function"
                else self.expression(node.value, scope)
            )
            self.line(f"return {text};", node)
        else:
            # Only what gives a value elsewhere must give None here: undefined would be an argument that is missing.
            self.line("return null;" if self._gives else "return;", node)

    def _do_break(self, node: ast.Break, scope: Scope, declared: set[str]) -> None:
        self.line("break;", node)

    def _do_continue(self, node: ast.Continue, scope: Scope, declared: set[str]) -> None:
        self.line("continue;", node)

    def _do_functiondef(self, node: ast.FunctionDef, scope: Scope, declared: set[str]) -> None:
        function = Function(self.module, node)
        inner = function_scope(function, scope, None)
        begin = "" if node.name in declared else "const "
        parameters = self.parameters(node.args, scope, bound=False)
        self._keep(len(self.lines), node)
        self.line(f"{begin}{safe(node.name)} = ({parameters}) => {{", node)
        declared.add(node.name)
        self._body(node.body, inner, node)
        self.line("};", node)

    def _do_assign(self, node: ast.Assign, scope: Scope, declared: set[str]) -> None:
        value = self.expression(node.value, scope)
        several = len(node.targets) > 1 and not isinstance(node.value, ast.Name | ast.Constant)
        if several or not self._order_kept(node.targets, node.value, scope):
            # Evaluated once, whatever it does, and before what is worked out in the targets.
            self.count += 1
            name = f"$once{self.count}"
            self.line(f"const {name} = {value};", node)
            value = name
        for target in node.targets:
            self._assign(target, value, node, scope, declared)

    def _order_kept(self, targets: list[ast.expr], value: ast.expr, scope: Scope) -> bool:
        """Whether nobody can notice that JavaScript works *targets* out before *value*."""
        parts = [
            part
            for target in targets
            for inner in ast.walk(target)
            if isinstance(inner, ast.Attribute | ast.Subscript)
            for part in (
                [inner.value, inner.slice] if isinstance(inner, ast.Subscript) else [inner.value]
            )
        ]
        return is_pure(value, scope) or all(
            is_simple(part) or is_pure(part, scope) for part in parts
        )

    def _do_annassign(self, node: ast.AnnAssign, scope: Scope, declared: set[str]) -> None:
        if node.value is not None:
            self._assign(node.target, self.expression(node.value, scope), node, scope, declared)

    def _assign(
        self, target: ast.expr, value: str, node: ast.stmt, scope: Scope, declared: set[str]
    ) -> None:
        if isinstance(target, ast.Subscript):
            self.line(self._stored(target, value, scope) + ";", node)
            return
        if isinstance(target, ast.Name) and target.id == "_":
            self.line(f"{value};", node)
            return
        for inner in ast.walk(target):
            if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                self._check_set(inner, scope)
        names = {inner.id for inner in ast.walk(target) if isinstance(inner, ast.Name)} - {"_"}
        pattern = self.target(target, scope)
        simple = isinstance(target, ast.Name) or (
            isinstance(target, ast.Tuple)
            and all(isinstance(item, ast.Name) for item in target.elts)
        )
        if simple and names and not names & declared:
            declared.update(names)
            self.line(f"let {pattern} = {value};", node)
        else:
            self.line(f"{pattern} = {value};", node)

    def _stored(self, target: ast.Subscript, value: str, scope: Scope) -> str:
        """An item put into a list or dict."""
        self._check_item(target, scope)
        text = self.expression(target.value, scope)
        key = self.expression(target.slice, scope)
        kind = infer(target.value, scope)
        constant = isinstance(target.slice, ast.Constant) and target.slice.value not in ON_OBJECTS
        natural = kind.name == "list" and infer(target.slice, scope).natural
        if kind.name == "js" or (constant and kind.name != "list") or natural:
            return f"{text}[{key}] = {value}"
        return self.helper("put", text, key, value)

    def _check_item(self, target: ast.Subscript, scope: Scope) -> None:
        """Refuse what can't be set or deleted in a list or dict."""
        kind, key_kind = infer(target.value, scope), infer(target.slice, scope)
        if isinstance(target.slice, ast.Slice):
            raise self.refusal(target, "a slice that is set or deleted", "make a new list")
        if kind.cls or kind.name in ("str", "tuple", "bytes", "int", "float", "bool"):
            raise self.refusal(target, f"an item of a value of kind {kind.name}", "call a method")
        if kind.name == "dict":
            self.check_key(target.slice, scope, kind.keys)
        if isinstance(target.slice, ast.UnaryOp):
            raise self.refusal(
                target, "an item from the end", "count from the beginning: len(items) - 1"
            )
        if key_kind.name not in ("int", "str", "js", "unknown"):
            raise self.refusal(
                target, f"an item by {key_kind.name}", "lists take numbers, dicts texts"
            )

    def _do_augassign(self, node: ast.AugAssign, scope: Scope, declared: set[str]) -> None:
        kind, added = infer(node.target, scope), infer(node.value, scope)
        if (
            kind.name in ("list", "dict")
            or added.name in ("list", "dict")
            or (
                kind.name == "unknown"
                and added.name == "unknown"
                and isinstance(node.op, ast.Add | ast.BitOr)
            )
        ):
            raise self.refusal(
                node,
                "a list or dict changed by an operator",
                "use extend or update, or annotate it",
            )
        if any(isinstance(inner, ast.Call) for inner in ast.walk(node.target)):
            raise self.refusal(node, "a call in the target", "keep it in a name first")
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        value = self.expression(
            ast.copy_location(ast.BinOp(left=load, op=node.op, right=node.value), node), scope
        )
        if isinstance(node.target, ast.Subscript):
            self.line(f"{self._stored(node.target, value, scope)};", node)
        else:
            self._check_set(node.target, scope)
            target = self.expression(load, scope)
            for sign in "+-":
                begin = f"({target} {sign} "
                if value.startswith(begin):
                    # The minifier shortens that for names only.
                    target, value = f"{target} {sign}", value[len(begin) : -1]
                    break
            self.line(f"{target}{'' if target[-1] in '+-' else ' '}= {value};", node)

    def _check_set(self, target: ast.expr, scope: Scope) -> None:
        """Refuse to set what is a constant of a class, a property or a method: there it would be lost."""
        if not isinstance(target, ast.Attribute):
            return
        kind = infer(target.value, scope)
        if kind.name == "js":
            return
        owners = kind.cls.family() if kind.cls else self.module.program.classes()
        if self.class_named(target.value, scope) or any(
            target.attr in owner.constants or target.attr in owner.methods for owner in owners
        ):
            raise self.refusal(
                target,
                f"{ast.unparse(target)} is set, and is a constant of the class or a method",
                "give it another name",
            )

    def _do_delete(self, node: ast.Delete, scope: Scope, declared: set[str]) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                raise self.refusal(node, "del of a name", "leave it out")
            self._check_item(target, scope)
            kind, key_kind = infer(target.value, scope), infer(target.slice, scope)
            if kind.name not in ("dict", "js") and not key_kind.is_text:
                raise self.refusal(node, "del of what may be an item of a list", "use pop")
            self.line(
                f"delete {self.expression(target.value, scope)}[{self.expression(target.slice, scope)}];",
                node,
            )

    def _do_if(self, node: ast.If, scope: Scope, declared: set[str]) -> None:
        if is_type_checking(node):
            raise self.refusal(node, "TYPE_CHECKING in a function", "put it at the top")
        self.line(f"if ({self.condition(node.test, scope)}) {{", node)
        self._nested(node.body, scope, declared)
        rest = node.orelse
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            self.line(f"}} else if ({self.condition(rest[0].test, scope)}) {{", rest[0])
            self._nested(rest[0].body, scope, declared)
            rest = rest[0].orelse
        if rest:
            self.line("} else {", node)
            self._nested(rest, scope, declared)
        self.line("}", node)

    def _do_while(self, node: ast.While, scope: Scope, declared: set[str]) -> None:
        if node.orelse:
            raise self.refusal(node, "while with else", "write the condition out")
        self.line(f"while ({self.condition(node.test, scope)}) {{", node)
        self._nested(node.body, scope, declared)
        self.line("}", node)

    def _do_for(self, node: ast.For, scope: Scope, declared: set[str]) -> None:
        if node.orelse:
            raise self.refusal(node, "for with else", "write the condition out")
        names = {inner.id for inner in ast.walk(node.target) if isinstance(inner, ast.Name)}
        begin = "" if names & declared - {"_"} else "let "
        call = node.iter
        if (
            begin
            and isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "range"
            and scope.owner("range") is None
            and isinstance(node.target, ast.Name)
            and (len(call.args) < 3 or _step(call.args[2]))
        ):
            self._check_call("range", call)
            self.line(self._counted(node.target.id, call, scope), node)
        else:
            iterated = self.iterated(node.iter, scope)
            self.line(f"for ({begin}{self.target(node.target, scope)} of {iterated}) {{", node)
        self._nested(node.body, scope, declared | names)
        self.line("}", node)

    def _counted(self, name: str, call: ast.Call, scope: Scope) -> str:
        given = [self.expression(argument, scope) for argument in call.args]
        start, end = ("0", given[0]) if len(given) == 1 else (given[0], given[1])
        step = given[2] if len(given) > 2 else "1"
        down = len(given) > 2 and _step(call.args[2]) < 0
        name = safe(name)
        # The end is worked out once, as range does.
        return f"for (let {name} = {start}, {name}$end = {end}; {name} {'>' if down else '<'} {name}$end; {name} += {step}) {{"

    def _do_raise(self, node: ast.Raise, scope: Scope, declared: set[str]) -> None:
        if node.exc is None:
            raise self.refusal(node, "raise without an error", "name the error that was caught")
        exc = node.exc
        if isinstance(exc, ast.Name) and (self.class_named(exc, scope) or exc.id in ERRORS):
            exc = ast.copy_location(ast.Call(func=exc, args=[], keywords=[]), exc)
        text = self.expression(exc, scope)
        self.line(f"throw {text};", node)

    def _do_assert(self, node: ast.Assert, scope: Scope, declared: set[str]) -> None:
        said = (
            self.helper("str", self.expression(node.msg, scope))
            if node.msg
            else json.dumps(ast.unparse(node.test))
        )
        self.line(
            f"if (!({self.condition(node.test, scope)})) throw new {self.error_class('AssertionError')}({said});",
            node,
        )

    def _do_try(self, node: ast.Try, scope: Scope, declared: set[str]) -> None:
        if node.orelse:
            raise self.refusal(node, "try with else", "put it behind the last line of try")
        self.line("try {", node)
        self._nested(node.body, scope, declared)
        if node.handlers:
            names = {handler.name for handler in node.handlers}
            name = names.pop()
            caught = safe(name) if name and not names and name not in declared else "$error"
            self.line(f"}} catch ({caught}) {{", node.handlers[0])
            self._depth += 1
            self._handlers(node.handlers, caught, scope, declared)
            self._depth -= 1
        if node.finalbody:
            self.line("} finally {", node)
            self._nested(node.finalbody, scope, declared)
        self.line("}", node)

    def _handlers(
        self, handlers: list[ast.ExceptHandler], caught: str, scope: Scope, declared: set[str]
    ) -> None:
        """What follows `catch`: each of *handlers* with its test, the error being named *caught*."""
        catches_all = False
        opened = 0
        for handler in handlers:
            test = self._catches(handler, caught, scope)
            catches_all = test == ""
            if not test and not opened:
                self._handler(handler, caught, scope, declared)
                break
            word = "} else if" if opened else "if"
            self.line(f"{word} ({test}) {{" if test else "} else {", handler)
            opened += 1
            self._depth += 1
            self._handler(handler, caught, scope, declared)
            self._depth -= 1
        if opened:
            if not catches_all:
                self.line("} else {", handlers[-1])
                self.line(f"  throw {caught};", handlers[-1])
            self.line("}", handlers[-1])

    def _handler(
        self, handler: ast.ExceptHandler, caught: str, scope: Scope, declared: set[str]
    ) -> None:
        if handler.name and safe(handler.name) != caught:
            begin = "" if handler.name in declared else "let "
            self.line(f"{begin}{safe(handler.name)} = {caught};", handler)
        self._block(handler.body, scope, declared | ({handler.name} if handler.name else set()))

    def _catches(self, handler: ast.ExceptHandler, caught: str, scope: Scope) -> str:
        """The test for what *handler* catches; '' for everything."""
        if handler.type is None:
            return ""
        names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        texts = [ast.unparse(name) for name in names]
        if {"Exception", "BaseException"} & set(texts):
            return ""
        for text in texts:
            if text in ("KeyError", "IndexError", "AttributeError"):
                raise self.refusal(
                    handler, f"except {text}", "look before you take: a miss gives None here"
                )
        return " || ".join([self.one_instance(caught, text, handler, scope) for text in texts])


def _opening(function: Function) -> str:
    if function.is_property:
        return "get"
    return "" if function.bound else "static"


def _all_arguments(args: ast.arguments) -> list[ast.arg]:
    extra = [argument for argument in (args.vararg, args.kwarg) if argument]
    return args.args + args.kwonlyargs + extra


def _hoisted(body: list[ast.stmt], places: set[str]) -> set[str]:
    """Names that must be declared at the top of a function: first assigned in a block, and met outside of it."""
    first: dict[str, ast.stmt] = {}
    hoisted: set[str] = set()
    top = set(map(id, body))
    elsewhere = {
        name
        for statement in statements(body)
        if isinstance(statement, ast.Nonlocal)
        for name in statement.names
    }
    for statement in statements(body):
        names = _assigned_by(statement) - elsewhere
        if isinstance(statement, ast.Assign) and _is_mixed(statement, set(first) | places):
            hoisted.update(names - set(first) - places)
        for name in names:
            if name in places:
                continue
            if name not in first:
                first[name] = statement
                if id(statement) not in top and not isinstance(statement, ast.For):
                    hoisted.add(name)
            elif isinstance(statement, ast.For) != isinstance(first[name], ast.For):
                # A loop's name is the loop's own only where nothing but loops sets it.
                hoisted.add(name)
    captured = _kept_by_functions(body)
    for name, statement in first.items():
        if isinstance(statement, ast.For) and (name in captured or _outside(name, body)):
            # What a function made in the loop sees is the last of its values.
            hoisted.add(name)
    return _with_partners(hoisted, places, body)


def _with_partners(hoisted: set[str], places: set[str], body: list[ast.stmt]) -> set[str]:
    """*hoisted*, and what stands beside such a name in the target of a loop: `let` can't declare a part of it."""
    loops = [_targets(loop.target) for loop in statements(body) if isinstance(loop, ast.For)]
    while True:
        partners = {
            name for names in loops if names & (hoisted | places) for name in names - places
        } - hoisted
        if not partners:
            return hoisted
        hoisted = hoisted | partners


def _is_mixed(statement: ast.Assign, known: set[str]) -> bool:
    """Whether an assignment has targets that `let` can't declare together: known ones, or such as are no names."""
    target = statement.targets[0]
    if isinstance(target, ast.Name):
        return False
    plain = isinstance(target, ast.Tuple) and all(
        isinstance(item, ast.Name) for item in target.elts
    )
    return not plain or bool(_targets(target) & known)


def _outside(name: str, body: list[ast.stmt]) -> bool:
    """Whether *name*, which loops set, is met outside of those loops, or set inside one."""
    inside: set[int] = set()
    for statement in statements(body):
        if isinstance(statement, ast.For) and name in _targets(statement.target):
            for node in [*ast.walk(statement.target), *_walked(statement.body)]:
                inside.add(id(node))
    return any(
        isinstance(node, ast.Name) and node.id == name and id(node) not in inside
        for node in _walked(body)
    )


def _kept_by_functions(body: list[ast.stmt]) -> set[str]:
    """The names that functions made in loops in *body* have to do with."""
    loops = [one for one in statements(body) if isinstance(one, ast.For | ast.While)]
    return {
        name.id
        for node in _walked([*loops])
        if isinstance(node, ast.Lambda | ast.FunctionDef)
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }


def _step(node: ast.expr) -> int:
    """The step of a range that is written out; 0 for one that is worked out."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
    value = node.value if isinstance(node, ast.Constant) else 0
    return sign * value if isinstance(value, int) else 0


def _gives(body: list[ast.stmt]) -> bool:
    """Whether a function with this *body* returns a value somewhere."""
    return any(isinstance(one, ast.Return) and one.value for one in statements(body))


def _ends(body: list[ast.stmt]) -> bool:
    """Whether control never comes to the end of *body*."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.Try):
        return _ends(last.body) and all(_ends(handler.body) for handler in last.handlers)
    if isinstance(last, ast.While):
        forever = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return forever and not any(isinstance(one, ast.Break) for one in statements(last.body))
    return False


def _walked(body: list[ast.stmt]) -> list[ast.AST]:
    return [node for statement in body for node in ast.walk(statement)]


def _assigned_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Assign):
        return {name for target in statement.targets for name in _targets(target)}
    if isinstance(statement, ast.AnnAssign):
        return _targets(statement.target) if statement.value else set()
    if isinstance(statement, ast.AugAssign | ast.For):
        return _targets(statement.target)
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    return set()


def _targets(target: ast.expr) -> set[str]:
    if isinstance(target, ast.Name):
        return {target.id} - {"_"}
    if isinstance(target, ast.Tuple):
        return {name for item in target.elts for name in _targets(item)}
    return _targets(target.value) if isinstance(target, ast.Starred) else set()

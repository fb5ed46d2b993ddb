"""Statements, as lines of JavaScript that each know the Python line they come from."""

import ast
import json
import posixpath

from .expressions import Expressions
from .infer import Scope, function_scope, infer, statements
from .names import ON_OBJECTS, safe
from .program import Class, Function, Module, is_type_checking


class Writer(Expressions):
    """Writes one module."""

    def __init__(self, module: Module, *, for_tests: bool = False) -> None:
        super().__init__(module)
        self.lines: list[str] = []
        self.origins: list[int] = []
        self._depth = 0
        self._chains = 0  # assignments to several targets so far
        self._for_tests = for_tests

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
        for name, (source, original) in sorted(self.module.imports.items()):
            if source in self.module.program.modules:
                found = self.module.program.modules[source].lookup(original)
                if found is not None and _is_used(self.module.tree, name):
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
        found = posixpath.relpath(path + ".js", posixpath.dirname(self.module.name) or ".")
        return json.dumps(found if found.startswith(".") else "./" + found)

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
        return f"/* @__PURE__ */ (() => {text})()" if "(" in text.replace("({", "") else text

    # ---- classes and functions --------------------------------------------------------------------------------------

    def _class(self, cls: Class) -> None:
        base = ""
        if cls.node.bases:
            name = ast.unparse(cls.node.bases[0])
            base = f" extends {'Error' if name == 'Exception' else safe(name)}"
        self.line(f"export class {safe(cls.name)}{base} {{", cls.node)
        self._depth += 1
        self._check_constants(cls)
        self.line(f"get $name() {{ return {json.dumps(cls.name)}; }}", cls.node)
        for statement in cls.node.body:
            if isinstance(statement, ast.FunctionDef):
                if statement.name in ("__eq__", "__repr__") and not self._for_tests:
                    continue
                function = cls.methods[statement.name]
                self._function(_opening(function), statement, function, cls)
            elif isinstance(statement, ast.Assign):
                name = ast.unparse(statement.targets[0])
                value = self.expression(statement.value, Scope(self.module))
                name = self.spelled(name, None)
                self.line(f"get {name}() {{ return {value}; }}", statement)
            elif not isinstance(statement, ast.AnnAssign | ast.Expr | ast.Pass):
                raise self.refusal(
                    statement,
                    f"{type(statement).__name__} in a class",
                    "only methods and constants stand in classes",
                )
        self._depth -= 1
        self.line("}", cls.node)

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
        self._block(body, scope, declared)
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
            self.line(self.expression(node.value, scope) + ";", node)

    def _do_pass(self, node: ast.Pass, scope: Scope, declared: set[str]) -> None:
        return

    def _do_nonlocal(self, node: ast.Nonlocal, scope: Scope, declared: set[str]) -> None:
        declared.update(node.names)

    def _do_return(self, node: ast.Return, scope: Scope, declared: set[str]) -> None:
        self.line(
            f"return {self.expression(node.value, scope)};" if node.value else "return;", node
        )

    def _do_break(self, node: ast.Break, scope: Scope, declared: set[str]) -> None:
        self.line("break;", node)

    def _do_continue(self, node: ast.Continue, scope: Scope, declared: set[str]) -> None:
        self.line("continue;", node)

    def _do_functiondef(self, node: ast.FunctionDef, scope: Scope, declared: set[str]) -> None:
        function = Function(self.module, node)
        inner = function_scope(function, scope, None)
        begin = "" if node.name in declared else "const "
        self.line(
            f"{begin}{safe(node.name)} = ({self.parameters(node.args, scope, bound=False)}) => {{",
            node,
        )
        declared.add(node.name)
        self._body(node.body, inner, node)
        self.line("};", node)

    def _do_assign(self, node: ast.Assign, scope: Scope, declared: set[str]) -> None:
        value = self.expression(node.value, scope)
        if len(node.targets) > 1 and not isinstance(node.value, ast.Name | ast.Constant):
            # Evaluated once, whatever it does.
            self._chains += 1
            name = f"$once{self._chains}"
            self.line(f"const {name} = {value};", node)
            value = name
        for target in node.targets:
            self._assign(target, value, node, scope, declared)

    def _do_annassign(self, node: ast.AnnAssign, scope: Scope, declared: set[str]) -> None:
        if node.value is not None:
            self._assign(node.target, self.expression(node.value, scope), node, scope, declared)

    def _assign(
        self, target: ast.expr, value: str, node: ast.stmt, scope: Scope, declared: set[str]
    ) -> None:
        if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
            self.line(self._stored(target, value, scope) + ";", node)
            return
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
        text = self.expression(target.value, scope)
        key = self.expression(target.slice, scope)
        kind = infer(target.value, scope)
        constant = isinstance(target.slice, ast.Constant) and target.slice.value not in ON_OBJECTS
        if kind.cls:
            raise self.refusal(target, "an item of an instance", "call a method")
        if kind.name in ("list", "js") or constant or infer(target.slice, scope).name == "int":
            return f"{text}[{key}] = {value}"
        return self.helper("put", text, key, value)

    def _do_augassign(self, node: ast.AugAssign, scope: Scope, declared: set[str]) -> None:
        if infer(node.target, scope).name in ("list", "dict"):
            raise self.refusal(
                node, "a list or dict changed by an operator", "use extend or update"
            )
        if any(isinstance(inner, ast.Call) for inner in ast.walk(node.target)):
            raise self.refusal(node, "a call in the target", "keep it in a name first")
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        value = self.expression(
            ast.copy_location(ast.BinOp(left=load, op=node.op, right=node.value), node), scope
        )
        self.line(f"{self.expression(load, scope)} = {value};", node)

    def _do_delete(self, node: ast.Delete, scope: Scope, declared: set[str]) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                raise self.refusal(node, "del of a name", "leave it out")
            self.line(f"delete {self.expression(target, scope)};", node)

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
            and isinstance(node.target, ast.Name)
        ):
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
        down = "-" in step
        name = safe(name)
        # The end is worked out once, as range does.
        return f"for (let {name} = {start}, {name}$end = {end}; {name} {'>' if down else '<'} {name}$end; {name} += {step}) {{"

    def _do_raise(self, node: ast.Raise, scope: Scope, declared: set[str]) -> None:
        if node.exc is None:
            raise self.refusal(node, "raise without an error", "name the error that was caught")
        text = self.expression(node.exc, scope)
        if isinstance(node.exc, ast.Name) and isinstance(scope.module.lookup(node.exc.id), Class):
            text = f"new {text}()"
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
            self.line("} catch ($error) {", node.handlers[0])
            self._depth += 1
            self._handlers(node.handlers, scope, declared)
            self._depth -= 1
        if node.finalbody:
            self.line("} finally {", node)
            self._nested(node.finalbody, scope, declared)
        self.line("}", node)

    def _handlers(
        self, handlers: list[ast.ExceptHandler], scope: Scope, declared: set[str]
    ) -> None:
        catches_all = False
        opened = 0
        for handler in handlers:
            test = self._catches(handler, scope)
            catches_all = test == ""
            if not test and not opened:
                self._handler(handler, scope, declared)
                break
            word = "} else if" if opened else "if"
            self.line(f"{word} ({test}) {{" if test else "} else {", handler)
            opened += 1
            self._depth += 1
            self._handler(handler, scope, declared)
            self._depth -= 1
        if opened:
            if not catches_all:
                self.line("} else {", handlers[-1])
                self.line("  throw $error;", handlers[-1])
            self.line("}", handlers[-1])

    def _handler(self, handler: ast.ExceptHandler, scope: Scope, declared: set[str]) -> None:
        if handler.name:
            name = safe(handler.name)
            self.line(f"{'' if handler.name in declared else 'let '}{name} = $error;", handler)
        self._block(handler.body, scope, declared | ({handler.name} if handler.name else set()))

    def _catches(self, handler: ast.ExceptHandler, scope: Scope) -> str:
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
        return " || ".join([self._one_instance("$error", text) for text in texts])


def _opening(function: Function) -> str:
    if function.is_property:
        return "get"
    return "" if function.bound else "static"


def _all_arguments(args: ast.arguments) -> list[ast.arg]:
    extra = [argument for argument in (args.vararg, args.kwarg) if argument]
    return args.args + args.kwonlyargs + extra


def _is_used(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


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
    for name, statement in first.items():
        if isinstance(statement, ast.For) and name not in hoisted and _outside(name, body):
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
    return set()

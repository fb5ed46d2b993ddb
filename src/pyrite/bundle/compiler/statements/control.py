"""What decides which line is next: conditions, loops and errors."""

import ast
import json

from ..checks import ERRORS
from ..inference.scopes import Scope
from ..names import safe
from ..reading.walks import is_type_checking
from .lines import Lines


def _step(node: ast.expr) -> int:
    """The step of a range that is written out; 0 for one that is worked out."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
    value = node.value if isinstance(node, ast.Constant) else 0
    return sign * value if isinstance(value, int) else 0


class Control(Lines):
    """Writes conditions, loops, and what raises and catches errors."""

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

    def _do_break(self, node: ast.Break, scope: Scope, declared: set[str]) -> None:
        self.line("break;", node)

    def _do_continue(self, node: ast.Continue, scope: Scope, declared: set[str]) -> None:
        self.line("continue;", node)

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

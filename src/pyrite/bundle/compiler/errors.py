"""What the compiler refuses."""

import ast


class CompileError(ValueError):
    """A construct has no place in the compiled lane; the message says file, line, what was seen, and what to write instead."""

    def __init__(self, file: str, node: ast.AST, seen: str, remedy: str) -> None:
        super().__init__(f"{file}:{getattr(node, 'lineno', 0)}: {seen}; {remedy}")

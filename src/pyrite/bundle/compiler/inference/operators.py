"""The kind of what an operator gives, from those of its operands."""

import ast

from ..reading.kinds import (
    BOOL,
    DICT,
    FLOAT,
    INT,
    JS,
    NATURAL,
    NEVER,
    NUMBER,
    NUMBERS,
    UNKNOWN,
    Kind,
    join,
)

BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
SEQUENCES = ("str", "list", "tuple")


def unary(operator: ast.unaryop, kind: Kind) -> Kind:
    """The kind of *operator* before a value of *kind*."""
    if isinstance(operator, ast.Not):
        return BOOL
    return INT if kind.name in ("bool", "int") else kind if kind.name in ("js", "float") else NUMBER


def binary(node: ast.BinOp, left: Kind, right: Kind) -> Kind:
    """The kind of *node*, whose operands are *left* and *right*."""
    operator, names = node.op, (left.name, right.name)
    if NEVER in (left, right) and not isinstance(operator, ast.Div | ast.Pow):
        return left if right == NEVER else right
    if isinstance(operator, ast.Add | ast.Mult):
        for kind in (left, right):
            if kind.name in SEQUENCES:
                return join(left, right) or UNKNOWN if left.name == right.name else kind
    if "dict" in names:
        return DICT
    if isinstance(operator, ast.Div | ast.Pow):
        return INT if _is_whole_power(node) else FLOAT
    if isinstance(operator, BITWISE):
        return INT
    return _of_numbers(operator, left, right)


def _of_numbers(operator: ast.operator, left: Kind, right: Kind) -> Kind:
    names = (left.name, right.name)
    keeps_natural = isinstance(operator, ast.Add | ast.Mult | ast.FloorDiv | ast.Mod)
    if left.natural and right.natural and keeps_natural:
        return NATURAL
    if {*names} <= {*NUMBERS, "bool"}:
        if "number" in names:
            return NUMBER
        return FLOAT if "float" in names else INT
    if "js" in names:
        return JS
    # There are no sets here, so that a difference is a number.
    return UNKNOWN if isinstance(operator, ast.Add | ast.Mult | ast.Mod) else NUMBER


def _is_whole_power(node: ast.BinOp) -> bool:
    """Whether *node* is a whole number to the power of one that is known and not negative."""
    whole = all(
        isinstance(part, ast.Constant) and isinstance(part.value, int)
        for part in (node.left, node.right)
    )
    return whole and isinstance(node.op, ast.Pow)

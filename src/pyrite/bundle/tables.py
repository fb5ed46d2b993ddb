"""Tables of options in a bundle: what an option is for is for readers and the README, not for a page."""

import ast

TABLES = ("core/options/", "core/commands/")  # folders


def without_meanings(name: str, tree: ast.Module) -> ast.Module:
    """*tree*, the module *name*, with the last of each row's four columns gone."""
    if name.startswith(TABLES):
        for table in [node for node in ast.walk(tree) if isinstance(node, ast.Tuple)]:
            if table.elts and all(_is_row(row) for row in table.elts):
                for row in table.elts:
                    row.elts.pop()  # type: ignore[attr-defined]
    return tree


def _is_row(node: ast.expr) -> bool:
    """A row of a table of options: `(name, kind, default, what it is for)`."""
    return (
        isinstance(node, ast.Tuple)
        and len(node.elts) == 4
        and isinstance(node.elts[3], ast.Constant)
        and isinstance(node.elts[3].value, str)
    )

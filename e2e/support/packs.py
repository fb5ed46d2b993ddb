"""Libraries from npm that tests run beside ours: installed once, as e2e/package.json pins them."""

import fcntl
import functools
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyrite.bundle.tools import tools

E2E = Path(__file__).resolve().parents[1]
WEB = E2E.parent / "web"


def installed() -> Path:
    """The folder node_modules with what has dependencies of its own (React, Vue, their routers)."""
    with _alone():
        tools(E2E)
    return E2E / "node_modules"


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time install: tests run in several, and npm begins by deleting what is there."""
    with (E2E / "package-lock.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def pack(name: str) -> Path:
    """The folder of one of the 'packs' in package.json, or the 'runtimes' in web/package.json: the package's own files alone."""
    pinned = json.loads((E2E / "package.json").read_text())["packs"]
    pinned |= json.loads((WEB / "package.json").read_text())["runtimes"]
    version = pinned[name]
    installed()  # first: npm begins by deleting all of node_modules
    folder = E2E / "node_modules" / ".packs" / f"{name.replace('/', '_')}@{version}"
    with _alone():
        _packed(folder, f"{name}@{version}")
    return folder / "package"


def _packed(folder: Path, package: str) -> None:
    """Have the files of *package* in *folder*."""
    if (folder / "package" / "package.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    npm = shutil.which("npm")
    assert npm, "npm comes with Node 20+"
    command = [npm, "pack", package, "--silent"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    with tarfile.open(folder / result.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(folder, filter="data")


@functools.cache
def bundled(entry: str, name: str, *options: str) -> str:
    """The text of one script for a page, from a module's source *entry*, with libraries from node_modules in it."""
    tools(WEB)
    command = [
        str(WEB / "node_modules" / ".bin" / "esbuild"),
        "--bundle", "--format=iife", "--loader=jsx", "--jsx=automatic", "--log-level=error", f"--sourcefile={name}",
        '--define:process.env.NODE_ENV="production"', "--define:__VUE_OPTIONS_API__=true",
        "--define:__VUE_PROD_DEVTOOLS__=false", "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false",
        *options,
    ]  # fmt: skip
    result = subprocess.run(
        command, input=entry, capture_output=True, text=True, cwd=installed().parent
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@functools.cache
def printed(entry: str, name: str) -> str:
    """What Node writes for a module's source *entry*, with libraries from node_modules: what a server sends, or a compiler makes."""
    node = shutil.which("node")
    assert node, "the build needs it too"
    external = ["--external:svelte/compiler", "--external:domino"]
    script = bundled(entry, name, "--platform=node", "--format=cjs", *external)
    result = subprocess.run(
        [node], input=script, capture_output=True, text=True, cwd=installed().parent
    )
    assert result.returncode == 0, result.stderr
    return result.stdout

"""The build's tools that npm installs: esbuild bundles and shortens, terser rewrites what esbuild has made."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

TARGET = "es2020"
# Some 4 % less for a browser to load than esbuild alone leaves.
SMALLER = "ecma=2020,passes=2,inline=1"

NODE = 20  # the first version that the tools run on
NEEDED = f"building the browser files needs Node {NODE}+ with npm"
REMEDY = "install it, or install a released wheel, which contains them"


class BuildError(Exception):
    """The build can't go on; the message says what is missing and how to get it."""


def tools(folder: Path) -> None:
    """Install in *folder* what its package-lock.json pins, unless it is there. Raises BuildError."""
    _check_node()
    stamp = folder / "node_modules" / ".pyrite-lock"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError(f"{NEEDED}, and there is node without npm; {REMEDY}")
    result = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True
    )
    if result.returncode:
        raise BuildError(f"npm ci failed in {folder.name}/: {result.stderr.strip()[-800:]}")
    stamp.write_text(wanted)


def _check_node() -> None:
    """Raises BuildError where Node is missing or too old: its own complaint would be a syntax error in a tool."""
    node = shutil.which("node")
    if node is None:
        raise BuildError(f"{NEEDED}, and there is no node; {REMEDY}")
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    found = re.match(r"v(\d+)\.", said)
    if found is None or int(found[1]) < NODE:
        raise BuildError(f"{NEEDED}, and {node} is {said or 'of no version'}; {REMEDY}")


def esbuild(web: Path, text: str, *options: str, cwd: Path | None = None) -> bytes:
    """*text* made small, or the files that *options* name. Raises BuildError."""
    loader = ["--loader=js"] if text else []
    quiet = "--log-override:empty-import-meta=silent"
    command = ["--minify", f"--target={TARGET}", *loader, *options, quiet]
    return _run(web, "esbuild", command, text.encode(), cwd)


def terser(
    web: Path, script: bytes, *options: str, compress: str = SMALLER, cwd: Path | None = None
) -> bytes:
    """*script*, or the file that *options* name, smaller still, by the rules *compress*. Raises BuildError."""
    rules = ["--ecma", "2020", "--compress", compress, "--mangle"]
    return _run(web, "terser", [*options, *rules], script, cwd)


def _run(web: Path, name: str, options: list[str], given: bytes, cwd: Path | None) -> bytes:
    command = [str(web / "node_modules" / ".bin" / name), *options]
    result = subprocess.run(command, input=given, capture_output=True, cwd=cwd)
    if result.returncode:
        raise BuildError(f"{name}: " + result.stderr.decode(errors="replace")[-1500:])
    return result.stdout

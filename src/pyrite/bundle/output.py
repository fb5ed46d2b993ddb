"""The folder that a build is written to: its own files are known by a mark, and nobody else's is ever overwritten or removed.

A build is made in a folder of its own inside, and moved to its place file by file once it is whole. Not for what is built.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from .tools import BuildError

MARK = "pyrite-build.json"
ABOUT = "Written by 'pyrite build': these files are its own, and go with its next build. All others in this folder stay."
LAST = "manifest.json"  # by which an edge knows a whole build
NAMED = 5  # files of others that a refusal names
_PACKAGE = re.compile(r"(pyscript|brython)/pyrite[\w.-]*")
_HASHED = re.compile(r"lib/\w+\.([0-9a-f]{12})\.\w+")

Owned = dict[str, list[str]]  # path: hashes of what we have written there


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A folder to build in; at the end what is in it takes the place of the build in *out*. Raises BuildError, OSError.

    *out* may be new, empty, or hold an earlier build, with files of others beside it.
    """
    if out.exists() and not out.is_dir():
        raise BuildError(f"{out}: is a file; name a folder")
    out.mkdir(parents=True, exist_ok=True)
    owned = _owned(out)
    if owned is None:
        raise BuildError(
            f"{out}: holds files that are not a build, and none of them is touched; "
            f"name a new or an empty folder, such as {out / 'pyrite'}"
        )
    beside = Path(tempfile.mkdtemp(prefix=".pyrite-building-", dir=out))
    try:
        _write_mark(out, owned, beside.name)
        yield beside
        _swap(beside, out, owned)
    except BaseException:
        if owned:
            _write_mark(out, owned)
        else:
            (out / MARK).unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _swap(beside: Path, out: Path, owned: Owned) -> None:
    made = {
        path.relative_to(beside).as_posix(): _hash(path)
        for path in sorted(beside.rglob("*"))
        if path.is_file()
    }
    foreign = [name for name, digest in made.items() if not _is_free(out, name, [*owned.get(name, []), digest])]  # fmt: skip
    if foreign:
        listed = ", ".join(foreign[:NAMED]) + (" and more" if len(foreign) > NAMED else "")
        raise BuildError(
            f"{out}: {listed} would be overwritten, and pyrite build has not written what is there now; "
            f"move it away, or name another folder, such as {out / 'pyrite'}"
        )
    # Both are ours while they change places: a build that is interrupted here can be repeated.
    for name, digest in made.items():
        owned[name] = [*owned.get(name, []), digest]
    _write_mark(out, owned, beside.name)
    for name in sorted(made, key=lambda name: name == LAST):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (beside / name).replace(out / name)
    for name in set(owned) - set(made):
        if _is_free(out, name, owned[name]):
            (out / name).unlink(missing_ok=True)
            with suppress(OSError):  # others have files in it
                (out / name).parent.rmdir()
        del owned[name]
    owned.update({name: [digest] for name, digest in made.items()})
    _write_mark(out, owned)


def _is_free(out: Path, name: str, hashes: list[str]) -> bool:
    """Whether nothing is at *name*, or a file with one of *hashes*; a link out of the folder is somebody else's."""
    place = out
    for piece in PurePosixPath(name).parts[:-1]:
        place = place / piece
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            return False
    path = out / name
    if path.is_symlink() or path.is_dir():
        return False
    return not path.exists() or _hash(path) in hashes


def _owned(out: Path) -> Owned | None:
    """What in *out* is ours; None where it holds files and no mark of ours."""
    mark = _read(out / MARK)
    if mark.get("about") == ABOUT and isinstance(mark.get("files"), dict):
        left = mark.get("building")
        if isinstance(left, str) and re.fullmatch(r"\.pyrite-building-\w+", left):
            shutil.rmtree(out / left, ignore_errors=True)  # of a build that was killed
        return {
            name: list(hashes)
            for name, hashes in mark["files"].items()
            if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
        }
    if not any(out.iterdir()):
        return {}
    return _unmarked(out)


def _unmarked(out: Path) -> Owned | None:
    """What is ours in a build from before there was a mark: its manifest says the hash of its sources, as no other does."""
    manifest = _read(out / LAST)
    files = manifest.get("files")
    if not re.fullmatch(r"[0-9a-f]{64}", str(manifest.get("source"))) or not isinstance(files, dict):  # fmt: skip
        return None
    paths = [path for path in sorted(out.rglob("*")) if path.is_file()]
    found = {path.relative_to(out).as_posix(): _hash(path) for path in paths}
    ours: Owned = {}
    for name, digest in found.items():
        plain = re.sub(r"\.(br|gz)$", "", name)
        hashed = _HASHED.fullmatch(plain)
        if hashed:
            mine = found.get(plain, "").startswith(hashed[1])
        else:
            mine = plain in _BEFORE or bool(_PACKAGE.fullmatch(plain))
        if mine:
            ours[name] = [digest]
    return ours


_BEFORE = {
    "alloy.js", "alloy.compiled.js", "alloy.compiled.js.map", "alloy.micropython.js", "base.js", "base-early.js",
    "check.js", "worker.js", "types/alloy.d.ts", "sizes.json", "manifest.json", "pyscript/pyrite.tar",
}  # fmt: skip


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _write_mark(out: Path, owned: Owned, building: str = "") -> None:
    mark = {"about": ABOUT, "files": dict(sorted(owned.items()))} | ({"building": building} if building else {})  # fmt: skip
    file = out / f".{MARK}.{os.getpid()}"
    file.write_text(json.dumps(mark, indent=1) + "\n")
    file.replace(out / MARK)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

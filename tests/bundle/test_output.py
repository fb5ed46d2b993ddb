"""The folder that a build is written to: what is not ours stays, byte for byte."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pyrite.bundle import build, output
from pyrite.bundle.tools import BuildError
from pyrite.cli import app

PWA = '{"name": "Shop", "start_url": "/", "display": "standalone", "icons": []}'
WEBSITE = {"index.html": "<!doctype html>", "manifest.json": PWA, "img/logo.svg": "<svg/>", "lib/jquery.js": "$"}  # fmt: skip
FIRST = {"alloy.js": "1", "lib/tracker.aaa.js": "1", "types/alloy.d.ts": "1", "manifest.json": "{}"}
SECOND = {"alloy.js": "2", "lib/tracker.bbb.js": "2", "manifest.json": "{ }"}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def built(out: Path, files: dict[str, str]) -> None:
    with output.replaced(out) as folder:
        write(folder, files)


def content(folder: Path) -> dict[str, str]:
    """Every file but the mark."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != output.MARK
    }


def test_a_build_replaces_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    built(out, FIRST)
    assert content(out) == FIRST
    built(out, SECOND)
    assert content(out) == SECOND
    assert not (out / "types").exists()


@pytest.mark.parametrize(
    "site", [WEBSITE, {"manifest.json": PWA}, {"pyrite-build.json": PWA}, {".htaccess": "x"}, {"sizes.json": "{}"}]
)  # fmt: skip
def test_a_folder_of_others_is_left_alone(tmp_path: Path, site: dict[str, str]) -> None:
    write(tmp_path, site)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(BuildError, match="name a new or an empty folder, such as"):
        built(tmp_path, FIRST)
    result = CliRunner().invoke(app, ["build", "--out", str(tmp_path)])

    assert result.exit_code == 2
    assert "none of them is touched" in result.stderr.replace("\n", " ")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_files_of_others_beside_a_build_stay(tmp_path: Path) -> None:
    built(tmp_path, FIRST)
    theirs = {"index.html": "x", "lib/own.js": "y", "types/own.d.ts": "z", "lib/tracker.ccc.js": "?"}  # fmt: skip
    write(tmp_path, theirs)
    built(tmp_path, SECOND)

    assert content(tmp_path) == SECOND | theirs


def test_a_file_of_ours_that_was_changed_is_somebody_elses(tmp_path: Path) -> None:
    built(tmp_path, FIRST)
    write(tmp_path, {"types/alloy.d.ts": "mended by hand"})
    built(tmp_path, SECOND)
    assert content(tmp_path) == SECOND | {"types/alloy.d.ts": "mended by hand"}

    with pytest.raises(BuildError, match=r"types/alloy\.d\.ts would be overwritten.*move it away"):
        built(tmp_path, FIRST)
    assert content(tmp_path) == SECOND | {"types/alloy.d.ts": "mended by hand"}


def links(out: Path, elsewhere: Path) -> None:
    (out / "lib").symlink_to(elsewhere)


def linked_file(out: Path, elsewhere: Path) -> None:
    (elsewhere / "alloy.js").write_text("theirs")
    (out / "alloy.js").symlink_to(elsewhere / "alloy.js")


def folder_for_file(out: Path, elsewhere: Path) -> None:
    write(out, {"alloy.js/index.html": "theirs"})


def file_for_folder(out: Path, elsewhere: Path) -> None:
    write(out, {"lib": "theirs"})


@pytest.mark.parametrize("made", [links, linked_file, folder_for_file, file_for_folder])
def test_what_stands_in_the_way_is_neither_followed_nor_replaced(
    tmp_path: Path, made: Callable[[Path, Path], None]
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    built(out, {"base.js": "1"})
    made(out, elsewhere)
    before = content(tmp_path)
    with pytest.raises(BuildError, match="would be overwritten"):
        built(out, FIRST)

    assert content(tmp_path) == before


def failing(out: Path) -> None:
    with output.replaced(out) as folder:
        write(folder, SECOND)
        raise BuildError("npm ci failed")


def test_a_build_that_fails_changes_nothing(tmp_path: Path) -> None:
    built(tmp_path / "old", FIRST)
    for folder in ("old", "new"):
        with pytest.raises(BuildError, match="npm"):
            failing(tmp_path / folder)
    assert content(tmp_path / "old") == FIRST
    assert list((tmp_path / "new").iterdir()) == []


def test_what_a_killed_build_has_left_goes_with_the_next(tmp_path: Path) -> None:
    unfinished = output.replaced(tmp_path)
    write(unfinished.__enter__(), FIRST)
    built(tmp_path, SECOND)

    assert content(tmp_path) == SECOND


def test_a_build_from_before_there_was_a_mark_is_known_by_its_manifest(tmp_path: Path) -> None:
    name = f"lib/tracker.{hashlib.sha256(b'1').hexdigest()[:12]}.mpy"
    manifest = json.dumps({"source": "0" * 64, "lane": "compiled", "files": {}})
    theirs = {"index.html": "x", "lib/tracker.0123456789ab.mpy": "not its hash"}
    write(tmp_path, {"alloy.js": "0", name: "1", f"{name}.br": "2", "manifest.json": manifest} | theirs)  # fmt: skip
    built(tmp_path, SECOND)

    assert content(tmp_path) == SECOND | theirs


def test_a_mark_names_no_file_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    digest = hashlib.sha256(b"x").hexdigest()
    files = {"../precious": [digest], str(tmp_path / "precious"): [digest]}
    write(tmp_path / "out", {output.MARK: json.dumps({"about": output.ABOUT, "files": files})})
    built(tmp_path / "out", FIRST)

    assert (tmp_path / "precious").exists()


def test_an_installed_package_copies_its_files_in_the_lane_that_is_asked_for(
    tmp_path: Path,
) -> None:
    files = {"manifest.json": '{"lane": "compiled"}', output.MARK: "{}"}
    for name in ("alloy", "alloy.compiled", "alloy.micropython"):
        files |= {f"{name}.js{ending}": name + ending for ending in ("", ".br", ".gz")}
    write(tmp_path / "package", files)
    for _ in range(2):
        build.copy(tmp_path / "package", out=tmp_path / "out", lane="micropython")
    found = content(tmp_path / "out")

    assert (found["alloy.js"], found["alloy.js.br"]) == (
        "alloy.micropython", "alloy.micropython.br"
    )  # fmt: skip
    assert json.loads(found["manifest.json"])["lane"] == "micropython"
    shutil.rmtree(tmp_path / "out")

"""Types for callers in JavaScript and in Python: what is right passes, and every planted mistake is found."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from support.packs import WEB, pack

HERE = Path(__file__).parent


def checked_by_typescript(name: str, folder: Path) -> str:
    """What the TypeScript compiler says of a file here; '' when it is content."""
    shutil.copyfile(WEB / "types" / "alloy.d.ts", folder / "alloy.d.ts")
    shutil.copyfile(HERE / name, folder / name)
    command = ["node", str(pack("typescript") / "lib" / "tsc.js"), "--noEmit", "--strict"]
    command += ["--target", "es2020", "--lib", "es2020,dom", name]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return result.stdout


def test_right_calls_compile(tmp_path: Path) -> None:
    assert checked_by_typescript("right.ts", tmp_path) == ""


def unmarked_by_typescript(tmp_path: Path) -> tuple[list[str], int]:
    """What the compiler says of the planted mistakes, one after another, and how many there are."""
    unmarked = (HERE / "wrong.ts").read_text().replace("@ts-expect-error", "expect")
    (tmp_path / "unmarked").mkdir()
    marks = unmarked.count("// expect")
    shutil.copyfile(WEB / "types" / "alloy.d.ts", tmp_path / "unmarked" / "alloy.d.ts")
    (tmp_path / "unmarked" / "wrong.ts").write_text(unmarked)
    command = ["node", str(pack("typescript") / "lib" / "tsc.js"), "--noEmit", "--strict"]
    command += ["--target", "es2020", "--lib", "es2020,dom", "wrong.ts"]
    said = subprocess.run(command, cwd=tmp_path / "unmarked", capture_output=True, text=True).stdout
    return re.split(r"^(?=wrong\.ts\()", said, flags=re.M)[1:], marks


def test_every_planted_mistake_is_found_by_typescript(tmp_path: Path) -> None:
    assert checked_by_typescript("wrong.ts", tmp_path) == ""
    said, marks = unmarked_by_typescript(tmp_path)

    assert len(said) == marks


def test_an_error_of_typescript_is_about_the_command_that_was_called(tmp_path: Path) -> None:
    said, _ = unmarked_by_typescript(tmp_path)

    assert [line for line in said if "overload" in line.lower()] == []
    for index, piece in (
        (0, "'Configuration'"),
        (
            1,
            "'viewstart' does not exist in type 'EventOptions'. Did you mean to write 'viewStart'?",
        ),
        (2, "'\"evnt\"' is not assignable to parameter of type 'keyof Commands'"),
        (4, "'renderDecisions' does not exist in type 'EventOptions'"),
        (5, '"pending" | "in" | "out"'),
    ):
        assert piece in said[index], said[index]


def checked_by_mypy(name: str, folder: Path) -> set[int]:
    """The lines of a file here that mypy complains about."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(folder),
        str(HERE / name),
    ]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return {int(line) for line in re.findall(rf"{re.escape(name)}:(\d+): error", result.stdout)}


def test_every_planted_mistake_and_nothing_else_is_found_by_mypy(tmp_path: Path) -> None:
    lines = (HERE / "wrong.py").read_text().splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if "# wrong" in line}

    assert checked_by_mypy("right.py", tmp_path) == set()
    assert checked_by_mypy("wrong.py", tmp_path) == wrong

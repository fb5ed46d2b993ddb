"""What happens when a tool of the build fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pyrite.bundle.tools import BuildError, esbuild, terser, tools


def tool(folder: Path, name: str, script: str) -> None:
    place = folder / "node_modules" / ".bin" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("esbuild", lambda web: esbuild(web, "1")),
        ("terser", lambda web: terser(web, b"1")),
    ],
)
def test_what_a_tool_says_when_it_fails_is_told(
    tmp_path: Path, name: str, call: Callable[[Path], bytes]
) -> None:
    tool(tmp_path, name, "echo 'unexpected token at 3:1' >&2; exit 2")

    with pytest.raises(BuildError, match=f"^{name}: unexpected token at 3:1"):
        call(tmp_path)


def test_where_npm_is_missing_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BuildError, match=r"Node 20\+"):
        tools(tmp_path)


@pytest.mark.parametrize(
    ("said", "seen"),
    [("v18.20.4", "is v18.20.4"), ("v8.0.0", "is v8.0.0"), ("", "is of no version")],
)
def test_a_node_that_is_too_old_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, seen: str
) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node").write_text(f"#!/bin/sh\necho {said}\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BuildError, match=rf"needs Node 20\+ with npm, and .*{seen}; install it"):
        tools(tmp_path)

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

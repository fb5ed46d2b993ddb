"""Small programs compiled, renamed and made small as alloy.js is, and run in Node: what they print."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"

needs_node = pytest.mark.skipif(
    not shutil.which("node") or not (WEB / "node_modules").exists(),
    reason="needs Node and the build's tools; pyrite build installs these",
)


def printed(script: bytes | str, *, after: str = "", before: str = "") -> list[object]:
    """What *script* gives to `print`, as JSON; *before* and *after* are JavaScript around it."""
    text = script if isinstance(script, str) else script.decode()
    whole = (
        "const out = []; globalThis.print = (value) => out.push(value);\n"
        f"{before};\n{text}\n{after};\nprocess.stdout.write(JSON.stringify(out));"
    )
    result = subprocess.run(["node", "-"], input=whole, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    found: list[object] = json.loads(result.stdout)
    return found

"""One program in four ways: CPython, compiled for tests, compiled as shipped, and merged and shortened for MicroPython.

A program is a module with `run(show)`. It is fine where the compiler refuses it with a sentence, or where every way shows
the same. What CPython ends with a mistake (a missing key, a wrong type) asks nothing of the others.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from node import WEB

from pyrite.bundle.compiled import made_small
from pyrite.bundle.compiler.compile import compiled
from pyrite.bundle.compiler.errors import CompileError
from pyrite.bundle.merge import merge

RUNTIME = WEB / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
LANES = ("cpython", "compiled", "shipped", "micropython")
MISTAKE = "mistake"
# Errors that a program of the subset may count on; all others are mistakes of it.
MEANT = ("ValueError", "RuntimeError", "Exception", "AssertionError", "Failure", "Deeper")
NODE = """
const canon = (value) => {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : String(value);
  if (Array.isArray(value)) return value.map(canon);
  if (typeof value === "object") return Object.keys(value).sort().map((key) => [key, canon(value[key])]);
  return value;
};
const NAMES = { RangeError: "RuntimeError", Error: "Exception" };
const ran = (programs) => programs.map((run) => {
  const out = [];
  try { run((value) => { out.push(canon(value)); }); } catch (error) { out.push("!" + (error.$name || NAMES[error.name] || error.name)); }
  return out;
});
"""
PYTHON = """
def _canon(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
        return int(value) if value == int(value) and abs(value) < 2 ** 53 else value
    if isinstance(value, (list, tuple)):
        return [_canon(item) for item in value]
    if isinstance(value, dict):
        return [[key, _canon(value[key])] for key in sorted(value)]
    return value
def _ran(text):
    out = []
    names = {}
    try:
        exec(text, names)
        names["run"](lambda value: out.append(_canon(value)))
    except Exception as error:
        out.append("!" + type(error).__name__)
    return out
"""


def differing(
    programs: list[str], told: Callable[[int, str], None] = lambda place, why: None
) -> list[tuple[str, dict[str, object]]]:
    """`(program, {lane: what it shows})` of those that don't show the same everywhere; *told* gets each refusal."""
    space: dict[str, Callable[[str], list[object]]] = {}
    exec(PYTHON, space)
    asked: list[tuple[str, list[object], str]] = []
    plain: dict[str, str] = {}
    shipped: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for place, text in enumerate(programs):
            name = f"core/p{len(asked)}.py"
            file = Path(folder, "p.py")
            file.write_text(text)
            try:
                made = compiled({name: file})[name]
                plain[name] = compiled({name: file}, for_tests=True)[name]
            except CompileError as refused:
                told(place, str(refused))
                continue
            shipped[name] = made
            asked.append((text, space["_ran"](text), merge({"core/p.py": file})))
    entry = "\n".join(
        [f'import {{ run as r{at} }} from "./core/p{at}.py.js";' for at in range(len(asked))]
    )
    entry += f"\nglobalThis.programs = [{', '.join([f'r{at}' for at in range(len(asked))])}];\n"
    scripts = [
        made_small(plain, entry, WEB, renames=False)[0].decode(),
        made_small(shipped, entry, WEB)[0].decode(),
    ]
    shown = _in_node(scripts, [merged for _, _, merged in asked])
    found = []
    for at, (text, expected, _) in enumerate(asked):
        all_of: dict[str, object] = {
            "cpython": expected,
            **{lane: shown[lane][at] for lane in LANES[1:]},
        }
        if _is_mistake(expected):
            continue
        # What MicroPython can't read, tests/test_portable.py keeps out.
        if all_of["micropython"] == ["!SyntaxError"]:
            del all_of["micropython"]
        if any(
            json.dumps(one, sort_keys=True) != json.dumps(expected, sort_keys=True)
            for one in all_of.values()
        ):
            found.append((text, all_of))
    return found


def _is_mistake(shown: list[object]) -> bool:
    last = shown[-1] if shown else ""
    return isinstance(last, str) and last.startswith("!") and last[1:] not in MEANT


def _in_node(scripts: list[str], merged: list[str]) -> dict[str, list[object]]:
    whole = [NODE, "const shown = {};"]
    for lane, script in zip(LANES[1:], scripts, strict=False):
        whole.append(f"{script}\nshown.{lane} = ran(programs);")
    given = json.dumps([PYTHON, merged])
    whole.append(
        f"""(async () => {{
  const {{ loadMicroPython }} = await import({json.dumps(str(RUNTIME / "micropython.mjs"))});
  const [python, texts] = {given};
  const lines = [];
  const mpy = await loadMicroPython({{ url: {json.dumps(str(RUNTIME / "micropython.wasm"))}, heapsize: 8 << 20, pystack: 16384, stdout: (line) => lines.push(line) }});
  mpy.runPython(python + "\\nimport json\\ndef _said(text):\\n    return json.dumps(_ran(text))\\n");
  const said = mpy.globals.get("_said");
  shown.micropython = texts.map((text) => JSON.parse(said(text)));
  process.stdout.write(JSON.stringify(shown));
}})();"""
    )
    result = subprocess.run(["node", "-"], input="\n".join(whole), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-3000:]
    found: dict[str, list[object]] = json.loads(result.stdout)
    return found


def shortest(program: str, is_bad: Callable[[str], bool]) -> str:
    """*program* without the lines and blocks that it doesn't need to be bad."""
    lines = program.splitlines()
    at = 0
    while at < len(lines):
        indent = len(lines[at]) - len(lines[at].lstrip())
        end = at + 1
        while end < len(lines) and len(lines[end]) - len(lines[end].lstrip()) > indent:
            end += 1
        smaller = lines[:at] + lines[end:]
        if _is_program("\n".join(smaller)) and is_bad("\n".join(smaller) + "\n"):
            lines = smaller
        else:
            at += 1
    return "\n".join(lines) + "\n"


def _is_program(text: str) -> bool:
    try:
        compile(text, "p", "exec")
    except SyntaxError:
        return False
    return bool(re.search(r"^def run\(show\)", text, re.MULTILINE))

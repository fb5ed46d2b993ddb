"""Sequences played in the lanes that ship, in one Node process, and how CPython's core plays them.

compiled: played.py in one script with core, renamed and made small as alloy.js is. micropython: both merged and shortened into
bytecode as the loader's module is, on the npm package of MicroPython.
"""

import importlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from every_lane.sequences import text_of

ROOT = Path(__file__).resolve().parents[2]
CORE_TESTS = ROOT / "tests" / "core"
SOURCE = ROOT / "src" / "pyrite"
WEB = ROOT / "web"
RUNTIME = WEB / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
PLAYED = ("told.py", "played_page.py", "played.py")
LANES = ("compiled", "micropython")
NODE = """
const fs = require("fs");
const readline = require("readline");
(async () => {
  const [script, module, runtime] = process.argv.slice(2);
  const { loadMicroPython } = await import(runtime + "/micropython.mjs");
  (0, eval)(fs.readFileSync(script, "utf8"));
  const python = await loadMicroPython({ url: runtime + "/micropython.wasm", heapsize: 16 << 20, pystack: 32768, stdout: () => {} });
  python.FS.writeFile("/played.mpy", new Uint8Array(fs.readFileSync(module)));
  const lanes = { compiled: globalThis.tested.played.run, micropython: python.pyimport("played").run };
  const play = (lane, text) => { try { return lanes[lane](text); } catch (error) { return JSON.stringify([["threw", String(error)]]); } };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const texts = JSON.parse(line);
    const out = {};
    for (const lane in lanes) out[lane] = texts.map((text) => play(lane, text));
    process.stdout.write(JSON.stringify(out) + "\\n");
  }
})();
"""


# MicroPython's dicts have no order: what a message shows of one is in any.
SHOWN = re.compile(r"\{'.*?(?=\",\"path\"|\"\]|; )")
SMALL = re.compile(r"(?<=\d)e-0(?=\d)")  # JavaScript shows 1e-07 as 1e-7


def same(one: str, other: str) -> bool:
    """Whether two lanes tell the same."""
    return one == other or alike(one) == alike(other)


def alike(trace: str) -> str:
    """*trace* without what may differ in the messages of lanes."""
    return SMALL.sub("e-", SHOWN.sub("{", trace))


class Lanes:
    """Node with the lanes in it; a context manager."""

    def __init__(self) -> None:
        from pyrite.bundle.compiled import for_tests

        self._folder = tempfile.TemporaryDirectory()
        place = Path(self._folder.name)
        tests = {name: CORE_TESTS / name for name in PLAYED}
        (place / "played.js").write_bytes(for_tests(SOURCE, tests, WEB))
        (place / "played.mpy").write_bytes(bytecode(place))
        (place / "lanes.cjs").write_text(NODE)
        command = ["node", "--stack-size=4000", "lanes.cjs", "./played.js", "./played.mpy"]
        self._process = subprocess.Popen(
            [*command, str(RUNTIME)],
            cwd=place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def play(self, texts: list[str]) -> dict[str, list[str]]:
        """`{lane: what each of *texts* gives}`."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(texts) + "\n")
        self._process.stdin.flush()
        found: dict[str, list[str]] = json.loads(self._process.stdout.readline())
        return found

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()
        self._folder.cleanup()


def bytecode(place: Path) -> bytes:
    """played.py and core as one module for MicroPython, made in the folder *place*."""
    from pyrite.bundle.merge import merge
    from pyrite.bundle.tracker import _compile, bridged, in_part

    files = {
        name: file
        for name, file in (bridged(SOURCE, "micropython") | in_part(SOURCE, "render")).items()
        if name.startswith("core/")
    }
    for name in PLAYED:
        text = (CORE_TESTS / name).read_text().replace("from pyrite.core.", "from .")
        files[f"core/{name}"] = place / name
        files[f"core/{name}"].write_text(
            text.replace("from told", "from .told").replace("from played", "from .played")
        )
    return _compile(merge(files), "played.py", "-O3")


def differing(lanes: Lanes, sequences: list[dict[str, Any]]) -> list[tuple[int, str, str, str]]:
    """`(place, lane, CPython's trace, the lane's)` of each of *sequences* that a lane plays otherwise, or that ends wrong."""
    texts = [text_of(sequence) for sequence in sequences]
    expected = [on_cpython(text) for text in texts]
    found = [
        (place, "cpython", trace, json.dumps(wrong_in(trace)))
        for place, trace in enumerate(expected)
        if wrong_in(trace)
    ]
    played = lanes.play(texts)
    for lane in LANES:
        for place, trace in enumerate(played[lane]):
            if not same(expected[place], trace):
                found.append((place, lane, expected[place], trace))
    return found


def report(lanes: Lanes, sequence: dict[str, Any], difference: tuple[int, str, str, str]) -> str:
    """A *difference* for people: the shortest sequence that shows it, and where the two part."""
    lane = difference[1]

    def is_bad(smaller: dict[str, Any]) -> bool:
        return any(one[1] == lane for one in differing(lanes, [smaller]))

    sequence = shortest(sequence, is_bad)
    again = [one for one in differing(lanes, [sequence]) if one[1] == lane]
    _, _, expected, got = again[0] if again else difference
    lines = [f"facts {json.dumps(sequence['facts'])}, chances {sequence['chances']}"]
    lines += [json.dumps(step, ensure_ascii=False) for step in sequence["steps"]]
    if lane == "cpython":
        return "\n".join([*lines, f"wrong at the end: {got}"])
    step, mine, others = first_difference(expected, got)
    return "\n".join([*lines, f"after step {step}:", f"  cpython: {mine}", f"  {lane}: {others}"])


def on_cpython(text: str) -> str:
    """What CPython's core gives for a sequence."""
    if str(CORE_TESTS) not in sys.path:
        sys.path.insert(0, str(CORE_TESTS))
    given: str = importlib.import_module("played").run(text)
    return given


def wrong_in(trace: str) -> list[Any]:
    """What a lane found wrong at the end of a sequence."""
    lines: list[Any] = json.loads(trace)
    found: list[Any] = lines[-1]
    return found


def shortest(sequence: dict[str, Any], is_bad: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """*sequence* without the steps that it doesn't need to be bad."""
    size = max(len(sequence["steps"]) // 2, 1)
    while size:
        at = 0
        while at < len(sequence["steps"]):
            steps = sequence["steps"][:at] + sequence["steps"][at + size :]
            smaller = sequence | {"steps": steps}
            if is_bad(smaller):
                sequence = smaller
            else:
                at += size
        size //= 2
    return sequence


def first_difference(one: str, other: str) -> tuple[int, str, str]:
    """The first step whose effects differ, and how the two tell them from there."""
    left, right = alike(one).split(",\n"), alike(other).split(",\n")
    for place in range(max(len(left), len(right))):
        mine = left[place] if place < len(left) else ""
        others = right[place] if place < len(right) else ""
        if mine != others:
            at = 0
            while at < min(len(mine), len(others)) and mine[at] == others[at]:
                at += 1
            return place, mine[max(at - 60, 0) : at + 200], others[max(at - 60, 0) : at + 200]
    return -1, "", ""

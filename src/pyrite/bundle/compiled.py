"""The `compiled` lane: the tracker as one script without an interpreter, and its source map back to the Python lines; and in
the same way the parts, which pages of every lane load when they need them.
"""

import json
import tempfile
from collections.abc import Collection
from pathlib import Path

from .compiler.compile import written
from .compiler.reading.program import Program
from .tools import BuildError, esbuild, terser
from .tracker import PARTS, addressing, bridged, in_part, in_parts

ENTRY = "browser/entry/standalone.py"
# What other lanes alone need.
ELSEWHERE = (
    "browser/entry/pyscript.py",
    "browser/entry/spelling.py",
    "browser/entry/start.py",
    "browser/entry/worker.py",
)
# Four passes and constants left where they stand: 35 bytes less than what tools.py does with short scripts.
SMALLEST = "ecma=2020,passes=4,inline=1,lhs_constants=false"
# What the compiler has marked as an attribute of the program's own may be shortened; nothing else carries the mark.
OURS = "^[$]"


def files_of(source: Path, paths: Path | None = None) -> dict[str, Path]:
    """`{path in the package: file}` of what the lane is compiled from; the bridge is its own, *paths* says where parts are."""
    files = bridged(source, "compiled", paths)
    return {name: file for name, file in files.items() if name not in ELSEWHERE}


def script(source: Path, web: Path, paths: Path | None = None) -> tuple[bytes, bytes]:
    """The tracker's script and its source map; raises CompileError for Python outside the subset, BuildError where a tool fails."""
    return shipped(files_of(source, paths), _entry(ENTRY), web)


def part(source: Path, web: Path, name: str) -> bytes:
    """The script of the part *name*; raises CompileError, BuildError."""
    files = files_of(source) | in_part(source, name)
    return shipped(files, _entry(PARTS[name][0]), web)[0]


def for_tests(source: Path, tests: dict[str, Path], web: Path) -> bytes:
    """The program with *tests* (`{path: file}`), compiled, renamed and made small as it is shipped.

    The script leaves `{module: what it defines}` on the global object, as `tested`.
    """
    files = files_of(source) | in_parts(source) | addressing(source)
    imports = [f'import * as m{at} from "./{name}.js";' for at, name in enumerate(tests)]
    pairs = [f"{json.dumps(Path(name).stem)}: m{at}" for at, name in enumerate(tests)]
    entry = "\n".join(imports) + f"\nglobalThis.tested = {{ {', '.join(pairs)} }};\n"
    return shipped(files | tests, entry, web, tests=tests)[0]


def _entry(name: str) -> str:
    return f'import {{ begin }} from "./{name}.js";\nbegin();\n'


def shipped(
    files: dict[str, Path], entry: str, web: Path, *, tests: Collection[str] = ()
) -> tuple[bytes, bytes]:
    """*files* compiled, renamed and made small as one script that does what the module *entry* does, and its source map.

    *tests* are those of *files* that only test the others; with them what tests need stays in.
    """
    program = Program(files, meanings=bool(tests), tests=tests)
    script, lines, renamed = made_small(written(program, files, for_tests=bool(tests)), entry, web)
    check_renamed(renamed, program)
    return script, lines


def made_small(
    modules: dict[str, str], entry: str, web: Path, *, renames: bool = True
) -> tuple[bytes, bytes, set[str]]:
    """Compiled *modules* (`{path: JavaScript}`) as one script, its source map, and which attributes were renamed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        for name, text in modules.items():
            file = place / f"{name}.js"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for name in ("python.js", "early.js"):
            (place / name).write_text((web / name).read_text())
        start, renamed = place / "entry.js", place / "renamed.json"
        start.write_text(entry)
        renamed.write_text("{}")
        esbuild(
            web,
            "",
            str(start),
            "--bundle",
            "--format=iife",
            "--inject:early.js",
            "--define:globalThis.JSON=earlyJSON",
            "--define:globalThis.Promise=earlyPromise",
            "--define:JSON=earlyJSON",
            "--define:Array.isArray=earlyIsArray",
            "--define:Object.keys=earlyKeys",
            "--define:Object.getPrototypeOf=earlyPrototype",
            "--define:Math.floor=earlyFloor",
            *([f"--mangle-props={OURS}", f"--mangle-cache={renamed}"] if renames else []),
            "--sourcemap=external",
            f"--outfile={place / 'alloy.js'}",
            cwd=place,
        )
        lined = ("--source-map", "content='alloy.js.map',includeSources,filename='alloy.js'")
        terser(web, b"", "alloy.js", "--output", "alloy.js", *lined, compress=SMALLEST, cwd=place)
        lines = json.loads((place / "alloy.js.map").read_text())
        lines["sources"] = [f"pyrite/{name}" for name in lines["sources"]]
        mapped = json.dumps(lines, ensure_ascii=False).encode()
        return (place / "alloy.js").read_bytes(), mapped, set(json.loads(renamed.read_text()))


def check_renamed(names: set[str], program: Program) -> None:
    """Raises BuildError where one of *names*, which the build has renamed, may be a key of data or a name of JavaScript's."""
    lost = sorted(names & (program.texts() | program.exposed))
    if lost:
        raise BuildError(
            f"the build renamed {', '.join(lost)}, which the program also has as a text or uses on values of unknown class; "
            "give the attribute another name"
        )

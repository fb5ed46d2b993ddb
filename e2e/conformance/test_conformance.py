"""Core's own test modules and those of the language, unchanged, inside a page in every lane."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.packs import WEB
from support.site import Site

from pyrite.bundle.compiler.compile import compiled

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "pyrite" / "core"
TESTS = [ROOT / "tests" / "core", ROOT / "tests" / "language"]
RUNTIME = WEB / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
FILES = sorted(path for folder in TESTS for path in folder.glob("*.py"))
MODULES = {path.stem: path for path in FILES if path.stem.startswith("test_")}
# What these ask about has no counterpart where the tracker is JavaScript itself: sets, bytes, whole numbers of any length.
ONLY_PYTHON = ("test_wire_values",)
CASES = [
    (lane, module)
    for lane in ("compiled", "micropython")
    for module in MODULES
    if not (lane == "compiled" and module in ONLY_PYTHON)
]

MICROPYTHON = """<!doctype html><title>conformance</title><script type="module">
  import {loadMicroPython} from "/runtime/micropython.mjs";
  const lines = [];
  const python = await loadMicroPython({url: "/runtime/micropython.wasm", heapsize: 8 << 20, pystack: 16384, stdout: (line) => lines.push(line)});
  for (const folder of ["/pyrite", "/pyrite/core"]) python.FS.mkdir(folder);
  for (const [path, text] of Object.entries(await (await fetch("/sources.json")).json())) python.FS.writeFile(path, text);
  window.run = (module) => {
    lines.length = 0;
    python.runPython(`
import sys
module = __import__("${module}")
for name in sorted(dir(module)):
    if name.startswith("test_"):
        try:
            getattr(module, name)()
            print("ok " + name)
        except BaseException as error:
            print("failed " + name)
            sys.print_exception(error)
`);
    return lines;
  };
  window.ready = true;
</script>"""
COMPILED = """<!doctype html><title>conformance</title><script type="module">
  window.run = async (module) => {
    const lines = [];
    const tests = await import(`/compiled/${module}.py.js`);
    for (const name of Object.keys(tests).filter((name) => name.startsWith("test_"))) {
      try {
        tests[name]();
        lines.push("ok " + name);
      } catch (error) {
        lines.push("failed " + name + ": " + error.stack);
      }
    }
    return lines;
  };
  window.ready = true;
</script>"""


@pytest.fixture(scope="module")
def sources() -> str:
    """The sources as they are, for lanes that read Python."""
    files = {"/pyrite/__init__.py": ""}
    for path in CORE.glob("*.py"):
        files[f"/pyrite/core/{path.name}"] = path.read_text()
    for path in FILES:
        files[f"/{path.name}"] = path.read_text()
    return json.dumps(files)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, compiled."""
    files = {f"core/{path.name}": path for path in sorted(CORE.glob("*.py"))}
    files |= {path.name: path for path in FILES if path.stem not in ONLY_PYTHON}
    folder = tmp_path_factory.mktemp("compiled")
    for name, text in compiled(files, for_tests=True).items():
        (folder / f"{name}.js").parent.mkdir(exist_ok=True)
        (folder / f"{name}.js").write_text(text)
    shutil.copyfile(WEB / "python.js", folder / "python.js")
    return folder


@pytest.fixture
def prepared(site: Site, page: Page, lane: str, sources: str, scripts: Path) -> None:
    """A page that runs modules in *lane*."""
    site.folders["/runtime"] = RUNTIME
    site.folders["/compiled"] = scripts
    site.file("/sources.json", sources, ".json")
    page.goto(site.page({"micropython": MICROPYTHON, "compiled": COMPILED}[lane]))
    page.wait_for_function("window.ready")


@pytest.mark.parametrize(("lane", "module"), CASES)
def test_core_behaves_in_every_lane_as_on_cpython(
    prepared: None, page: Page, lane: str, module: str
) -> None:
    lines: list[Any] = page.evaluate("(module) => window.run(module)", module)
    passed = [line for line in lines if line.startswith("ok ")]

    assert [line for line in lines if not line.startswith("ok ")] == [], "\n".join(lines)
    assert len(passed) == MODULES[module].read_text().count("\ndef test_")

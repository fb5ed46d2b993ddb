"""Pages that run core's tests, and the probe, in each lane."""

import ast
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.lanes import MICROPYTHON as RUNTIME
from support.lanes import folders
from support.packs import WEB
from support.site import Site

from pyrite.bundle.compiled import for_tests
from pyrite.bundle.merge import quoting
from pyrite.bundle.tracker import with_own_json

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "pyrite" / "core"
TESTS = [ROOT / "tests" / "core", ROOT / "tests" / "language"]
FILES = sorted(path for folder in TESTS for path in folder.glob("*.py"))
# What these ask about has no counterpart where the tracker is JavaScript itself: sets, bytes, whole numbers of any length.
ONLY_PYTHON = ("test_wire_values",)

MICROPYTHON = """<!doctype html><title>conformance</title><script type="module">
  import {loadMicroPython} from "/runtime/micropython.mjs";
  const lines = [];
  const python = await loadMicroPython({url: "/runtime/micropython.wasm", heapsize: 8 << 20, pystack: 32768, stdout: (line) => lines.push(line)});
  const folders = new Set();
  for (const [path, text] of Object.entries(await (await fetch("/sources.json")).json())) {
    for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (!folders.has(folder)) python.FS.mkdir(folder);
      folders.add(folder);
    }
    python.FS.writeFile(path, text);
  }
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
  window.probe = (texts) => {
    const probe = python.pyimport("probe");
    return texts.map((text) => probe.answered(text));
  };
  window.ready = true;
</script>"""
PYODIDE = """<!doctype html><title>conformance</title><script type="module">
  import {loadPyodide} from "/pyodide/pyodide.mjs";
  const lines = [];
  const python = await loadPyodide({stdout: (line) => lines.push(line)});
  python.FS.chdir("/");
  const folders = new Set();
  for (const [path, text] of Object.entries(await (await fetch("/sources.json")).json())) {
    for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (!folders.has(folder)) python.FS.mkdir(folder);
      folders.add(folder);
    }
    python.FS.writeFile(path, text);
  }
  python.runPython(`import sys; sys.path.insert(0, "/")`);
  window.run = (module) => {
    lines.length = 0;
    python.runPython(`
import traceback
module = __import__("${module}")
for name in sorted(dir(module)):
    if name.startswith("test_"):
        try:
            getattr(module, name)()
            print("ok " + name)
        except BaseException:
            print("failed " + name + traceback.format_exc())
`);
    return lines;
  };
  window.probe = (texts) => {
    const probe = python.pyimport("probe");
    return texts.map((text) => probe.answered(text));
  };
  window.ready = true;
</script>"""
BRYTHON = """<!doctype html><title>conformance</title><script src="/brython-runtime/brython.min.js"></script><script>
  window.lines = [];
  fetch("/sources.json").then((response) => response.json()).then((sources) => {
    const modules = {};
    for (const [path, text] of Object.entries(sources)) {
      const name = path.slice(1, -3).replace(/\\//g, ".");
      if (name.endsWith("__init__")) modules[name.slice(0, -9)] = [".py", text, [], 1];
      else modules[name] = [".py", text, []];
    }
    __BRYTHON__.use_VFS = true;
    __BRYTHON__.update_VFS(modules);
    window.ready = true;
  });
  window.run = (module) => {
    lines.length = 0;
    try { __BRYTHON__.runPythonSource(`
from browser import window
import ${module} as module
for name in sorted(dir(module)):
    if name.startswith("test_"):
        try:
            getattr(module, name)()
            window.lines.push("ok " + name)
        except BaseException as error:
            window.lines.push("failed " + name + " " + type(error).__name__ + ": " + str(error))
`, "run_" + module); } catch (error) { lines.push("threw " + (error.$message || JSON.stringify(error, (k, v) => (typeof v === "object" && k ? String(v) : v)))); }
    return lines;
  };
  window.probe = (texts) => {
    __BRYTHON__.runPythonSource("from browser import window\\nimport probe\\nwindow.answered = probe.answered", "run_probe");
    return texts.map((text) => window.answered(text));
  };
</script>"""
COMPILED = """<!doctype html><title>conformance</title><script src="/compiled/tests.js"></script><script>
  window.run = (module) => {
    const lines = [];
    const tests = window.tested[module];
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
  window.probe = (texts) => texts.map((text) => window.tested.probe.answered(text));
  window.ready = true;
</script>"""


PAGES = {
    "micropython": MICROPYTHON,
    "compiled": COMPILED,
    "pyodide": PYODIDE,
    "brython": BRYTHON,
}


@pytest.fixture(scope="module")
def sources() -> str:
    """The sources as they are, for lanes that read Python."""
    files = {"/pyrite/__init__.py": ""}
    for path in CORE.rglob("*.py"):
        files[f"/pyrite/core/{path.relative_to(CORE).as_posix()}"] = path.read_text()
    for path in FILES:
        files[f"/{path.name}"] = path.read_text()
    return json.dumps(files)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in one script: compiled, renamed and made small as alloy.js is."""
    tests = {path.name: path for path in FILES if path.stem not in ONLY_PYTHON}
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "tests.js").write_bytes(for_tests(ROOT / "src" / "pyrite", tests, WEB))
    return folder


def quoted(files: dict[str, str]) -> dict[str, str]:
    """*files* with `!r` as the tracker's bytecode has it: MicroPython's own escapes letters."""
    folder = "/pyrite/"
    return {
        path: ast.unparse(
            ast.fix_missing_locations(quoting(path.removeprefix(folder), ast.parse(text)))
        )
        if path.startswith(folder)
        else text
        for path, text in files.items()
    }


@pytest.fixture
def prepared(site: Site, page: Page, lane: str, sources: str, scripts: Path) -> None:
    """A page that runs modules in *lane*."""
    site.folders["/runtime"] = RUNTIME
    site.folders.update(folders(lane))
    site.folders["/compiled"] = scripts
    if lane == "brython":
        sources = json.dumps(with_own_json(json.loads(sources)))
    if lane == "micropython":
        sources = json.dumps(quoted(json.loads(sources)))
    site.file("/sources.json", sources, ".json")
    page.goto(site.page(PAGES[lane]))
    page.wait_for_function("window.ready")

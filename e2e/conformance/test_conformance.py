"""Core's own test modules, unchanged, inside a page on the runtime that the tracker runs on."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.packs import WEB
from support.site import Site

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = WEB / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
MODULES = sorted(path.stem for path in (ROOT / "tests" / "core").glob("test_*.py"))

PAGE = """<!doctype html><title>conformance</title><script type="module">
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


@pytest.fixture(scope="module")
def sources() -> str:
    files = {"/pyrite/__init__.py": ""}
    for path in (ROOT / "src" / "pyrite" / "core").glob("*.py"):
        files[f"/pyrite/core/{path.name}"] = path.read_text()
    for path in (ROOT / "tests" / "core").glob("*.py"):
        files[f"/{path.name}"] = path.read_text()
    return json.dumps(files)


@pytest.mark.parametrize("module", MODULES)
def test_core_behaves_on_micropython_as_on_cpython(
    site: Site, page: Page, sources: str, module: str
) -> None:
    site.folders["/runtime"] = RUNTIME
    site.file("/sources.json", sources, ".json")
    page.goto(site.page(PAGE))
    page.wait_for_function("window.ready")
    lines = page.evaluate("(module) => window.run(module)", module)
    passed = [line for line in lines if line.startswith("ok ")]

    assert [line for line in lines if not line.startswith("ok ")] == [], "\n".join(lines)
    assert len(passed) == (ROOT / "tests" / "core" / f"{module}.py").read_text().count(
        "\ndef test_"
    )

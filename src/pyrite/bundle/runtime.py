"""PyScript's MicroPython made fit to sit in somebody else's page.

The package's module writes nine names to the page's global scope, so that two of them on one page would overwrite each
other, and fetches its WebAssembly itself, unchecked. Here both are changed in its text; each change must apply exactly as
often as said, so a new version of the runtime that differs fails the build instead of the page.
"""

import re
from pathlib import Path

PACKAGE = "@micropython/micropython-webassembly-pyscript"
# The runtime's licence asks for its notice wherever copies go.
NOTICE = "/*! MicroPython, (c) Damien P. George and contributors, MIT licence: https://github.com/micropython/micropython */"
_GLOBALS = (
    "Module",
    "proxy_js_ref_next",
    "proxy_js_ref_map",
    "proxy_js_ref",
    "proxy_js_map",
    "proxy_js_existing",
    "pyProxyFinalizationRegistry",
)

# Where the script runs is known: what is for Node, shells and workers falls away.
_PLACE = {"NODE": "false", "SHELL": "false", "WORKER": "false", "WEB": "true"}


# The runtime asks Date while it boots, and whenever Python asks for the time; a page may have put nonsense in its place.
_CLOCK = """const Date = (() => {
  const since = () => { try { return performance.timeOrigin + performance.now(); } catch { return NaN; } };
  const page = globalThis.Date;
  try {
    if (!(Math.abs(page.now() - since()) >= 1e12) && new page().getTime() > 0) return page;
  } catch {}
  return class { constructor(at) { this.at = at ?? since(); } getTime() { return this.at; } static now() { return since(); } };
})();
"""
# It looks for the console while it boots; a page may have taken that away, or functions of it.
_CONSOLE = """const console = (() => {
  const said = (level) => (...line) => { try { globalThis.console[level](...line); } catch {} };
  return { log: said("log"), error: said("error") };
})();
"""
# What frees Python's objects that the page has dropped. A FinalizationRegistry would run in a page that is in the back/forward
# cache, which throws it out (Chromium 156, e2e/cached): they are looked for while the page runs, when there are twice as many.
# What stands for a Map in a page without one (web/early.js) has no size, and is never looked through.
_REGISTRY = """{limit:128,register(){
if(!(proxy_js_map.size>=this.limit))return;
proxy_js_map.forEach((held,ref)=>{if(!held.deref()){proxy_js_map.delete(ref);Module._proxy_c_free_obj(ref)}});
this.limit=Math.max(128,2*proxy_js_map.size)}}"""
# The document's own property, whatever images are called.
_HERE = "Reflect.get(Object.getPrototypeOf(document),'currentScript',document)"


class RuntimeChanged(Exception):
    """The runtime's text is not what the changes expect."""


def script(package: Path) -> str:
    """The text of a classic script that leaves `loadMicroPython` on its own script element, as `pyrite`."""
    text = (package / "micropython.mjs").read_text()
    for name in _GLOBALS:
        text, count = re.subn(rf"globalThis\.{name}\b", name, text)
        if not count:
            raise RuntimeChanged(
                f"expected 'globalThis.{name}' in micropython.mjs; see bundle/runtime.py"
            )
    for name, value in _PLACE.items():
        text, count = re.subn(rf"(?<!\w)ENVIRONMENT_IS_{name}\b(?!=)", value, text)
        if not count:
            raise RuntimeChanged(
                f"expected 'ENVIRONMENT_IS_{name}' in micropython.mjs; see bundle/runtime.py"
            )
    for before, after in (
        # The loader compiles the module while the rest is still on its way, and checks its hash.
        (
            "async function instantiateAsync(binary,binaryFile,imports){",
            "async function instantiateAsync(binary,binaryFile,imports){return moduleArg.wasm(imports);",
        ),
        (
            "let Module={locateFile:(path,scriptDirectory)=>url||scriptDirectory+path}",
            "let Module={wasm:options.wasm,locateFile:()=>''}",
        ),
        (
            'new FinalizationRegistry(cRef=>{proxy_js_map.delete(cRef),Module.ccall("proxy_c_free_obj","null",["number"],[cRef])})',
            _REGISTRY,
        ),
        ("export default _createMicroPythonModule;", ""),
        ("export async function loadMicroPython", "async function loadMicroPython"),
        ("globalThis.loadMicroPython=loadMicroPython,", ""),
        # In a page there is no command line; what follows is for Node.
        (
            'if("object"==typeof process&&"object"==typeof process.versions',
            'if(false&&"object"==typeof process&&"object"==typeof process.versions',
        ),
        # The assignment must reach the name shared with the rest of the script, not the one inside the function.
        (
            "Module=await _createMicroPythonModule(Module),Module=Module,",
            "Module=shared(await _createMicroPythonModule(Module)),",
        ),
    ):
        if text.count(before) != 1:
            raise RuntimeChanged(
                f"expected {before[:60]!r} once in micropython.mjs, found {text.count(before)}; see bundle/runtime.py"
            )
        text = text.replace(before, after)
    names = ",".join(_GLOBALS)
    return f"{NOTICE}\n{_CLOCK}{_CONSOLE}var {names};const shared=(made)=>Module=made;{text}\n{_HERE}.pyrite=loadMicroPython;"


def wasm(package: Path) -> bytes:
    """The runtime's WebAssembly."""
    return (package / "micropython.wasm").read_bytes()

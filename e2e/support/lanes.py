"""How a page gets a lane that is no script of its own: what stands at `/alloy.js` there brings the runtime, and then the tracker."""

import json
from pathlib import Path

import pyrite

from .packs import WEB, pack

PUBLIC = ("compiled", "micropython")  # what alloy.js can be
PYTHON = ("pyscript", "pyodide", "brython")  # what pages with Python of their own have
MICROPYTHON = WEB / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"

_PYSCRIPT = """
  const core = document.createElement("script");
  core.type = "module";
  core.src = "/pyscript-core/core.js";
  const python = document.createElement("script");
  python.type = TYPE;
  python.setAttribute("config", JSON.stringify({interpreter: INTERPRETER, files: {[PACKAGE]: "./*"}}));
  python.textContent = "from pyrite import alloy";
  document.head.append(python, core);
"""
_BRYTHON = """
  const load = (address) => new Promise((done) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = done;
    document.head.append(element);
  });
  load("/brython-runtime/brython.min.js").then(() => load("/brython/pyrite.brython.js")).then(() => {
    __BRYTHON__.runPythonSource("from pyrite import alloy", "page");
  });
"""


def folders(lane: str) -> dict[str, Path]:
    """What a site serves beside the edge for *lane*: `{path: folder}`."""
    if lane == "brython":
        return {"/brython-runtime": pack("brython")}
    if lane in ("pyscript", "pyodide"):
        core = {"/pyscript-core": pack("@pyscript/core") / "dist"}
        return core | {"/pyodide": pack("pyodide"), "/micropython": MICROPYTHON}
    return {}


def script(lane: str) -> str:
    """The text of `/alloy.js` for one of PYTHON."""
    if lane == "brython":
        return f"{{{_BRYTHON}}}"
    values = {
        "TYPE": "mpy",
        "INTERPRETER": "/micropython/micropython.mjs",
        "PACKAGE": "/pyscript/pyrite.tar.gz",
    }
    if lane == "pyodide":
        values = {
            "TYPE": "py",
            "INTERPRETER": "/pyodide/pyodide.mjs",
            "PACKAGE": f"/pyscript/pyrite-{pyrite.__version__}-py3-none-any.whl",
        }
    text = _PYSCRIPT
    for name, value in values.items():
        text = text.replace(name, json.dumps(value))
    return f"{{{text}}}"

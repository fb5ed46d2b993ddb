"""The folder that npm installs in place of `@sitecore-jss/sitecore-jss-tracking`: web/jss/, made small and for `require` as well."""

import shutil
from pathlib import Path

from .tools import esbuild, terser

FOLDER = "jss"
SCRIPT = "tracking.mjs"
AS_IT_IS = ("package.json", "README.md", "tracking.d.ts")


def build(web: Path, out: Path) -> None:
    """Write the package to *out*; `tracking.mjs` there is what pages import by address, too. Raises BuildError."""
    folder = out / FOLDER
    folder.mkdir()
    text = (web / FOLDER / SCRIPT).read_text()
    module = terser(web, esbuild(web, text), "--module")
    (folder / SCRIPT).write_bytes(module)
    # With --platform=node esbuild notes the exported names where Node looks for them.
    common = esbuild(web, text, "--format=cjs", "--platform=node")
    (folder / "tracking.cjs").write_bytes(common)
    for name in AS_IT_IS:
        shutil.copyfile(web / FOLDER / name, folder / name)

"""The browser files are built whenever the package is installed or a wheel is made, and travel inside the wheel."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import (  # type: ignore[import-not-found, unused-ignore]
    BuildHookInterface,
)


class CustomBuildHook(BuildHookInterface[Any]):  # type: ignore[misc, unused-ignore]
    """Called by hatchling."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build web/dist unless it is current; a wheel takes it and the demo shop's pages along."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from pyrite.bundle.build import build, is_current
        from pyrite.bundle.tools import BuildError

        source, web = root / "src" / "pyrite", root / "web"
        try:
            if not is_current(source=source, web=web, out=web / "dist"):
                build(
                    source=source,
                    web=web,
                    out=web / "dist",
                    progress=lambda step, at, of: print(f"[{at}/{of}] {step}"),
                )
        except BuildError as error:
            raise SystemExit(f"pyrite: {error}") from None
        if version != "editable":
            build_data["force_include"] = {
                str(web / "dist"): "pyrite/_web",
                str(web / "demo"): "pyrite/_demo",
            }

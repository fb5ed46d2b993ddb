"""The browser files of this checkout, as its sources are now."""

from pathlib import Path

from pyrite.bundle.build import build, is_current

ROOT = Path(__file__).resolve().parents[2]


def built() -> Path:
    """web/dist, built anew where the sources have changed."""
    source, web = ROOT / "src" / "pyrite", ROOT / "web"
    if not is_current(source=source, web=web, out=web / "dist"):
        build(source=source, web=web, out=web / "dist")
    return web / "dist"

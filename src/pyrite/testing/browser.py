"""A browser in memory: `MemoryBrowser().open()` is a page whose tracker runs without a browser.

What its pages share is in world.py, what a page does with a tracker's effects in page.py.
"""

from .network import Edge, accepting
from .page import MemoryPage
from .world import World

NOW_MS = 1_795_157_627_711  # 2026-11-20T06:53:47.711Z


class MemoryBrowser(World):
    """A visitor's browser, whose pages send to *edge*; *pages* are all that it has opened, the closed ones too."""

    def __init__(self, edge: Edge = accepting, *, now_ms: int = NOW_MS) -> None:
        super().__init__(edge, now_ms=now_ms)
        self.pages: list[MemoryPage] = []

    def open(self, url: str = "https://www.site.test/", *, name: str = "alloy") -> MemoryPage:
        """A new page at *url*, with the tracker *name*."""
        page = MemoryPage(self, url, name=name)
        self.pages.append(page)
        page.begin()
        return page

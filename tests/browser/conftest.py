"""The browser room runs here on CPython, over a window in Python."""

import pytest
from fake_window import Window, window
from room import forget, open_room

from pyrite.testing.browser import MemoryBrowser

open_room()
pytest.register_assert_rewrite("situations")


@pytest.fixture
def world() -> MemoryBrowser:
    """A visitor's browser without a page in it."""
    return MemoryBrowser()


@pytest.fixture(autouse=True)
def page_window(world: MemoryBrowser) -> Window:
    """The window of a page at https://www.site.test/."""
    window.enter(world)
    forget()
    return window

"""An edge in this process that speaks JSS."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service import Clock, settings
from starlette.testclient import TestClient

Maker = Callable[..., TestClient]


@pytest.fixture
def service(edge: Maker, tmp_path: Path) -> Maker:
    """Makes a client of a service; what begins with `jss_` is a setting of [jss]."""

    def make(**options: Any) -> TestClient:
        own = {name[4:]: options.pop(name) for name in list(options) if name.startswith("jss_")}
        return edge(jss=settings(tmp_path, **own), **options)

    return make


@pytest.fixture
def clock() -> Clock:
    """The clock of an edge that is given it."""
    return Clock()

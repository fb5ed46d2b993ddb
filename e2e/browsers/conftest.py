"""These cases are there only when browsers are named."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Left out, not skipped, without --browsers."""
    return None if config.getoption("--browsers") else True

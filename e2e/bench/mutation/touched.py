"""A plugin for pytest that writes down which functions of the package each test runs.

    TOUCHED=touched.json python -m pytest -p mutation.touched tests/core

The file is `{"seconds": {test: seconds}, "tests": {"core/wire:encode": [test, …]}}`. What runs while tests are collected, or
in another process, is not in it.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

SOURCE = str(Path(__file__).resolve().parents[3] / "src" / "pyrite") + "/"
seconds: dict[str, float] = {}
codes: dict[str, set[CodeType]] = {}  # by test


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note what runs from here to the end of *item*, in every thread."""
    found = codes.setdefault(item.nodeid, set())

    def note(frame: Any, event: str, argument: object) -> None:
        if event == "call":
            found.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    yield
    sys.setprofile(None)
    threading.setprofile(None)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up how long a test takes."""
    seconds[report.nodeid] = seconds.get(report.nodeid, 0) + report.duration


def pytest_sessionfinish() -> None:
    """Write everything down."""
    tests: dict[str, list[str]] = {}
    for test, found in codes.items():
        for name in {function_of(code) for code in found if code.co_filename.startswith(SOURCE)}:
            tests.setdefault(name, []).append(test)
    Path(os.environ["TOUCHED"]).write_text(json.dumps({"seconds": seconds, "tests": tests}))


def function_of(code: CodeType) -> str:
    """`core/wire:encode` of *code*: its module and function; what stands in a function without a name belongs to that."""
    parts = [part for part in code.co_qualname.split(".") if not part.startswith("<")]
    return f"{code.co_filename.removeprefix(SOURCE).removesuffix('.py')}:{'.'.join(parts)}"

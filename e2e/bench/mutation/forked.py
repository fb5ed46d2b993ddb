"""Tests run with one module changed, each time in a fork that has pytest and the libraries already."""

import contextlib
import importlib.machinery
import os
import resource
import signal
import tempfile
import time
from pathlib import Path

import pytest

with contextlib.suppress(ImportError):
    # What most tests begin with; nothing of the package's own.
    import hypothesis  # noqa: F401
    import pytest_playwright  # noqa: F401
    import starlette.applications  # noqa: F401

CPU_S = 20  # a change that makes a loop endless is noticed like this
WALL_S = 600
HANGS = "hangs"
BROKEN = 4
EARLY = "ignore::pytest.PytestAssertRewriteWarning"  # the libraries are there before pytest begins


class Failures:
    """Writes down the first test that fails."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test is over."""
        if report.failed and not self._file.exists():
            self._file.write_text(report.nodeid)


def run(
    tests: list[str], file: Path, text: str, *, cpu_s: int = CPU_S, wall_s: int = WALL_S
) -> tuple[str, str]:
    """What became of *tests*, run until one fails with *text* in the place of the module *file*; and the test that failed.

    `passed`, `failed`, `hangs` (it takes more than *cpu_s* of processor time or *wall_s*), or `broken`: pytest itself could not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            os._exit(_run(tests, file, text, Path(folder), cpu_s))
        ended = _ended(child, wall_s)
        first = Path(folder, "failed")
        return ended, first.read_text() if first.exists() else ""


def _ended(child: int, wall_s: int) -> str:
    ends = time.monotonic() + wall_s
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > ends:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return HANGS
        time.sleep(0.05)
    if os.WIFSIGNALED(status):
        return HANGS
    return {0: "passed", 1: "failed", 2: "failed"}.get(os.waitstatus_to_exitcode(status), "broken")


def _run(tests: list[str], file: Path, text: str, folder: Path, cpu_s: int) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    replace(file, text)
    # No example that a change has brought up is kept for the tests as they are.
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "examples")
    given = ["-x", "-q", "-W", EARLY, f"--basetemp={folder / 'base'}", *tests]
    try:
        return int(pytest.main(given, plugins=[Failures(folder / "failed")]))
    except BaseException:
        return BROKEN  # pytest.main itself ends with a code, whatever tests do


def replace(file: Path, text: str) -> None:
    """Let every import of *file* in this process find *text* there, and who reads it as a text, as the compiler does."""
    loader = importlib.machinery.SourceFileLoader
    get_data, path_stats, read_text = loader.get_data, loader.path_stats, Path.read_text
    place = str(file)

    def data(self: importlib.machinery.SourceFileLoader, path: str) -> bytes:
        return text.encode() if str(path) == place else get_data(self, path)

    def stats(self: importlib.machinery.SourceFileLoader, path: str) -> object:
        if str(path) == place:
            raise OSError("changed")  # so that no bytecode of before is taken for it
        return path_stats(self, path)

    def read(self: Path, *given: object, **named: object) -> str:
        return text if str(self) == place else read_text(self, *given, **named)  # type: ignore[arg-type]

    loader.get_data = data  # type: ignore[method-assign, assignment]
    loader.path_stats = stats  # type: ignore[method-assign, assignment]
    Path.read_text = read  # type: ignore[method-assign]

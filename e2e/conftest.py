"""What every browser test gets: built files, a Chromium, a site with a real edge and a real database, the page's console."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from support import built as files
from support import lanes, packs
from support.chromium import ARGUMENTS, executable
from support.site import Site


@pytest.fixture(scope="session", autouse=True)
def built() -> Path:
    """web/dist, built from the sources as they are now."""
    return files.built()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The distribution's Chromium where there is one; it is installed where there is none."""
    return {**browser_type_launch_args, "executable_path": executable(), "args": ARGUMENTS}


def pytest_addoption(parser: pytest.Parser) -> None:
    """More than every run does."""
    parser.addoption("--all-lanes", action="store_true", help="Every browser case in every lane.")
    parser.addoption(
        "--browsers", default="", help="Beside Chromium a small set in: firefox,webkitgtk."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Build and install once, before processes begin that would each do it."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        files.built()
        packs.installed()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build and install before the first browser test begins: its time is not for that."""
    here = str(Path(__file__).parent)
    own = any(str(item.path).startswith(here) for item in session.items)
    if own and not session.config.option.collectonly and not hasattr(session.config, "workerinput"):
        files.built()
        packs.installed()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A case runs in every lane that public sites use, unless it is marked with its own: `@pytest.mark.lanes("compiled")`.

    Those marked `every_lane` run in the lanes of Python pages too, and with --all-lanes all do.
    """
    if "engine" in metafunc.fixturenames:
        engines = [name for name in metafunc.config.getoption("--browsers").split(",") if name]
        metafunc.parametrize("engine", engines, scope="module")
        metafunc.parametrize("lane", [*lanes.PUBLIC, *lanes.PYTHON])
        return
    chosen = [marker.args[0] for marker in metafunc.definition.iter_markers("parametrize")]
    if "lane" not in metafunc.fixturenames or any("lane" in names for names in chosen):
        return
    marker = metafunc.definition.get_closest_marker("lanes")
    everywhere = metafunc.definition.get_closest_marker("every_lane")
    if marker:
        metafunc.parametrize("lane", marker.args)
    elif everywhere or metafunc.config.getoption("--all-lanes"):
        metafunc.parametrize("lane", [*lanes.PUBLIC, *lanes.PYTHON])
    else:
        metafunc.parametrize("lane", lanes.PUBLIC)


@pytest.fixture
def site(tmp_path: Path, lane: str) -> Iterator[Site]:
    """A site at 127.0.0.1 with an edge at its root, whose `/alloy.js` is *lane*."""
    with Site(tmp_path, lane=lane) as made:
        yield made


@pytest.fixture
def console(page: Page) -> list[str]:
    """Every line that the page wrote, and every error that nobody caught, as `kind: text`."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: lines.append(f"uncaught: {error}"))
    return lines


@pytest.fixture
def run(page: Page) -> Callable[[str], Any]:
    """Runs a command in the page: `run('alloy("event", {…})')` gives `{ok, value}`, with an Error as `{code, message, name}`."""

    def command(call: str) -> Any:
        return page.evaluate(
            """async (call) => {
                try { return {ok: true, value: await eval(call)}; }
                catch (error) { return {ok: false, value: {...error, name: error.name, message: error.message}}; }
            }""",
            call,
        )

    return command


@pytest.fixture
def second_page(context: BrowserContext) -> Page:
    """Another tab of the same visitor."""
    return context.new_page()

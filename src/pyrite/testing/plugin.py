"""The pytest plugin: the fixture `tracking`, for tests with Playwright and without.

Nothing of the edge is imported before a test asks for it. pytest-playwright makes the browser context; what it is told there, that
traffic goes through the test's port, it is told by its own marker `browser_context_args`, before any fixture is set up.
"""

import inspect
import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .tracking.async_tracking import AsyncTracking
    from .tracking.tracking import Tracking

FIXTURE = "tracking"
KEY: "pytest.StashKey[Tracking | AsyncTracking]" = pytest.StashKey()
MARKER = "browser_context_args"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a run of pytest can be told."""
    parser.getgroup("pyrite").addoption(
        "--update-tracking",
        action="store_true",
        help="Accept the tracking that tests with snapshots see.",
    )


@pytest.fixture(scope="session")
def tracking_settings() -> dict[str, Any]:
    """What the test's edge is told, in the form of pyrite.toml; override it in your conftest.py, or beside a test."""
    return {}


@pytest.fixture
def tracking(
    request: pytest.FixtureRequest,
) -> "Tracking | AsyncTracking":
    """An edge of this test's own: whatever the page configures, its tracking comes here. A coroutine test gets an AsyncTracking."""
    own: Tracking | AsyncTracking = request.node.stash[KEY]
    return own


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """The edge is there before the browser context is made, in whichever order a test names its fixtures."""
    node = request.node
    uses_tracking = FIXTURE in getattr(node, "fixturenames", ()) and isinstance(node, pytest.Item)
    if uses_tracking and KEY not in node.stash and fixturedef.argname in (FIXTURE, "new_context"):
        node.stash[KEY] = _made(node, request.getfixturevalue("tracking_settings"))
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """The end of a test is also that of what it has expected."""
    plugin = item.stash.get(KEY, None)
    if plugin is None:
        return (yield)
    plugin.attach(getattr(item, "funcargs", {}))
    result = yield
    plugin.finish()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """The edge ends after the browser context, which may send until then."""
    try:
        return (yield)
    finally:
        plugin = item.stash.get(KEY, None)
        if plugin is not None:
            del item.stash[KEY]
            plugin.close()


def _made(item: pytest.Item, settings: dict[str, Any]) -> "Tracking | AsyncTracking":
    try:
        from .tracking.async_tracking import AsyncTracking
        from .tracking.tracking import Tracking
    except ImportError as error:
        raise pytest.UsageError(
            f"the fixture tracking needs {error.name}; install it with: pip install 'pyrite[testing]'"
        ) from error
    marker = item.get_closest_marker(MARKER)
    own = dict(marker.kwargs) if marker else {}
    kind = AsyncTracking if inspect.iscoroutinefunction(getattr(item, "obj", None)) else Tracking
    traced = item.config.getoption("--tracing", default="off") != "off"
    plugin = kind(
        settings,
        verify=not own.get("ignore_https_errors"),
        trace=_traces(item) if traced else "",
        snapshot_file=item.path.parent / "__tracking__" / f"{_name(item)}.json",
        update=item.config.getoption("--update-tracking"),
    )
    if "new_context" not in item.fixturenames:  # type: ignore[attr-defined]
        return plugin
    item.add_marker(
        pytest.mark.browser_context_args(**{**own, **plugin.context_args}), append=False
    )
    return plugin


def _name(item: pytest.Item) -> str:
    """The name of *item* for a file."""
    return re.sub(r"[^\w.-]+", "-", item.name).strip("-")


def _traces(item: pytest.Item) -> str:
    """Where pytest-playwright puts what it records of *item*, once it is over."""
    return f"{item.config.getoption('--output')}/ (npx playwright show-trace …/trace.zip)"

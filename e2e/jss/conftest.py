"""The real clients of JSS 19 (axios) and 23 (fetch) and our drop-in, bundled as an app bundles them, on one page."""

from collections.abc import Iterator
from typing import Any

import pytest
from jss.clients import Client, bundle
from jss.recorder import Recorder
from playwright.sync_api import Page


@pytest.fixture(scope="session")
def clients_script() -> str:
    """The script that puts every client on a page, as `clients`."""
    return bundle()


@pytest.fixture(scope="module")
def recorder(clients_script: str) -> Iterator[Recorder]:
    """A JSS service that keeps what it gets, and a page at `/page` with all clients."""
    with Recorder() as made:
        made.pages["/clients.js"] = clients_script
        made.pages["/page"] = (
            '<!doctype html><link rel="icon" href="data:,"><script src="/clients.js"></script>'
        )
        yield made


@pytest.fixture
def client(recorder: Recorder, page: Page) -> Any:
    """Calls `client(name, events, options)` from a page on another site than the service's."""
    recorder.forget()
    return Client(page, recorder)

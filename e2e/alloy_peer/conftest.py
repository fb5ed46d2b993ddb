"""A site that the real alloy.js can be loaded from, over TLS, and a browser that finds it at port 443."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from support.chromium import ARGUMENTS, executable
from support.packs import pack
from support.server import certificate
from support.site import Site

from pyrite.edge.settings import Datastream, Edge, Settings


@pytest.fixture(scope="module")
def browser_on_site(
    tmp_path_factory: pytest.TempPathFactory, browser_type: Any
) -> Iterator[tuple[Site, Browser]]:
    """The site `https://www.site.test` with an edge at `edge.site.test`, alloy.js under `/peer`, and its browser."""
    folder = tmp_path_factory.mktemp("peer")
    settings = Settings(
        edge=Edge(origins=["https://www.site.test"]),
        datastreams={
            "ds-1": Datastream(org="ORG@AdobeOrg"),
            "ds-2": Datastream(org="ORG@AdobeOrg"),
            "ds-3": Datastream(),
        },
    )
    with Site(folder, certificate=certificate(folder, "*.site.test"), settings=settings) as site:
        site.folders["/peer"] = pack("@adobe/alloy") / "dist"
        arguments = [argument for argument in ARGUMENTS if "resolver" not in argument]
        arguments += [
            "--ignore-certificate-errors",
            f"--host-resolver-rules=MAP *:443 127.0.0.1:{site.server.port}",
        ]
        browser = browser_type.launch(executable_path=executable(), args=arguments)
        yield site, browser
        browser.close()

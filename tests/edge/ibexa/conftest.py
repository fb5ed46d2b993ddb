"""An edge that takes Ibexa's events."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from taken import KEY, SECRET

from pyrite.edge.settings import Datastream, Edge, Ibexa, IbexaCustomer, Limits

Site = Callable[..., TestClient]


@pytest.fixture
def site(edge: Any, tmp_path: Path) -> Site:
    """Makes a client of an edge with the customer 00000; what is given are the customer's settings."""

    def make(
        *,
        ibexa: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        **customer: Any,
    ) -> TestClient:
        given = {"datastream": "shop", "keys": {"a": KEY}, **customer}
        customers = {"00000": IbexaCustomer(**given)}
        wanted = {"customers": customers, "user_secret": SECRET, **(ibexa or {})}
        usual = {
            "settings": Edge(metrics=True, origins=["https://shop.test"]),
            "datastreams": {"shop": Datastream(org="ORG@AdobeOrg")},
            "limits": Limits(),
            "data": tmp_path / "data",
        }
        settings = Ibexa(enabled=True, **wanted)
        found: TestClient = edge(ibexa=settings, **(usual | (options or {})))
        return found

    return make

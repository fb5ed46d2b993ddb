"""A shop on its own host, whose edge takes Ibexa's events."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.site import Site

from pyrite.edge.settings import Datastream, Edge, Ibexa, IbexaCustomer, Settings

KEY, OTHER = "k" * 16, "o" * 16


@pytest.fixture
def shop(tmp_path: Path, lane: str) -> Iterator[Site]:
    """Customer 00000 is open, 11111 asks for page tokens, 22222 for servers' signatures, by either of two keys."""
    customers = {
        "00000": IbexaCustomer(datastream="shop"),
        "11111": IbexaCustomer(datastream="shop", level="page", keys={"a": KEY}),
        "22222": IbexaCustomer(datastream="shop", level="server", keys={"a": KEY, "b": OTHER}),
    }
    settings = Settings(
        edge=Edge(experiences=str(tmp_path / "experiences")),
        datastreams={"shop": Datastream()},
        ibexa=Ibexa(enabled=True, user_secret="s" * 16, customers=customers),
    )
    with Site(tmp_path, lane=lane, settings=settings) as made:
        yield made


@pytest.fixture
def tracked(tmp_path: Path, lane: str) -> Iterator[Site]:
    """The same with one customer, whose pages have a tracker: `alloy`, in both lanes."""
    customers = {"00000": IbexaCustomer(datastream="shop", custom=["share"])}
    settings = Settings(
        edge=Edge(experiences=str(tmp_path / "experiences")),
        datastreams={"shop": Datastream()},
        ibexa=Ibexa(enabled=True, user_secret="s" * 16, customers=customers),
    )
    with Site(tmp_path, lane=lane, settings=settings) as made:
        yield made

"""Which addresses are the dialect's, and which are another's."""

import pytest

from pyrite.edge.http.call import Route
from pyrite.edge.jss.addresses import EVENT, LAYOUT, PROFILE, UNKNOWN, Addresses
from pyrite.edge.settings import Jss


def found(path: str, *, development: bool = False) -> Route | None:
    jss = Jss(enabled=True, path="/Track/", layout_path="layouts/of")
    return Addresses(jss, development=development).find({"type": "http", "path": path})


@pytest.mark.parametrize("path", ["/track/event", "/TRACK/Event"])
def test_an_address_is_known_in_any_case(path: str) -> None:
    assert found(path) == Route(EVENT)
    assert found("/layouts/of/JSS") == Route(LAYOUT, ("GET",))


@pytest.mark.parametrize("path", ["/track/", "/track/evnt", "/Track/event/", "/layouts/of/", "/layouts/of/x"])  # fmt: skip
def test_what_is_below_a_path_and_asks_for_nothing_is_unknown(path: str) -> None:
    assert found(path) is UNKNOWN


@pytest.mark.parametrize("path", ["/", "/track", "/tracks/event", "/layouts", "/layouts/office", "/x/track/event"])  # fmt: skip
def test_what_is_not_below_a_path_is_anothers(path: str) -> None:
    assert found(path) is None


def test_what_a_caller_may_ask_about_itself_is_known_in_development_only() -> None:
    assert found("/track/profile", development=True) == Route(PROFILE, ("GET",))
    assert found("/track/profile") is UNKNOWN

"""Which key opens what, for which pages; and which refusals a page may read."""

import pytest
from calls import call

from pyrite.edge.jss.callers.keys import Keys, without_key
from pyrite.edge.settings import Jss, JssKey

APP = "{AAAAAAAA-0000-0000-0000-000000000001}"
LAYOUT = "{AAAAAAAA-0000-0000-0000-000000000002}"
OPEN = "{AAAAAAAA-0000-0000-0000-000000000003}"
PAGE = "https://app.example"
JSS = Jss(
    enabled=True,
    keys={
        APP: JssKey(origins=f"{PAGE}; https://second.example"),
        LAYOUT: JssKey(origins=["https://layout.example", "http://localhost:*"], services=["layout"]),
        OPEN: JssKey(origins="*", services=["tracker"]),
    },
)  # fmt: skip


def refusal(keys: Keys, made: object, service: str = "tracker") -> tuple[int, str, bool] | None:
    problem = keys.turns_away(made, service)  # type: ignore[arg-type]
    return problem and (problem.status, problem.code, problem.hidden)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        (f"sc_apikey={APP}", {"origin": PAGE}, None),
        ("sc_apikey=%7BAAAAAAAA-0000-0000-0000-000000000001%7D", {"origin": PAGE}, None),
        ("sc_apikey=aaaaaaaa000000000000000000000001", {"origin": "https://second.example"}, None),
        ("", {"origin": PAGE, "sc_apikey": APP.lower()}, None),
        (f"sc_apikey={APP}", {}, None),
        (f"sc_apikey={APP}", {"origin": "http://edge.test"}, None),
        (f"sc_apikey={OPEN}", {"origin": "https://anywhere.example"}, None),
        (f"sc_apikey={OPEN}", {"origin": "null"}, None),
        (f"sc_apikey={APP}", {"origin": "https://evil.example"}, (403, "jss.origin", True)),
        (f"sc_apikey={APP}", {"origin": "null"}, (403, "jss.origin", True)),
        (f"sc_apikey={LAYOUT}", {"origin": PAGE}, (403, "jss.origin", True)),
        (f"sc_apikey={LAYOUT}", {"origin": "http://localhost:3000"}, (403, "jss.service", False)),
        ("", {}, (401, "jss.key", False)),
        ("sc_apikey=", {}, (401, "jss.key", False)),
        ("sc_apikey=undefined", {"origin": PAGE}, (401, "jss.key", False)),
        ("sc_apikey=BBBBBBBB-0000-0000-0000-000000000001", {"origin": PAGE}, (401, "jss.key", False)),
    ],
)  # fmt: skip
def test_a_call_needs_a_key_for_the_service_and_the_origin(
    query: str, headers: dict[str, str], expected: object
) -> None:
    assert refusal(Keys(JSS), call(query=query, **headers)) == expected


def test_a_refusal_that_a_key_would_not_change_is_for_pages_of_some_key_to_read() -> None:
    closed = Keys(Jss(enabled=True, keys={APP: JssKey(origins=PAGE)}))

    assert refusal(closed, call(origin=PAGE)) == (401, "jss.key", False)
    assert refusal(closed, call(origin="https://evil.example")) == (401, "jss.key", True)


def test_each_service_asks_for_its_own_keys() -> None:
    keys = Keys(JSS)

    assert refusal(keys, call(query=f"sc_apikey={LAYOUT}"), "layout") is None
    assert refusal(keys, call(query=f"sc_apikey={OPEN}"), "layout") == (403, "jss.service", False)


@pytest.mark.parametrize(
    ("query", "origin", "passes"),
    [
        (f"sc_apikey={APP}", PAGE, True),
        (f"sc_apikey={APP}", "https://evil.example", False),
        (
            f"sc_apikey={LAYOUT}",
            "https://layout.example",
            True,
        ),  # the call behind it says jss.service
        ("", PAGE, True),  # the key comes in a header
        ("", "https://evil.example", False),
    ],
)
def test_a_preflight_passes_for_pages_of_the_key_or_of_some_key(
    query: str, origin: str, passes: bool
) -> None:
    keys = Keys(Jss(enabled=True, keys={name: JSS.keys[name] for name in (APP, LAYOUT)}))
    found = refusal(keys, call("OPTIONS", query=query, origin=origin))

    assert found == (None if passes else (403, "jss.origin", True))


def test_a_service_that_is_off_says_so_to_whoever_has_a_key() -> None:
    off = Keys(Jss(keys=JSS.keys))
    nothing = Keys(Jss())

    assert refusal(off, call(query=f"sc_apikey={APP}", origin=PAGE)) == (404, "jss.off", False)
    assert refusal(off, call("OPTIONS", query=f"sc_apikey={APP}", origin=PAGE)) is None
    assert refusal(nothing, call(origin=PAGE)) == (404, "jss.off", True)
    assert refusal(nothing, call("OPTIONS", origin=PAGE)) == (404, "jss.off", True)


def test_an_address_is_kept_without_its_key() -> None:
    query = f"a=1&sc_apikey={APP}&sc%5Fapikey=x&b=%20&eid=2"

    assert without_key(call(query=query)) == "/sitecore/api/jss/track/event?a=1&b=%20&eid=2"

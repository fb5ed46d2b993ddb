"""Who may call, by which methods and addresses; and what a page may read of a refusal."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asked import stored
from service import (
    EVENT,
    FLUSH,
    HUMAN,
    KEY,
    LAYOUT_KEY,
    PAGE,
    SESSION,
    rows,
    track,
)
from starlette.testclient import TestClient

from pyrite.edge.settings import Edge

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("", {}, 401, "jss.key"),
        ("sc_apikey=undefined", {"origin": PAGE}, 401, "jss.key"),
        (f"sc_apikey={LAYOUT_KEY}", {"origin": PAGE}, 403, "jss.service"),
        (f"sc_apikey={KEY}", {"origin": "https://evil.example"}, 403, "jss.origin"),
        (f"sc_apikey={KEY}", {"origin": PAGE, "content-type": "application/xml"}, 415, "body.type"),
        (f"sc_apikey={KEY}&eid=7", {"origin": PAGE}, 400, "jss.eid"),
    ],
)
def test_a_refusal_is_read_by_pages_that_may_call(
    service: Maker, query: str, headers: dict[str, str], status: int, code: str
) -> None:
    client = service()
    answer = client.post(f"{EVENT}?{query}", json=GOAL, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    origin = headers.get("origin") if code != "jss.origin" else None
    assert answer.headers.get("access-control-allow-origin") == origin
    assert stored(client) == []
    assert "set-cookie" not in answer.headers or status in (400, 415)


def test_an_id_that_is_none_is_told_with_its_place(service: Maker) -> None:
    answer = service().post(f"{EVENT}?sc_apikey={KEY}&eid=7", json=GOAL, headers={"origin": PAGE})

    assert answer.json()["path"] == "eid"
    assert "expected a UUID, got '7'" in answer.text


def test_the_key_comes_in_the_query_or_in_a_header(service: Maker) -> None:
    client = service()
    answers = [
        client.post(f"{EVENT}?sc_apikey={KEY[1:-1].replace('-', '').lower()}&other=1", json=GOAL),
        client.post(EVENT, json=GOAL, headers={"sc_apikey": KEY[1:-1]}),
    ]

    assert [one.status_code for one in answers] == [204, 204]


def test_a_preflight_names_the_origin_never_a_star(service: Maker) -> None:
    client = service(jss_keys=settings_with_star())
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}  # fmt: skip
    for path in (EVENT, FLUSH):
        answer = client.options(f"{path}?sc_apikey={KEY}", headers={"origin": PAGE} | asked)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["access-control-allow-headers"] == "content-type, sc_apikey"
        assert answer.headers["vary"] == "Origin"

    answer = client.post(f"{EVENT}?sc_apikey={KEY}", json=GOAL, headers={"origin": PAGE})
    assert answer.headers["access-control-allow-origin"] == PAGE


def settings_with_star() -> Any:
    from pyrite.edge.settings import JssKey

    return {KEY: JssKey(origins="*")}


def test_a_preflight_of_another_origin_is_refused(service: Maker) -> None:
    client = service()
    for query in (f"?sc_apikey={KEY}", ""):
        answer = client.options(EVENT + query, headers={"origin": "https://evil.example"})
        assert (answer.status_code, answer.json()["code"]) == (403, "jss.origin")
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", EVENT, 405), ("PUT", EVENT, 405), ("DELETE", FLUSH, 405),
        ("POST", EVENT + "s", 404), ("POST", EVENT + "/x", 404), ("GET", "/sitecore/api/jss/track/", 404),
        ("GET", "/sitecore/api/jss/track/profile", 404), ("GET", "/sitecore/api/jss/track/why", 404),
        ("POST", EVENT.upper(), 204),
    ],
)  # fmt: skip
def test_other_methods_and_actions_are_refused(
    service: Maker, method: str, path: str, status: int
) -> None:
    content = json.dumps(GOAL) if method == "POST" else None
    answer = service().request(method, f"{path}?sc_apikey={KEY}", content=content)

    assert answer.status_code == status


def test_off_it_says_so_and_leaves_the_rest_up(service: Maker) -> None:
    client = service(jss_enabled=False)
    answers = [
        track(client, GOAL),
        client.get(EVENT),
        client.get(FLUSH),
        client.get(f"/sitecore/api/layout/render/jss?item=/&sc_apikey={KEY}"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "jss.off")] * 4
    assert client.get(HUMAN).json()["code"] == "path.unknown"
    assert client.get("/health").status_code == 200
    assert stored(client) == rows(client) == []


def test_without_a_word_in_the_settings_it_is_off(edge: Maker) -> None:
    answer = track(edge(), GOAL)

    assert (answer.status_code, answer.json()["code"]) == (404, "jss.off")


def test_mounted_below_a_prefix_it_is_the_same(service: Maker) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    inner: Any = service(settings=Edge(development=True)).app
    client = TestClient(Starlette(routes=[Mount("/t", inner)]))

    assert track(client, GOAL, path="/t" + EVENT).status_code == 204
    assert "Path=/;" in client.get("/t" + HUMAN).headers["set-cookie"]
    assert SESSION in client.cookies

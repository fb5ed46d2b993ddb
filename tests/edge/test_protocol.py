"""What the edge takes, keeps and answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asked import PAGE, event, handles, post, stored
from starlette.testclient import TestClient

from pyrite.core.visitor.identity import parse_ecid
from pyrite.edge.settings import Edge
from pyrite.stores.contract import Batch, StoreUnavailable, Written
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]


def bad(client: TestClient) -> list[Any]:
    return list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]


def test_an_event_is_stored_and_answered(edge: Maker) -> None:
    client = edge()
    response = post(
        client,
        body={"events": [event(data={"k": 1})], "xdm": {"identityMap": {"FPID": [{"id": "d1"}]}}},
    )

    assert response.status_code == 200
    assert response.json()["requestId"] == "r-1"
    assert [
        (found.id, found.type, found.url, found.visitor, found.datastream)
        for found in stored(client)
    ] == [("e1", "t", "https://shop.test/", "d1", "shop")]
    kept = json.loads(stored(client)[0].body)
    assert kept["data"] == {"k": 1}
    assert kept["xdm"]["identityMap"] == {"FPID": [{"id": "d1"}]}


@pytest.mark.parametrize("hint", ["", "/or2"])
@pytest.mark.parametrize("type", ["text/plain;charset=UTF-8", "application/json"])
def test_every_endpoint_answers_with_and_without_a_location_hint(
    edge: Maker, hint: str, type: str
) -> None:
    client = edge()
    consent = [{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}]
    for action, body, status in (
        ("interact", {"events": [event()]}, 200),
        ("collect", {"events": [event("e2")]}, 204),
        ("privacy/set-consent", {"consent": consent}, 200),
        ("identity/acquire", {"query": {"identity": {"fetch": ["ECID"]}}}, 200),
    ):
        response = post(
            client,
            body=body,
            path=f"/ee{hint}/v1/{action}?configId=shop&requestId=r",
            headers={"content-type": type},
        )
        assert response.status_code == status, (action, response.text)


def test_several_events_in_one_body_are_stored_together(edge: Maker) -> None:
    client = edge()

    assert post(client, "collect", {"events": [event("a"), event("b")]}).status_code == 204
    assert [found.id for found in stored(client)] == ["a", "b"]


def test_the_same_event_twice_is_stored_once_and_acknowledged_twice(edge: Maker) -> None:
    client = edge()

    assert [post(client, "collect").status_code for _ in range(2)] == [204, 204]
    assert len(stored(client)) == 1


def test_a_client_without_event_ids_is_deduplicated_by_its_request(edge: Maker) -> None:
    client = edge()
    for _ in range(2):
        post(client, body={"events": [{"xdm": {}}, {"xdm": {}}]})
    post(
        client, body={"events": [{"xdm": {}}]}, path="/ee/v1/interact?configId=shop&requestId=other"
    )

    assert len(stored(client)) == 3


def test_the_identity_is_given_stored_and_kept(edge: Maker) -> None:
    client = edge()
    body = {"events": [event()], "query": {"identity": {"fetch": ["ECID"]}}}
    first = post(client, body=body)
    cookie = handles(first, "state:store")[0]
    ecid = handles(first, "identity:result")[0]["id"]

    assert (cookie["key"], cookie["maxAge"]) == ("kndctr_ORG_AdobeOrg_identity", 34128000)
    assert parse_ecid(cookie["value"]) == ecid
    assert len(ecid) == 38
    by_cookie = post(client, body=body, headers={"cookie": f"{cookie['key']}={cookie['value']}"})
    by_entry = post(
        client,
        body=body
        | {"meta": {"state": {"entries": [{"key": cookie["key"], "value": cookie["value"]}]}}},
    )
    assert (
        handles(by_cookie, "identity:result")[0]["id"]
        == handles(by_entry, "identity:result")[0]["id"]
        == ecid
    )


def test_a_device_id_always_gets_the_same_identity(edge: Maker) -> None:
    client = edge()
    body = {
        "events": [event()],
        "query": {"identity": {"fetch": ["ECID"]}},
        "xdm": {"identityMap": {"FPID": [{"id": "d1"}]}},
    }
    found = {
        handles(
            post(client, body=body, path=f"/ee/v1/interact?configId=shop&requestId={n}"),
            "identity:result",
        )[0]["id"]
        for n in range(3)
    }

    assert len(found) == 1


def test_consent_is_stored_and_answered_with_its_cookie(edge: Maker) -> None:
    client = edge()
    consent = [{"standard": "Adobe", "version": "2.0", "value": {"collect": {"val": "n"}}}]
    response = post(
        client, "privacy/set-consent", {"consent": consent, "identityMap": {"FPID": [{"id": "d1"}]}}
    )
    visitor = client.app.state.store.visitor("shop", "d1")  # type: ignore[attr-defined]

    assert handles(response, "state:store") == [{
        "key": "kndctr_ORG_AdobeOrg_consent", "value": "general=out", "maxAge": 15552000, "attrs": {"SameSite": "Lax"},
    }]  # fmt: skip
    assert visitor.consent == "out"


def test_a_consent_that_cant_be_read_is_refused_and_kept(edge: Maker) -> None:
    client = edge()
    response = post(client, "privacy/set-consent", {"consent": [{"standard": "?"}]})

    assert (response.status_code, response.json()["code"], response.json()["path"]) == (
        422,
        "consent.invalid",
        "$.consent",
    )
    assert bad(client)[0].code == "consent.invalid"


def test_a_region_is_told_and_travels_in_the_header(edge: Maker) -> None:
    response = post(edge(settings=Edge(region="eu1")))

    assert response.headers["x-adobe-edge"] == "eu1;0"
    assert handles(response, "locationHint:result")[0]["hint"] == "eu1"
    assert handles(response, "state:store")[1]["value"] == "eu1"


def test_a_listener_hears_of_each_event_once_it_is_stored(edge: Maker) -> None:
    heard: list[str] = []
    client = edge(listener=lambda found: heard.append(found.id))
    post(client)
    post(client)

    assert heard == ["e1"]


class FullStore(MemoryStore):
    """A store whose disk is full."""

    def write(self, batch: Batch, done: Written) -> None:
        done(StoreUnavailable("the store can't write now: database or disk is full"))


def test_nothing_is_acknowledged_that_could_not_be_stored(edge: Maker) -> None:
    response = post(edge(store=FullStore()), "collect")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"
    assert "disk is full" in response.json()["detail"]


RUBBISH: list[tuple[str, bytes, int, str]] = [
    ("cut off", b'{"events":[{"xdm":', 400, "body.json"),
    ("empty", b"", 400, "body.json"),
    ("not an object", b"[]", 400, "body.shape"),
    ("events of the wrong type", b'{"events":3}', 400, "body.events"),
    ("an event of the wrong type", b'{"events":[3]}', 400, "event.shape"),
    ("xdm of the wrong type", b'{"events":[{"xdm":[]}]}', 400, "event.shape"),
    ("an id of the wrong type", b'{"events":[{"xdm":{"_id":3}}]}', 400, "event.id"),
    ("NaN", b'{"events":[{"data":{"n":NaN}}]}', 400, "body.json"),
    ("invalid UTF-8", b'{"events":[{"data":{"n":"\xff"}}]}', 400, "body.json"),
    ("too large", b'{"x":"' + b"y" * 6000 + b'"}', 413, "body.too_large"),
    ("too deep", b'{"x":' + b"[" * 30 + b"]" * 30 + b"}", 400, "body.too_deep"),
    ("a thousand levels", b"[" * 1000 + b"]" * 1000, 400, "body.too_deep"),
    ("too many events", json.dumps({"events": [{"xdm": {}}] * 4}).encode(), 413, "body.too_many"),
    ("a queue of another shape", b'{"raw":{"commands":[3]}}', 400, "body.raw"),
    ("control bytes", bytes(range(32)) * 4, 400, "body.json"),
]


@pytest.mark.parametrize(
    ("content", "status", "code"), [row[1:] for row in RUBBISH], ids=[row[0] for row in RUBBISH]
)
def test_rubbish_is_refused_with_its_reason_and_kept(
    edge: Maker, content: bytes, status: int, code: str
) -> None:
    client = edge()
    response = post(client, body=content)
    problem = response.json()

    assert (response.status_code, problem["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    assert problem["report"] == {"requestId": "r-1"}
    assert bad(client)[0].code == code
    assert content.startswith(bad(client)[0].body)
    assert bad(client)[0].body or not content
    assert post(client, "collect").status_code == 204


def test_good_events_beside_bad_ones_are_stored_and_the_bad_ones_kept(edge: Maker) -> None:
    client = edge()
    response = post(client, "collect", {"events": [event("good"), {"xdm": 3}]})

    assert response.status_code == 207
    assert response.json()["errors"][0]["detail"] == "$.events[1].xdm"
    assert [found.id for found in stored(client)] == ["good"]
    assert json.loads(bad(client)[0].body)["events"] == [{"xdm": 3}]


def test_a_data_stream_must_be_named_and_known(edge: Maker) -> None:
    client = edge()

    assert post(client, path="/ee/v1/interact").json()["code"] == "datastream.missing"
    assert post(client, path="/ee/v1/interact?configId=%00").json()["code"] == "datastream.missing"
    unknown = post(client, path="/ee/v1/interact?configId=shpo").json()
    assert unknown["code"] == "datastream.unknown"
    assert "this edge takes shop" in unknown["detail"]


def test_other_content_types_and_unknown_data_streams_are_refused_and_kept_with_their_body(
    edge: Maker,
) -> None:
    client = edge()

    assert post(client, headers={"content-type": "text/xml"}).status_code == 415
    assert post(client, path="/ee/v1/collect?configId=other").status_code == 400
    assert [json.loads(row.body) for row in bad(client)] == [{"events": [event()]}] * 2


def test_headers_have_a_limit(edge: Maker) -> None:
    response = post(edge(), headers={"x-big": "y" * 20000})

    assert (response.status_code, response.json()["code"]) == (431, "headers.too_large")


def test_a_listed_origin_may_call_with_credentials_and_another_may_not(edge: Maker) -> None:
    client = edge()
    listed = post(client, headers={"origin": "https://shop.test"})
    other = post(client, headers={"origin": "https://evil.test"})
    own = post(client, headers={"origin": "https://edge.test"})

    assert listed.headers["access-control-allow-origin"] == "https://shop.test"
    assert listed.headers["access-control-allow-credentials"] == "true"
    assert "retry-after" in listed.headers["access-control-expose-headers"]
    assert (other.status_code, other.json()["code"]) == (403, "origin.unknown")
    # Readable, so that the page's console says what is wrong.
    assert other.headers["access-control-allow-origin"] == "https://evil.test"
    assert own.status_code == 200
    assert len(stored(client)) == 1


def test_a_preflight_is_answered(edge: Maker) -> None:
    client = edge()
    asked = {"origin": "https://shop.test", "access-control-request-method": "POST"}
    response = client.options("/ee/v1/interact", headers=asked)

    assert response.status_code == 204
    assert response.headers["access-control-allow-methods"] == "POST"
    assert (
        client.options(
            "/ee/v1/interact", headers=asked | {"origin": "https://evil.test"}
        ).status_code
        == 403
    )


TRACING = "baggage,sentry-trace,traceparent,tracestate,x-datadog-trace-id,b3"


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (TRACING, "content-type, " + TRACING.replace(",", ", ")),
        ("Content-Type, X-Own", "content-type, x-own"),
        ("", "content-type"),
        ("<script>, baggage", "content-type"),
        ("baggage\u00fc", "content-type"),
    ],
)
def test_a_preflight_allows_the_headers_that_it_asks_for(
    edge: Maker, asked: str, allowed: str
) -> None:
    headers = {
        b"origin": b"https://shop.test",
        b"access-control-request-method": b"POST",
        b"access-control-request-headers": asked.encode("latin-1"),
    }
    answer = edge().options("/ee/v1/interact", headers=headers)

    assert answer.headers["access-control-allow-headers"] == allowed


def test_values_of_headers_for_tracing_are_read_past(edge: Maker) -> None:
    client = edge()
    traced = {"origin": "https://shop.test", "traceparent": "00-x", "baggage": "user=1"}

    assert post(client, headers=traced).status_code == 200
    assert "user=1" not in str(stored(client))


def test_a_file_may_be_asked_for_with_headers_for_tracing_from_anywhere(edge: Maker) -> None:
    client = edge()
    asked = {
        "origin": "https://other.test",
        "access-control-request-method": "GET",
        "access-control-request-headers": "baggage,sentry-trace",
    }
    answer = client.options("/alloy.js", headers=asked)

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "baggage, sentry-trace"
    assert client.get("/lib/tracker.0123.mpy").text == "bytes"


def test_unknown_paths_and_methods_are_problems_too(edge: Maker) -> None:
    client = edge()

    assert client.get("/nowhere").json()["code"] == "path.unknown"
    assert client.get("/ee/v1/interact").json()["code"] == "method.unknown"


RAW = {
    "raw": {
        "commands": [
            ["configure", {"datastreamId": "shop", "orgId": "ORG@AdobeOrg"}],
            ["event", {"viewStart": True, "data": {"k": 1}}, "early-1", 9000],
            ["sendEvent", {"type": "second"}, "early-2", 9500],
        ],
        "facts": {
            "url": "https://shop.test/a",
            "referrer": "",
            "screenWidth": 10,
            "cookie": "pyrite_fpid=d9",
        },
        "sentAt": 10000,
    }
}


def test_a_pages_raw_queue_is_run_by_the_same_core(edge: Maker) -> None:
    client = edge()

    assert post(client, "collect", RAW).status_code == 204
    assert post(client, "collect", RAW).status_code == 204
    assert [(found.id, found.type, found.visitor) for found in stored(client)] == [
        ("early-1", "web.webpagedetails.pageViews", "d9"),
        ("early-2", "second", "d9"),
    ]
    first = stored(client)[0]
    assert json.loads(first.body)["xdm"]["web"]["webPageDetails"]["URL"] == "https://shop.test/a"
    assert json.loads(first.body)["data"] == {"k": 1}
    assert first.received_ms - first.made_ms == 1000


EARLY: list[Any] = [
    {"datastreamId": "shop", "edgeDomain": "edge.test"},
    [["event", {"viewStart": True, "data": {"n": 1}}, "00000000-0000-4000-8000-00000000000e", 1]],
    ["https://shop.test/a", "", None, None, 1280, 720, "landscape-primary", 800, 600, "UTC", 0],
    "device-9",
    10,
]


def test_a_view_that_the_base_code_sent_names_its_data_stream_and_its_visitor(edge: Maker) -> None:
    client = edge()
    response = post(client, body={"raw": EARLY}, path="/ee/v1/interact")
    view = stored(client)[0]

    assert response.status_code == 200
    assert (view.id, view.visitor, view.datastream, view.url) == (
        EARLY[1][0][2],
        "device-9",
        "shop",
        "https://shop.test/a",
    )


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        ([], 400, "datastream.missing"),
        (EARLY[:2], 400, "body.raw"),
        ([*EARLY[:2], [], *EARLY[3:]], 400, "body.raw"),
        ([EARLY[0], [["event"]], *EARLY[2:]], 400, "body.raw"),
        ([*EARLY[:3], 5, 10], 400, "body.raw"),
        ([{"datastreamId": "other"}, *EARLY[1:]], 400, "datastream.unknown"),
        ([{**EARLY[0], "defaultConsent": "out"}, *EARLY[1:]], 403, "consent.invalid"),
        ([*EARLY[:2], [*EARLY[2][:3], True, *EARLY[2][4:]], *EARLY[3:]], 403, "consent.invalid"),
    ],
    ids=str,
)
def test_a_view_of_the_base_code_that_can_not_be_taken_is_refused_with_its_reason(
    edge: Maker, raw: list[Any], status: int, code: str
) -> None:
    client = edge()
    response = post(client, body={"raw": raw}, path="/ee/v1/interact")

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert stored(client) == []


def test_a_queue_that_the_base_code_sent_as_its_page_was_left_is_stored_in_order(
    edge: Maker,
) -> None:
    client = edge()
    queue = [EARLY[0], [*EARLY[1], ["event", {"type": "second"}, "early-2", 2]], *EARLY[2:]]
    response = post(client, body={"raw": queue}, path="/ee/v1/collect")

    assert response.status_code == 204
    assert [(event.id, event.visitor) for event in stored(client)] == [
        (EARLY[1][0][2], "device-9"),
        ("early-2", "device-9"),
    ]


def test_a_visitor_who_was_new_on_a_page_before_is_the_same_here(edge: Maker) -> None:
    client = edge()
    facts = [*EARLY[2][:2], ["pyrite_new=device-8"], *EARLY[2][3:]]
    post(client, body={"raw": [*EARLY[:2], facts, *EARLY[3:]]}, path="/ee/v1/interact")

    assert stored(client)[0].visitor == "device-8"


def test_a_refused_command_of_a_raw_queue_is_kept_and_the_others_are_stored(edge: Maker) -> None:
    client = edge()
    queue = json.loads(json.dumps(RAW))
    queue["raw"]["commands"][1][1] = {"viewstart": True}
    response = post(client, "collect", queue)

    assert response.status_code == 207
    assert [found.id for found in stored(client)] == ["early-2"]
    assert "did you mean 'viewStart'?" in bad(client)[0].message
    assert json.loads(bad(client)[0].body)["raw"]["commands"][1][2] == "early-1"


def test_a_raw_queue_without_consent_is_not_stored(edge: Maker) -> None:
    client = edge()
    pending = json.loads(json.dumps(RAW))
    pending["raw"]["commands"][0][1]["defaultConsent"] = "pending"
    response = post(client, "collect", pending)

    assert (response.status_code, stored(client)) == (403, [])
    assert "consent" in response.json()["detail"]
    assert bad(client) == []


def test_experiences_are_decided_and_answered(edge: Maker, tmp_path: Any) -> None:
    folder = tmp_path / "experiences"
    folder.mkdir()
    (folder / "hello.toml").write_text(
        '[[variants]]\nid = "a"\n[[variants.items]]\ntype = "setText"\nselector = "h1"\ncontent = "Hi"\n'
    )
    found = handles(post(edge(), body={"events": [event(query=PAGE)]}), "personalization:decisions")

    assert [(proposition["id"], proposition["items"][0]["data"]) for proposition in found] == [
        ("PY:hello:a", {"type": "setText", "selector": "h1", "content": "Hi"})
    ]


def test_health_and_files_are_served(edge: Maker) -> None:
    client = edge()
    plain = client.get("/alloy.js", headers={"accept-encoding": "identity"})
    small = client.get("/alloy.js", headers={"accept-encoding": "gzip, br"})
    hashed = client.get("/lib/tracker.0123.mpy")

    assert client.get("/health").json() == {"ok": True}
    assert (plain.text, plain.headers["content-type"]) == (
        "loader",
        "text/javascript; charset=utf-8",
    )
    assert small.headers["content-encoding"] == "br"
    assert small.headers["vary"] == "Accept-Encoding"
    assert "immutable" in hashed.headers["cache-control"]
    assert "immutable" not in plain.headers["cache-control"]
    assert hashed.headers["access-control-allow-origin"] == "*"
    assert client.get("/pyscript/pyrite.tar.gz").text == "archive"
    assert client.get("/manifest.json").status_code == 404


def test_the_head_of_the_compiled_lane_is_two_tags(edge: Maker) -> None:
    head = edge().app.state.head(prefix="/t")  # type: ignore[attr-defined]

    assert head.splitlines() == [
        "<script>early</script>",
        '<script async src="/t/alloy.js"></script>',
    ]


def test_the_lane_is_chosen_by_a_setting(edge: Maker) -> None:
    chosen = edge(settings=Edge(lane="micropython"))
    plain = {"accept-encoding": "identity"}

    assert edge().get("/alloy.js", headers=plain).text == "loader"
    assert chosen.get("/alloy.js", headers=plain).text == "runtime's loader"


def test_the_head_of_the_micropython_lane_asks_for_every_file_at_once_and_escapes_what_it_is_given(
    edge: Maker,
) -> None:
    client = edge(settings=Edge(lane="micropython"))
    head = client.app.state.head(prefix="/t", nonce='a"b')  # type: ignore[attr-defined]

    assert head.splitlines() == [
        '<script nonce="a&quot;b">early</script>',
        '<script nonce="a&quot;b" async src="/t/alloy.js"></script>',
        '<link rel="preload" href="/t/lib/tracker.0123.mpy" as="fetch" crossorigin fetchpriority="low" nonce="a&quot;b">',
    ]


@pytest.mark.parametrize("framework", ["starlette", "fastapi"])
def test_an_edge_mounted_under_a_prefix_moves_along_whole(edge: Maker, framework: str) -> None:
    inner: Any = edge().app
    if framework == "starlette":
        from starlette.applications import Starlette

        outer: Any = Starlette()
    else:
        from fastapi import FastAPI

        outer = FastAPI()
    outer.mount("/t", inner)
    with TestClient(outer, base_url="http://edge.test") as client:
        assert post(client, path="/t/ee/v1/collect?configId=shop&requestId=r").status_code == 204
        assert client.get("/t/health").status_code == 200
        assert client.get("/t/alloy.js").status_code == 200
    assert len(list(inner.state.store.events())) == 1


WAYS = [("cors", "fetch"), ("same-origin", "fetch"), ("no-cors", "beacon"), (None, "")]


@pytest.mark.parametrize(("mode", "way"), WAYS)
def test_an_event_says_how_it_came_as_far_as_the_browser_says(
    edge: Maker, mode: str | None, way: str
) -> None:
    client = edge()
    headers = {"sec-fetch-mode": mode} if mode else {}
    body = json.dumps({"events": [{"xdm": {"_id": "e1"}}]})
    client.post("/ee/v1/collect?configId=shop", content=body, headers=headers)

    assert [event.way for event in client.app.state.store.events()] == [way]  # type: ignore[attr-defined]

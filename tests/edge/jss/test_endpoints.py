"""What each call is answered: taken, taken in part, refused; and what a page may read of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asked import stored
from service import (
    DEFINITIONS,
    EVENT,
    FLUSH,
    GLOBAL,
    HOME,
    HUMAN,
    KEY,
    LAYOUT_KEY,
    PAGE,
    SESSION,
    settings,
    track,
)
from starlette.testclient import TestClient

from pyrite.edge.replay import replay
from pyrite.edge.settings import Datastream, Edge, Limits, Settings
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}
UNKNOWN = {"goalId": "Instant Dmo"}
VIEW = {"pageId": HOME, "url": "/a?b=%20ü#c"}


def bodies(client: TestClient) -> list[Any]:
    return [json.loads(one.body) for one in stored(client)]


def rows(client: TestClient) -> list[Any]:
    return list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]


def test_each_kind_is_stored_under_its_name(service: Maker) -> None:
    client = service()
    answer = track(
        client,
        [
            {"eventId": "Download", "file": "a.pdf"},
            VIEW,
            GOAL,
            {"outcomeId": "Opportunity", "currencyCode": "USD", "monetaryValue": "1337.50"},
            {"campaignId": "{4c01da97-0000-4000-8000-000000000001}"},
        ],
    )
    found = stored(client)

    assert (answer.status_code, answer.content) == (204, b"")
    assert [one.type for one in found] == [
        "jss.event", "web.webpagedetails.pageViews", "jss.goal", "jss.outcome", "jss.campaign",
    ]  # fmt: skip
    assert {(one.source, one.datastream) for one in found} == {("jss", "jss")}
    first, view, goal, outcome, campaign = [json.loads(one.body)["jss"] for one in found]
    assert first == {
        "kind": "event", "id": "{FA72E131-3CFD-481C-8E15-04496E9586D9}", "definition": "Download",
        "page": "current", "extra": {"file": "a.pdf"},
    }  # fmt: skip
    assert view == {"kind": "pageview", "definition": "Home", "pageId": HOME, "page": HOME, "url": VIEW["url"]}  # fmt: skip
    assert (goal["page"], goal["value"]) == (HOME, 10)
    assert (outcome["currencyCode"], outcome["monetaryValue"]) == ("USD", 1337.5)
    assert campaign["definition"] == "Spring"
    page = bodies(client)[1]["xdm"]["web"]["webPageDetails"]
    assert page == {"URL": VIEW["url"], "name": "Home", "pageViews": {"value": 1}}
    assert found[1].url == VIEW["url"]


def test_a_page_view_counts_as_a_view_of_its_visitor(service: Maker) -> None:
    client = service()
    track(client, [VIEW, GOAL, VIEW])
    [contact] = {one.visitor for one in stored(client)}

    known = client.app.state.store.visitor("jss", contact)  # type: ignore[attr-defined]
    assert (known.events, known.views) == (3, 2)
    assert client.cookies[GLOBAL] == f"{contact}|False"


@pytest.mark.parametrize("type", ["application/json", "text/plain", "text/plain;charset=UTF-8", ""])
@pytest.mark.parametrize("body", [GOAL, [GOAL]])
def test_a_body_is_an_object_or_a_list_as_json_or_as_text(
    service: Maker, type: str, body: Any
) -> None:
    client = service()
    answer = track(client, json.dumps(body), headers={"content-type": type})

    assert answer.status_code == 204
    assert len(stored(client)) == 1


def test_an_empty_list_is_nothing(service: Maker) -> None:
    client = service()

    assert [track(client, [], path=path).status_code for path in (EVENT, FLUSH)] == [204, 204]
    assert stored(client) == rows(client) == []


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        ("", 400, "body.json", "$"),
        ("[{}", 400, "body.json", "$"),
        ("3", 400, "body.shape", "$"),
        ("[3]", 400, "body.shape", "$[0]"),
        ("[" * 50 + "]" * 50, 400, "body.too_deep", "$[0]"),
        ('{"goalId": ' + "[" * 50 + "]" * 50 + "}", 400, "body.too_deep", "$"),
        (json.dumps([GOAL] * 4), 413, "body.too_many", "$"),
        ("[" + " " * 6000 + "]", 413, "body.too_large", "$"),
        (json.dumps(UNKNOWN), 422, "jss.unknown", "$"),
        (json.dumps([UNKNOWN]), 422, "jss.unknown", "$[0]"),
        (json.dumps([{"pageId": HOME.replace("1", "2"), "url": "/"}]), 422, "jss.unknown", "$[0]"),
        (json.dumps([{"goalId": 3}]), 422, "jss.id", "$[0].goalId"),
        (json.dumps([{"pageId": "Home", "url": "/"}]), 422, "jss.page", "$[0].pageId"),
        (json.dumps([{"outcomeId": "Opportunity", "monetaryValue": "x"}]), 422, "jss.money", "$[0].monetaryValue"),
        (json.dumps([{"outcomeId": "Opportunity", "currencyCode": "x"}]), 422, "jss.currency", "$[0].currencyCode"),
        (json.dumps([{"what": 1}]), 422, "jss.unclaimed", "$[0]"),
    ],
)  # fmt: skip
def test_what_can_t_be_taken_is_problem_json_and_a_bad_row(
    service: Maker, body: str, status: int, code: str, path: str
) -> None:
    client = service(jss_max_events=3)
    answer = track(client, body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")  # fmt: skip
    told = answer.json()
    assert (told["status"], told["code"], told["path"]) == (status, code, path)
    assert stored(client) == []
    [row] = rows(client)
    assert (row.source, row.code) == ("jss", code)
    assert client.cookies[GLOBAL] == f"{row.visitor}|False"
    assert "sc_apikey" not in row.url
    assert KEY[1:-1] not in row.url + row.message


def test_events_that_can_be_are_taken_beside_others(service: Maker) -> None:
    client = service()
    answer = track(client, [UNKNOWN, GOAL, {"goalId": [["deep"] * 3]}])

    assert answer.status_code == 207
    errors = answer.json()["errors"]
    assert [(one["report"]["eventIndex"], one["code"], one["status"]) for one in errors] == [
        (0, "jss.unknown", 422),
        (2, "jss.id", 422),
    ]
    assert "did you mean 'Instant Demo'?" in errors[0]["detail"]
    assert errors[1]["path"] == "$[2].goalId"
    assert len(stored(client)) == 1
    assert [json.loads(row.body) for row in rows(client)] == [UNKNOWN, {"goalId": [["deep"] * 3]}]


def test_a_deep_event_is_refused_alone(service: Maker) -> None:
    client = service()
    deep = '{"goalId": "Instant Demo", "deep": ' + "[" * 50 + "]" * 50 + "}"
    answer = track(client, f"[{json.dumps(GOAL)}, {deep}]")

    assert answer.status_code == 207
    assert [one["code"] for one in answer.json()["errors"]] == ["body.too_deep"]
    assert [row.body for row in rows(client)] == [deep.replace('": ', '":').replace(', "', ',"').encode()]  # fmt: skip


def test_where_all_are_refused_none_is_taken(service: Maker) -> None:
    client = service()
    answer = track(client, [UNKNOWN, {"what": 1}])

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [one["code"] for one in answer.json()["errors"]] == ["jss.unknown", "jss.unclaimed"]
    assert (len(stored(client)), len(rows(client))) == (0, 2)


def test_a_long_list_of_refusals_is_told_in_part(service: Maker) -> None:
    client = service(limits=Limits())
    errors = track(client, [GOAL, *[UNKNOWN] * 20]).json()["errors"]

    assert len(errors) == len(rows(client)) == 20
    assert [one["detail"] for one in errors[5:]] == ["jss.unknown"] * 15


def test_a_schema_of_the_data_stream_holds(service: Maker, tmp_path: Any) -> None:
    schema = tmp_path / "goal.json"
    schema.write_text('{"properties": {"jss": {"properties": {"page": {"const": "x"}}}}}')
    client = service(datastreams={"jss": Datastream(schemas={"jss.goal": str(schema)})})
    answers = [track(client, GOAL), track(client, [VIEW, GOAL])]

    assert [one.status_code for one in answers] == [422, 207]
    assert [one.type for one in stored(client)] == ["web.webpagedetails.pageViews"]
    assert [json.loads(row.body) for row in rows(client)] == [GOAL, GOAL]


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


def test_a_retry_with_the_same_eid_counts_once(service: Maker) -> None:
    client = service(limits=Limits())
    eid = "query_is_a_uuid"
    eid = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
    for body in (GOAL, [VIEW, GOAL, GOAL]):
        for _ in range(2):
            assert track(client, body, query=f"eid={eid}").status_code == 204
    ids = [one.id for one in stored(client)]

    assert len(ids) == len(set(ids)) == 4
    assert ids[0] == eid


def test_calls_without_one_are_events_of_their_own(service: Maker) -> None:
    client = service()
    for _ in range(2):
        track(client, GOAL)

    assert len(stored(client)) == 2


def test_a_bad_row_is_taken_once_its_definition_is_there(service: Maker, tmp_path: Any) -> None:
    store = MemoryStore()
    client = service(store=store)
    track(client, [VIEW, {"goalId": "Later", "more": 1}])
    contact = client.cookies[GLOBAL].partition("|")[0]
    [row] = store.bad_rows()
    known = Settings(jss=settings(tmp_path))

    [stays] = replay(store, [row], known)
    assert stays.problem
    assert stays.problem.code == "jss.unknown"
    path = tmp_path / "definitions.toml"
    path.write_text(DEFINITIONS + '[goals.Later]\nid = "{AAAAAAAA-1111-4000-8000-000000000001}"\n')
    outcomes = [next(iter(replay(store, [row], known))) for _ in range(2)]
    assert [(one.stored, one.duplicates) for one in outcomes] == [(1, 0), (0, 1)]

    later = stored(client)[-1]
    assert (later.source, later.type, later.visitor) == ("jss", "jss.goal", contact)
    assert later.received_ms == row.received_ms
    assert json.loads(later.body)["jss"]["extra"] == {"more": 1}
    assert rows(client) == []


def test_a_whole_body_is_mended_and_replayed(service: Maker, tmp_path: Any) -> None:
    from msgspec.structs import replace

    store = MemoryStore()
    client = service(store=store)
    track(client, '[{"goalId": "Instant Demo"}')
    [row] = store.bad_rows()

    [outcome] = replay(store, [replace(row, body=row.body + b"]")], Settings(jss=settings(tmp_path)))  # fmt: skip
    assert outcome.stored == 1
    assert stored(client)[0].visitor == client.cookies[GLOBAL].partition("|")[0]


def test_the_sign_of_a_human_is_a_style_sheet_without_a_key(service: Maker) -> None:
    client = service()
    track(client, GOAL)
    contact = client.cookies[GLOBAL].partition("|")[0]
    for path in (HUMAN, "/layouts/system/VIChecker.aspx"):
        answer = client.get(f"{path}?tstamp=1700000000000&sc_site=app")
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/css")
        assert answer.headers["cache-control"] == "no-store"
    assert client.cookies[GLOBAL] == f"{contact}|True"
    assert len(stored(client)) == 1


def test_a_crawler_is_no_human_whatever_it_asks_for(service: Maker) -> None:
    client = service()
    client.headers["user-agent"] = "Mozilla/5.0 (compatible; Googlebot/2.1)"
    client.get(HUMAN)

    assert client.cookies[GLOBAL].endswith("|False")


def test_robots_that_are_dropped_are_answered_and_nothing_is_stored(service: Maker) -> None:
    client = service(jss_robots="drop")
    crawler = {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
    answer = track(client, [GOAL, UNKNOWN], headers=crawler)

    assert (answer.status_code, stored(client), rows(client)) == (204, [], [])
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("explicit", "headers", "is_stored"),
    [
        (False, {}, True),
        (False, {"sec-gpc": "1"}, False),
        (False, {"sec-gpc": "0"}, True),
        (False, {"sec-gpc": "1", "cookie": "kndctr_ORG_AdobeOrg_consent=general=in"}, True),
        (True, {}, False),
        (True, {"cookie": "kndctr_ORG_AdobeOrg_consent=general%3Din"}, True),
        (True, {"cookie": "kndctr_OTHER_consent=general=in"}, False),
        (False, {"cookie": "kndctr_ORG_AdobeOrg_consent=general=out"}, False),
    ],
)
def test_without_a_consent_that_is_asked_for_nothing_is_stored_and_no_cookie_set(
    service: Maker, explicit: bool, headers: dict[str, str], is_stored: bool
) -> None:
    client = service(jss_explicit_consent=explicit)
    answers = [track(client, body, headers=headers) for body in (GOAL, [GOAL, UNKNOWN])]
    probe = client.get(HUMAN, headers=headers)

    assert [one.status_code for one in answers] == ([204, 207] if is_stored else [204, 204])
    assert probe.status_code == 200
    assert len(stored(client)) == (2 if is_stored else 0)
    assert len(rows(client)) == (1 if is_stored else 0)
    assert [("set-cookie" in one.headers) for one in (answers[0], probe)] == [is_stored] * 2


def test_a_consent_that_the_tracker_was_given_counts(service: Maker) -> None:
    from pyrite.stores.contract import Batch, Visit

    client = service(jss_explicit_consent=True)
    device = "d997fe05-1111-4222-8333-444455556666"
    consent = Visit(datastream="shop", visitor=device, seen_ms=1, consent="in")
    client.app.state.store.submit(Batch(visit=consent)).result()  # type: ignore[attr-defined]

    assert track(client, GOAL, headers={"cookie": f"pyrite_fpid={device}"}).status_code == 204
    assert len(stored(client)) == 1


def test_a_processor_that_raises_harms_no_neighbour(
    service: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys
    from pathlib import Path

    from pyrite.edge.settings import JssProcessor

    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent / "pipeline"), *sys.path])
    row = JssProcessor(use="shop_processors:Raising", before="event")
    client = service(jss_processors=[row])
    alone = track(client, {"boom": "secret"})
    beside = track(client, [GOAL, {"boom": "secret"}, GOAL])

    assert (alone.status_code, alone.json()["code"]) == (500, "jss.processor")
    assert beside.status_code == 207
    assert [(one["status"], one["code"]) for one in beside.json()["errors"]] == [(500, "jss.processor")]  # fmt: skip
    assert len(stored(client)) == 2
    assert [row.code for row in rows(client)] == ["jss.processor"] * 2


def test_what_a_processor_says_is_in_the_answer(
    service: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys
    from pathlib import Path

    from pyrite.edge.settings import JssProcessor

    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent / "pipeline"), *sys.path])
    client = service(jss_processors=[JssProcessor(use="shop_processors:Commerce", before="event")])
    answer = track(client, [GOAL, {"commerceEventId": "7", "lines": [1.5, 2]}])

    assert answer.status_code == 200
    assert answer.json() == {
        "messages": [{"processor": "commerce", "message": "2 lines", "report": {"eventIndex": 1}}]
    }
    assert [one.type for one in stored(client)] == ["jss.goal", "jss.commerce", "jss.goal"]
    assert bodies(client)[1]["data"] == {"total": 3.5}


def test_mounted_below_a_prefix_it_is_the_same(service: Maker) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    inner: Any = service(settings=Edge(development=True)).app
    client = TestClient(Starlette(routes=[Mount("/t", inner)]))

    assert track(client, GOAL, path="/t" + EVENT).status_code == 204
    assert "Path=/;" in client.get("/t" + HUMAN).headers["set-cookie"]
    assert SESSION in client.cookies

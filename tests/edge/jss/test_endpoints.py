"""What each call is answered: taken, taken in part, refused; and what a page may read of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asked import stored
from service import (
    EVENT,
    FLUSH,
    GLOBAL,
    HOME,
    KEY,
    bodies,
    rows,
    track,
)
from starlette.testclient import TestClient

from pyrite.edge.settings import Datastream, Limits

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}
UNKNOWN = {"goalId": "Instant Dmo"}
VIEW = {"pageId": HOME, "url": "/a?b=%20ü#c"}


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


@pytest.mark.parametrize(("count", "longest"), [(1, 2048), (32, 2048), (1000, 256)])
def test_many_events_of_one_call_do_not_each_have_all_of_a_long_address(
    service: Maker, count: int, longest: int
) -> None:
    client = service(limits=Limits())
    page = "https://app.example/" + "p" * 300 + "?" + "q" * 4000
    answer = track(client, [{"eventId": "Download"}] * count, headers={"referer": page})

    assert answer.status_code == 204
    assert {len(one.url) for one in stored(client)} == {min(longest, page.index("?"))}

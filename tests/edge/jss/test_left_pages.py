"""What a page called before its tracker or the part of trackEvent had come: the edge runs the same Python on its queue."""

import json
from collections.abc import Callable
from typing import Any

from asked import post, stored
from service import HOME
from starlette.testclient import TestClient

Maker = Callable[..., TestClient]

FACTS = {"url": "https://app.example/", "device": "device-1"}
GOAL = {"goalId": "Instant Demo"}


def queue(*commands: Any, **facts: Any) -> dict[str, Any]:
    configure = ["configure", {"datastreamId": "shop"}]
    return {"raw": {"commands": [configure, *commands], "facts": FACTS | facts, "sentAt": 2}}


def test_a_queue_with_events_of_jss_is_stored_as_the_page_would_have_sent_it(
    service: Maker,
) -> None:
    client = service()
    events = [{"pageId": HOME, "url": "/"}, GOAL, {"eventId": "Download", "more": [1]}]
    body = queue(["event", {}, "other", 1], ["trackEvent", {"events": events}, "id", 1])

    assert post(client, "collect", body).status_code == 204
    kept = {one.id: json.loads(one.body).get("jss") for one in stored(client)}
    told = [jss for jss in kept.values() if jss]
    assert next(iter(kept)) == "other"
    assert [jss["kind"] for jss in told] == ["pageview", "goal", "event"]
    assert [jss.get("page") for jss in told[1:]] == [HOME, HOME]
    assert told[2]["extra"] == {"more": [1]}
    assert {one.visitor for one in stored(client)} == {"device-1"}


def test_the_same_queue_again_is_stored_once(service: Maker) -> None:
    client = service()
    body = queue(["trackEvent", {"events": [GOAL, GOAL]}, "id", 1])
    for _ in range(2):
        assert post(client, "collect", body).status_code == 204

    assert len(stored(client)) == 2


def test_what_is_wrong_in_it_is_a_bad_row_beside_what_is_stored(service: Maker) -> None:
    client = service()
    events = [GOAL, {"goalId": "Instnt Demo"}, {"outcomeId": "Opportunity", "monetaryValue": "much"}]  # fmt: skip
    answer = post(client, "collect", queue(["trackEvent", {"events": events}, "id", 1]))

    assert answer.status_code in (204, 207)
    assert [json.loads(one.body)["jss"]["definition"] for one in stored(client)] == ["Instant Demo"]
    rows = list(client.app.state.store.bad_rows())  # type: ignore[attr-defined]
    refused, unknown = sorted(rows, key=lambda row: row.code)
    assert (refused.code, unknown.code) == ("body.raw", "jss.unknown")
    assert "monetaryValue" in refused.message

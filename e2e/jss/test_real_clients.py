"""What the real clients send and how they end, on which the drop-in and the edge stand; the facts are the vendor's code's."""

from typing import Any

import pytest
from jss.clients import KEY, PARAMS
from jss.recorder import Answer, Recorder

QUERY = "?sc_apikey=%7BAAAAAAAA-0000-0000-0000-000000000001%7D"
EVENT = "/sitecore/api/jss/track/event" + QUERY
KINDS = {
    "event": ([{"eventId": "Download"}], '[{"eventId":"Download"}]'),
    "goal": ([{"goalId": "Instant Demo"}], '[{"goalId":"Instant Demo"}]'),
    "outcome": (
        [{"outcomeId": "Opportunity", "currencyCode": "USD", "monetaryValue": 1337.5}],
        '[{"outcomeId":"Opportunity","currencyCode":"USD","monetaryValue":1337.5}]',
    ),
    "campaign": ([{"campaignId": KEY}], f'[{{"campaignId":"{KEY}"}}]'),
    "page view": ([{"pageId": KEY, "url": "/"}], f'[{{"pageId":"{KEY}","url":"/"}}]'),
    "batch": (
        [{"pageId": KEY, "url": "/a"}, {"goalId": "x"}],
        f'[{{"pageId":"{KEY}","url":"/a"}},{{"goalId":"x"}}]',
    ),
}
REAL = [("jss19", "axios"), ("jss23", "native")]
real = pytest.mark.parametrize(("name", "fetcher"), REAL, ids=[name for name, _ in REAL])


@real
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_one_request(
    client: Any, recorder: Recorder, name: str, fetcher: str, kind: str
) -> None:
    given, body = KINDS[kind]
    client(name, given, {"querystringParams": PARAMS}, fetcher)

    (request,) = recorder.wait(1)
    assert (request.method, request.target, request.body) == ("POST", EVENT, body)
    assert request.headers["content-type"] == "application/json"
    preflight = recorder.preflights[0]
    assert preflight.headers["access-control-request-headers"] == "content-type"


@real
def test_a_flush_is_a_request_with_an_empty_list(
    client: Any, recorder: Recorder, name: str, fetcher: str
) -> None:
    client(name, [], {"querystringParams": PARAMS, "action": "flush"}, fetcher)

    (request,) = recorder.wait(1)
    assert (request.target, request.body) == ("/sitecore/api/jss/track/flush" + QUERY, "[]")


@real
def test_without_parameters_the_address_ends_with_a_question_mark(
    client: Any, recorder: Recorder, name: str, fetcher: str
) -> None:
    client(name, [], {}, fetcher)

    assert recorder.wait(1)[0].target == "/sitecore/api/jss/track/event?"


@real
def test_a_service_url_with_a_query_is_broken(
    client: Any, recorder: Recorder, name: str, fetcher: str
) -> None:
    client(name, [], {"serviceUrl": "/my?z=1", "querystringParams": {"a": "b"}}, fetcher)

    assert recorder.wait(1)[0].target == "/my?z=1/event&a=b"


@pytest.mark.parametrize(("site", "known"), [("localhost", False), ("127.0.0.1", True)])
@real
def test_the_services_cookie_comes_back_on_one_site_only(
    client: Any, recorder: Recorder, name: str, fetcher: str, site: str, known: bool
) -> None:
    recorder.answer = Answer(cookie="SC_ANALYTICS_GLOBAL_COOKIE=1|False; Path=/; HttpOnly")
    client.page.goto(recorder.origin(site) + "/page")
    for _ in range(2):
        client(name, [], {}, fetcher)

    first, second = recorder.wait(2)
    assert ("cookie" in first.headers, "cookie" in second.headers) == (False, known)


def test_jss_23_sends_no_cookie_unless_the_app_asks_for_it(client: Any, recorder: Recorder) -> None:
    with Recorder() as service:
        service.answer = Answer(cookie="a=1; Path=/")
        client.page.goto(recorder.origin("127.0.0.1") + "/page")
        for fetcher in ("native", "bare"):
            client("jss23", [], {"host": service.origin()}, fetcher)
        client("jss23", [], {"host": service.origin()}, "native")

        sent = ["cookie" in request.headers for request in service.wait(3)]
    assert sent == [False, False, True]


def test_how_jss_19_ends(client: Any, recorder: Recorder) -> None:
    assert client("jss19", [], {}, "axios") == {"resolved": ""}
    recorder.answer = Answer(body='{"a":1}')
    assert client("jss19", [], {}, "axios") == {"resolved": {"a": 1}}
    recorder.answer = Answer(401, '{"code":"jss.key"}')
    assert client("jss19", [], {}, "axios") == {
        "rejected": "Request failed with status code 401",
        "code": "undefined",
        "status": 401,
        "data": {"code": "jss.key"},
    }
    recorder.answer = Answer(hidden=True)
    assert client("jss19", [], {}, "axios")["rejected"] == "Network Error"
    assert client("jss19", [], {}, "")["threw"] == "TypeError"
    assert client("jss19", [], None)["threw"] == "TypeError"


def test_how_jss_23_ends(client: Any, recorder: Recorder) -> None:
    assert client("jss23", [], {}, "native") == {"resolved": "undefined"}
    recorder.answer = Answer(401, '{"code":"jss.key"}')
    assert client("jss23", [], {}, "native") == {
        "rejected": "undefined",
        "code": "undefined",
        "status": 401,
        "data": {"code": "jss.key"},
    }

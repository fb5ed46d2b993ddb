"""Requests to any JSS service: the addresses and bodies of the original client, and what answers come to."""

from given import raises

from pyrite.core.jss.request import (
    ServiceRefused,
    build_body,
    build_result,
    build_url,
    member,
    parse_errors,
)

URLS = [
    ({}, "/sitecore/api/jss/track/event"),
    ({"host": "https://s.example"}, "https://s.example/sitecore/api/jss/track/event"),
    ({"action": "flush"}, "/sitecore/api/jss/track/flush"),
    ({"serviceUrl": "/my/track", "action": "custom"}, "/my/track/custom"),
    ({"serviceUrl": "/my?z=1"}, "/my/event?z=1"),
    ({"serviceUrl": "/my?z=1", "querystringParams": {"a": "b"}}, "/my/event?z=1&<a>=<b>"),
    ({"querystringParams": {"sc_apikey": "{A}"}}, "/sitecore/api/jss/track/event?<sc_apikey>=<{A}>"),
    ({"querystringParams": {}}, "/sitecore/api/jss/track/event"),
]  # fmt: skip

MEMBERS = [
    ('{"events":[{"b":1,"a":"x"}],"host":"h"}', '[{"b":1,"a":"x"}]'),
    ('{"host":"h","events":{"b":1,"a":{"events":2}}}', '{"b":1,"a":{"events":2}}'),
    ('{"events":"a\\"b,}","z":1}', '"a\\"b,}"'),
    ('{"events":"\\\\","z":1}', '"\\\\"'),
    ('{"a":"\\"events\\":3","events":null}', "null"),
    ('{"a":{"events":1},"events":2}', "2"),
    ('{"a":["events",":",1],"events":[]}', "[]"),
    ('{"events":["😀",{"ü":"é\\u0001"}]}', '["😀",{"ü":"é\\u0001"}]'),
    ('{"a":1}', ""),
    ("{}", ""),
]


def test_an_address_is_the_originals():
    for options, url in URLS:
        assert build_url(options, lambda value: f"<{value}>") == url, options


def test_the_body_keeps_the_callers_bytes():
    for text, expected in MEMBERS:
        assert member(text, "events") == expected, text
    assert build_body('[{"b":1}]') == '[{"b":1}]'
    assert build_body('{"b":1,"a":2}') == '[{"b":1,"a":2}]'


def test_what_a_service_says_is_the_result():
    assert build_result(204, None, []) == {"requestBody": [], "errors": []}
    assert build_result(200, {"a": 1}, [])["responseBody"] == {"a": 1}
    assert build_result(200, "fine", [])["responseBody"] == "fine"


def test_a_service_that_takes_a_part_says_which():
    answer = {
        "errors": [
            {"code": "jss.unknown", "detail": "no goal 'x'", "path": "$[1].goalId", "report": {"eventIndex": 1}},
            {"title": "odd"},
            3,
        ]
    }  # fmt: skip
    assert parse_errors(answer) == [
        {"index": 1, "code": "jss.unknown", "message": "no goal 'x'", "path": "$[1].goalId"},
        {"index": -1, "code": "", "message": "odd", "path": ""},
    ]
    assert parse_errors({"errors": "none"}) == []


def test_a_service_that_refuses_rejects_with_its_status():
    problem = {"code": "jss.key", "detail": "no such key", "path": "sc_apikey", "status": 401}
    record = raises(ServiceRefused, build_result, 401, problem, []).as_record()
    assert record == {
        "code": "jss.key",
        "message": "no such key",
        "path": "sc_apikey",
        "status": 401,
        "response": {
            "status": 401,
            "data": {"code": "jss.key", "detail": "no such key", "path": "sc_apikey", "status": 401},
        },
    }  # fmt: skip
    plain = raises(ServiceRefused, build_result, 500, "<h1>", []).as_record()
    assert (plain["code"], plain["message"]) == (
        "edge.refused",
        "Request failed with status code 500",
    )
    assert plain["response"] == {"status": 500, "data": "<h1>"}

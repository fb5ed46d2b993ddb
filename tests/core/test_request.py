"""Requests and answers."""

from given import body, configured, moment, only, raises

from pyrite.core.delivery.request import (
    backoff_ms,
    build_url,
    is_temporary,
    parse_answer,
    payloads,
)
from pyrite.core.errors import BadAnswer, EdgeRefused


def test_the_address_has_the_protocols_form():
    assert (
        build_url(
            "https://e.test/ee", hint="or2", action="interact", datastream="a b", request_id="r1"
        )
        == "https://e.test/ee/or2/v1/interact?configId=a%20b&requestId=r1"
    )
    assert (
        build_url("http://e/ee", hint="", action="collect", datastream="x", request_id="r")
        == "http://e/ee/v1/collect?configId=x&requestId=r"
    )


def test_an_answer_is_read_and_no_content_is_an_empty_one():
    assert parse_answer(200, '{"requestId":"r","handle":[]}') == {"requestId": "r", "handle": []}
    assert parse_answer(207, '{"handle":[]}') == {"handle": []}
    assert parse_answer(204, "") == {}


def test_a_refusal_is_an_error_with_the_edges_own_words():
    error = raises(EdgeRefused, parse_answer, 403, '{"title":"No","detail":"not from here"}')

    assert error.status == 403
    assert error.message == "the edge answered with status 403 and said 'not from here'"
    assert error.as_record()["code"] == "edge.refused"
    assert raises(EdgeRefused, parse_answer, 500, "").message == "the edge answered with status 500"


def test_the_edges_words_keep_their_letters():
    said = raises(EdgeRefused, parse_answer, 403, '{"detail":"größe"}').message
    assert said == "the edge answered with status 403 and said 'größe'"
    assert "'größe'" in raises(EdgeRefused, parse_answer, 502, "größe").message


def test_a_page_that_is_no_edge_is_told_apart():
    for text in ("<html>", "[]", "{}", '{"handle":3}'):
        assert "is edgeDomain an edge?" in raises(BadAnswer, parse_answer, 200, text).message


def test_payloads_of_one_type_are_flattened_in_order():
    answer = {
        "handle": [
            {"type": "a", "payload": [{"n": 1}, 3]},
            {"type": "b", "payload": [{"n": 2}]},
            {"type": "a", "payload": {"n": 3}},
            7,
        ]
    }

    assert payloads(answer, "a") == [{"n": 1}, {"n": 3}]
    assert payloads({}, "a") == []


def test_the_wait_before_another_attempt_is_by_chance_and_doubles_up_to_a_minute():
    def wait(failures, chance=0.5):
        return backoff_ms(failures, retry_after="", now_ms=0, chance=chance)

    assert [wait(n) for n in (1, 2, 3, 7, 8, 1000)] == [500, 1000, 2000, 32000, 32000, 32000]
    assert (wait(3, chance=0.0), wait(3, chance=0.999)) == (0, 3996)


def test_retry_after_wins_in_both_forms_up_to_an_hour():
    def wait(retry_after, now_ms=0):
        return backoff_ms(2, retry_after=retry_after, now_ms=now_ms, chance=0.5)

    assert [wait("7"), wait(" 0 "), wait("99999"), wait("soon")] == [7000, 0, 3600000, 1000]
    assert wait("Fri, 20 Nov 2026 08:49:37 GMT", now_ms=1795164577000 - 9000) == 9000
    assert wait("Fri, 20 Nov 2026 08:49:37 GMT", now_ms=1795164577000 + 9000) == 0


def test_what_may_pass_is_told_from_what_is_final():
    assert all([is_temporary(status) for status in (200, 302, 408, 429, 500, 502, 503, 504, 599)])
    assert not any([is_temporary(status) for status in (400, 401, 403, 404, 409, 410, 413, 422)])


def test_a_retry_after_that_is_no_number_of_ours_is_not_read_as_one():
    for said in ("²", "1" * 5000, "٣"):
        waited = backoff_ms(1, retry_after=said, now_ms=0, chance=0.5)
        assert waited == 500, said


def sent_overrides(given, of_command):
    tracker = configured(edgeConfigOverrides=given)
    options = {"edgeConfigOverrides": of_command}
    return body(only(tracker.command(1, "event", options, moment()), "Send"))["meta"].get(
        "configOverrides"
    )


def test_overrides_that_say_nothing_are_not_sent():
    given = {
        "a": {"enabled": True, "x": ""},
        "b": {"enabled": False},
        "c": [],
        "d": {"e": {"f": "", "g": {}}},
        "g": [""],
        "h": None,
        "k": [{"enabled": True}],
        "n": {"enabled": "true", "zero": 0, "no": False},
        "enabled": True,
    }

    assert sent_overrides(given, {"b": {"enabled": True, "z": 1}, "q": {"enabled": True}}) == {
        "b": {"z": 1},
        "g": [""],
        "k": [{"enabled": True}],
        "n": {"enabled": "true", "zero": 0, "no": False},
    }
    assert sent_overrides({"a": {"enabled": True}}, {"datastreamId": ""}) is None


def test_the_cookie_of_a_quality_check_travels_with_the_state():
    cookie = "pyrite_fpid=d; other=1; at_qa_mode=%7B%22token%22%3A%22t%22%7D"
    for domain, entries in [
        ("edge.elsewhere.test", [{"key": "at_qa_mode", "value": "%7B%22token%22%3A%22t%22%7D"}]),
        ("edge.site.test", None),
    ]:
        tracker = configured(edgeDomain=domain)
        send = only(tracker.command(1, "event", {}, moment(cookie=cookie)), "Send")

        assert body(send)["meta"]["state"].get("entries") == entries

"""Requests and answers."""

from given import raises

from pyrite.core.errors import BadAnswer, EdgeRefused
from pyrite.core.request import answer_of, http_date_ms, payloads, retry_delay_ms, url_of


def test_the_address_has_the_protocols_form():
    assert (
        url_of(
            "https://e.test/ee", hint="or2", action="interact", datastream="a b", request_id="r1"
        )
        == "https://e.test/ee/or2/v1/interact?configId=a%20b&requestId=r1"
    )
    assert (
        url_of("http://e/ee", hint="", action="collect", datastream="x", request_id="r")
        == "http://e/ee/v1/collect?configId=x&requestId=r"
    )


def test_an_answer_is_read_and_no_content_is_an_empty_one():
    assert answer_of(200, '{"requestId":"r","handle":[]}') == {"requestId": "r", "handle": []}
    assert answer_of(207, '{"handle":[]}') == {"handle": []}
    assert answer_of(204, "") == {}


def test_a_refusal_is_an_error_with_the_edges_own_words():
    error = raises(EdgeRefused, answer_of, 403, '{"title":"No","detail":"not from here"}')

    assert error.status == 403
    assert error.message == "the edge answered with status 403 and said 'not from here'"
    assert error.as_record()["code"] == "edge.refused"
    assert raises(EdgeRefused, answer_of, 500, "").message == "the edge answered with status 500"


def test_a_page_that_is_no_edge_is_told_apart():
    for text in ("<html>", "[]", "{}", '{"handle":3}'):
        assert "is edgeDomain an edge?" in raises(BadAnswer, answer_of, 200, text).message


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


def test_retries_wait_one_two_three_seconds_give_or_take_and_retry_after_wins():
    assert [retry_delay_ms(n, retry_after="", now_ms=0, chance=0.5) for n in (1, 2, 3)] == [
        1000,
        2000,
        3000,
    ]
    assert retry_delay_ms(1, retry_after="", now_ms=0, chance=0.0) == 700
    assert retry_delay_ms(1, retry_after="7", now_ms=0, chance=0.0) == 7000
    assert retry_delay_ms(1, retry_after="99999", now_ms=0, chance=0.0) == 300000
    assert (
        retry_delay_ms(
            1, retry_after="Fri, 20 Nov 2026 06:53:57 GMT", now_ms=1795157627000, chance=0.0
        )
        == 10000
    )
    assert retry_delay_ms(2, retry_after="soon", now_ms=0, chance=0.5) == 2000


def test_http_dates_are_read():
    assert http_date_ms("Fri, 20 Nov 2026 06:53:47 GMT") == 1795157627000
    assert http_date_ms("Thu, 29 Feb 2024 00:00:00 GMT") == 1709164800000
    assert http_date_ms("yesterday") == 0

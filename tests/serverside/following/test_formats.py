"""A line of an access log is read as its server wrote it, and a bad one harms none of its neighbours."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyrite.serverside.following.formats import COMBINED, FORMATS, JSON, BadLine, parser

NGINX = '203.0.113.9 - - [27/Nov/2026:22:43:09 +0000] "GET /product/7?a=1 HTTP/1.1" 200 512 "-" "Mozilla/5.0"'
MADE_MS = 1795819389000


def test_a_combined_line_of_nginx_or_apache_is_read() -> None:
    entry = parser(COMBINED)(NGINX.encode())

    assert (entry.method, entry.path, entry.query, entry.status) == ("GET", "/product/7", "a=1", 200)  # fmt: skip
    assert (entry.made_ms, entry.agent, entry.host) == (MADE_MS, "Mozilla/5.0", "")


def test_a_line_of_varnish_names_its_host() -> None:
    line = NGINX.replace("/product", "http://shop.example/product")
    entry = parser("varnish")(line.encode())

    assert (entry.host, entry.path, entry.query) == ("shop.example", "/product/7", "a=1")


def test_fields_behind_the_agent_are_read_in_their_order_quoted_or_not() -> None:
    line = NGINX + r' "dev-1" HIT "-" "a \"b\" \xC3\xA4"'
    entry = parser(COMBINED, fields=["pyrite_fpid", "cache", "dnt", "user"])(line.encode())

    assert entry.fields == {"pyrite_fpid": "dev-1", "cache": "HIT", "dnt": "", "user": 'a "b" ä'}


def test_a_user_with_spaces_and_brackets_is_no_bad_line() -> None:
    entry = parser(COMBINED)(NGINX.replace("- - [", "- jo [hn] doe [").encode())

    assert (entry.path, entry.made_ms) == ("/product/7", MADE_MS)


@pytest.mark.parametrize("request_line", ["", "-", r"\x16\x03\x01", "GET", "1 2 3 4"])
def test_what_is_no_request_is_a_line_all_the_same(request_line: str) -> None:
    entry = parser(COMBINED)(NGINX.replace("GET /product/7?a=1 HTTP/1.1", request_line).encode())

    assert (entry.method, entry.path) == ("", "")


def test_a_json_line_is_read_by_its_own_names_or_by_those_of_the_rules() -> None:
    plain = b'{"time": 1795819389.0, "method": "GET", "path": "/a?b=c", "status": 200, "host": "h", "dnt": "1"}'
    named = b'{"ts": "2026-11-27T22:43:09+00:00", "request": "GET /a?b=c HTTP/2.0", "status": "200", "ua": "x"}'
    entries = [parser(JSON)(plain), parser(JSON, names={"time": "ts", "user_agent": "ua"})(named)]

    assert [(one.path, one.query, one.made_ms) for one in entries] == [("/a", "b=c", MADE_MS)] * 2
    assert [one.agent for one in entries] == [None, "x"]
    assert (entries[0].host, entries[0].fields) == ("h", {"dnt": "1"})


BAD = [
    (COMBINED, b"", "ADDRESS"),
    (COMBINED, NGINX[:70].encode(), "ADDRESS"),
    (COMBINED, NGINX.replace("27/Nov", "99/Nov").encode(), "time"),
    (COMBINED, b"\0" * 500, "ADDRESS"),
    (JSON, b"[]", "JSON object"),
    (JSON, b'{"time": 1', "JSON object"),
    (JSON, b'{"method": "GET", "path": "/", "time": 1}', "'status'"),
    (JSON, b'{"method": "GET", "path": "/", "status": 2, "time": 1}', "a status"),
]


@pytest.mark.parametrize(("format", "line", "named"), BAD, ids=range(len(BAD)))
def test_a_bad_line_says_what_was_expected_and_nothing_of_what_it_holds(
    format: str, line: bytes, named: str
) -> None:
    with pytest.raises(BadLine, match=named) as told:
        parser(format)(line)

    assert "Mozilla" not in str(told.value)


def test_missing_fields_are_told() -> None:
    with pytest.raises(BadLine, match="expected 2 fields behind the agent, got 1"):
        parser(COMBINED, fields=["a", "b"])(NGINX.encode() + b' "x"')


@given(st.binary(max_size=300), st.sampled_from(FORMATS))
def test_no_line_is_more_than_bad(line: bytes, format: str) -> None:
    with suppress(BadLine):
        parser(format, fields=["a"])(line)


@pytest.mark.parametrize("sign", [" [", '"', "\\", ' [x] "', " "])
def test_the_work_for_a_line_does_not_grow_as_its_square(sign: str) -> None:
    line = ("a a " + sign * 65_536)[:65_536].encode()
    begun = time.process_time()
    with pytest.raises(BadLine):
        parser(COMBINED)(line)

    assert time.process_time() - begun < 1

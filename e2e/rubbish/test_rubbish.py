"""A client that sends rubbish to a real server gets a clear answer, and the edge goes on."""

import json
import socket

import httpx2
import pytest
from support.site import Site

QUERY = "?configId=shop&requestId=r"


def post(site: Site, content: bytes, **headers: str) -> httpx2.Response:
    return httpx2.post(
        site.url("/ee/v1/collect" + QUERY),
        content=content,
        headers={"content-type": "text/plain", **headers},
        timeout=20,
    )


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"events":[' + b"x" * 10_000_000, 413, "body.too_large"),
        (b"[" * 1000 + b"]" * 1000, 400, "body.too_deep"),
        (b"[" * 400_000, 400, "body.too_deep"),
        (b'{"events":[{"data":{"n":NaN}}]}', 400, "body.json"),
        (b'{"events":[{"data":{"n":"\xff\xfe"}}]}', 400, "body.json"),
        (b'{"events":[{"xdm":', 400, "body.json"),
    ],
    ids=[
        "10 MB",
        "1,000 levels",
        "400,000 open brackets",
        "NaN",
        "not UTF-8",
        "cut off",
    ],
)
def test_rubbish_gets_a_clear_answer_and_the_edge_goes_on(
    site: Site, content: bytes, status: int, code: str
) -> None:
    refused = post(site, content)
    taken = post(site, json.dumps({"events": [{"xdm": {"_id": "good"}}]}).encode())

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert taken.status_code == 204
    assert [event["id"] for event in site.all_events()] == ["good"]
    assert [row.code for row in site.store.bad_rows()] == [code]


def test_half_an_emoji_is_mended_and_taken(site: Site) -> None:
    taken = post(site, b'{"events":[{"xdm":{"_id":"cut"},"data":{"n":"\\ud800"}}]}')

    assert taken.status_code == 200
    assert taken.json()["warnings"]
    assert [event["data"] for event in site.all_events()] == [{"n": "\ufffd"}]


def test_huge_headers_are_refused(site: Site) -> None:
    assert post(site, b"{}", **{"x-huge": "y" * 20_000}).status_code in (400, 431)


def test_a_connection_that_ends_in_the_middle_leaves_a_bad_row_and_the_edge_goes_on(
    site: Site,
) -> None:
    with socket.create_connection(("127.0.0.1", site.server.port)) as connection:
        head = f"POST /ee/v1/collect{QUERY} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(head.encode() + b'{"events":[')
        site.requests("/v1/collect")
    assert (
        post(site, json.dumps({"events": [{"xdm": {"_id": "good"}}]}).encode()).status_code == 204
    )

    assert [event["id"] for event in site.events(1)] == ["good"]

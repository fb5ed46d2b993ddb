"""Whatever comes, it is answered, and never with a failure of the edge's own."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from taken import KEY

from pyrite.serverside.signing import signed_headers

# Pieces of good addresses among rubbish, so that what lies behind the first check is reached.
PIECES = st.sampled_from(
    ["%\udcff", "\udcff", "%a\udc80", "api", "00000", "click", "buy", "login", "transfer", "rendered", "triggeropened", "_me", "not_defined", "1", "1,2", "%2F", "%",
     "%FF", "%5C", "%00", "%ED%A0%80", "..", "", "~" + "0" * 64, "😀", "a" * 300, "²"]
)  # fmt: skip
TEXTS = st.one_of(
    PIECES, st.text(st.characters(codec="utf-8", exclude_characters="#?"), max_size=8)
)
NAMES = st.sampled_from(
    ["percentage", "rating", "fullprice", "price", "quantity", "overridetimestamp", "signature", "eid", "token", "jsonpCallback",
     "scenario", "triggername", "categorypath", "x", "%", ""]
)  # fmt: skip
PAIRS = st.lists(st.tuples(NAMES, TEXTS), max_size=5)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["cookie", "referer", "authorization", "signature", "signature-input", "content-digest", "accept", "sec-gpc", "content-type"]
    ),
    st.one_of(
        st.sampled_from(["Basic Og==", "pyrite_pid=1; pyrite_pid", "a=(", "pyrite=:AA==:", "http://[", "sha-256=:AA==:", 'pyrite=();tag="pyrite"']),
        st.binary(max_size=20).map(lambda value: value.decode("latin-1")),
    ),
    max_size=4,
)  # fmt: skip
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


@given(
    pieces=st.lists(TEXTS, max_size=6), pairs=PAIRS, headers=HEADERS, body=st.binary(max_size=40)
)
@QUICK
def test_no_address_header_or_body_fails_the_edge(
    site: Any, pieces: list[str], pairs: list[tuple[str, str]], headers: dict[str, str], body: bytes
) -> None:
    client = site(level="page", licence_key="x")
    path = "/api/00000/" + "/".join(pieces)
    query = "&".join([f"{name}={value}" for name, value in pairs])
    for method, content in (("GET", None), ("POST", body)):
        answer = asked(client, method, path, query, headers, content)

        assert answer < 500, (path, query)


@given(pieces=st.lists(TEXTS, max_size=6), pairs=PAIRS)
@QUICK
def test_nor_does_what_a_server_signs(
    site: Any, pieces: list[str], pairs: list[tuple[str, str]]
) -> None:
    from urllib.parse import quote

    client = site(level="server")
    path = quote(raw_of("/api/00000/" + "/".join(pieces)), safe="/%,~")
    query = quote(raw_of("&".join([f"{name}={value}" for name, value in pairs])), safe="&=%")
    try:
        headers = signed_headers("GET", f"http://edge.test{path}?{query}", key=KEY, key_id="a")
    except Exception:
        return  # no such address can be signed

    assert asked(client, "GET", path, query, headers, None) < 500


def raw_of(text: str) -> bytes:
    """*text* as bytes that need be no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def asked(
    client: Any, method: str, path: str, query: str, headers: dict[str, str], content: bytes | None
) -> int:
    """The status of a call whose address goes as it is, which no client library lets through."""
    import asyncio

    statuses: list[int] = []

    async def send(message: Any) -> None:
        if "status" in message:
            statuses.append(message["status"])

    async def receive() -> Any:
        return {"type": "http.request", "body": content or b""}

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": raw_of(path), "query_string": raw_of(query),
        "headers": [(b"host", b"edge.test"), *raw(headers)], "http_version": "1.1", "scheme": "http", "root_path": "",
    }  # fmt: skip
    asyncio.run(client.app(scope, receive, send))
    return statuses[0]

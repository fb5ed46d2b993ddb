"""A relay takes its own pages' events and passes them on from the server; what it may not know it does not say."""

import asyncio
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyrite.core.ibexa.address import read
from pyrite.serverside import Invalid, pixel
from pyrite.serverside.message import Message
from pyrite.serverside.relaying.answering import MOST_EVENTS, Relay
from pyrite.serverside.relaying.apps import relay, relay_wsgi
from pyrite.serverside.relaying.asked import Asked, Reply
from pyrite.serverside.relaying.rates import VISITORS, Rates
from pyrite.serverside.relaying.settings import RelaySettings
from pyrite.serverside.relaying.upstream import own_cookies
from pyrite.serverside.worker import Answer

CLICK = {"kind": "click", "itemtype": 1, "item": 77}
HEADERS = {"host": "shop.test", "origin": "https://shop.test", "sec-fetch-site": "same-origin"}


class Told:
    """A relay whose messages are kept here."""

    def __init__(self, **settings: Any) -> None:
        self.messages: list[Message] = []
        self.now_s = 1000.0
        told = RelaySettings.of({"upstream": "https://edge.example", "customer": "00000"} | settings)  # fmt: skip
        self.relay = Relay(told, transport=self, now_s=lambda: self.now_s)

    def __call__(self, message: Message) -> Answer:
        self.messages.append(message)
        return Answer(status=204)

    def ask(self, body: Any = b"", *, method: str = "POST", path: str = "/t/e", query: str = "", client: str = "203.0.113.9", **headers: str) -> Reply:  # fmt: skip
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
        asked = Asked(method=method, path=path, query=query, headers={name: value for name, value in named.items() if value}, body=content, client=client)  # fmt: skip
        return self.relay.answer(asked)

    def events(self) -> list[Any]:
        self.relay.close()
        return [read(*message.target.split("?", 1)) for message in self.messages]


def code(reply: Reply) -> str:
    return str(json.loads(reply.body)["code"])


def cookie(reply: Reply) -> str:
    return dict(reply.headers).get("set-cookie", "")


def test_an_event_goes_on_as_the_visitors_whose_cookie_comes_along() -> None:
    told = Told()
    reply = told.ask(CLICK, cookie="session=secret; pyrite_fpid=device-1")

    assert (reply.status, cookie(reply)) == (204, "")
    [event] = told.events()
    assert (event.kind, event.customer, event.user, event.items) == ("click", "00000", "device-1", ["77"])  # fmt: skip


def test_of_several_events_each_has_its_own_id_and_what_is_wrong_is_told_beside_the_others() -> (
    None
):
    told = Told()
    eid = "1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"
    batch = [CLICK | {"eid": eid}, {"kind": "rate", "itemtype": 1, "item": 77}, 5, {"kind": "buy", "itemtype": 1, "item": 8, "quantity": 2, "fullprice": "1EUR"}]  # fmt: skip
    reply = told.ask(batch)

    assert reply.status == 207
    assert [one["index"] for one in json.loads(reply.body)["errors"]] == [1, 2]
    first, second = told.events()
    assert (first.eid, second.kind, second.parameters["quantity"]) == (eid, "buy", "2")


@pytest.mark.parametrize(
    "body",
    [b"{", b"[" * 3000, {"kind": "click"}, {"kind": 5}, CLICK | {"item": {"a": 1}}, CLICK | {"user": 5}, CLICK | {"eid": "x"}, {"items": [[1]], **CLICK}, "x", CLICK | {"now_ms": 1, "itemtype": "x"}],
    ids=["no JSON", "deep", "no item", "kind", "item", "user", "eid", "items", "text", "itemtype"],
)  # fmt: skip
def test_what_is_no_event_is_refused(body: Any) -> None:
    told = Told()
    assert told.ask(body).status == 400
    assert told.events() == []


def test_a_newcomer_gets_a_cookie_that_scripts_do_not_see() -> None:
    told = Told()
    minted = cookie(told.ask(CLICK))
    id = minted.partition("=")[2].partition(";")[0]
    told.ask(CLICK, cookie=f"pyrite_pid={id}")

    assert minted.startswith("pyrite_pid=")
    assert "HttpOnly; SameSite=Lax" in minted
    assert [event.user for event in told.events()] == [id, id]


def test_both_ids_of_a_visitor_are_linked_once() -> None:
    told = Told()
    for _ in range(2):
        told.ask(CLICK, cookie="pyrite_pid=pixel-1; pyrite_fpid=device-1")

    login, *clicks = told.events()
    assert (login.kind, login.user, login.target) == ("login", "pixel-1", "device-1")
    assert [event.user for event in clicks] == ["device-1", "device-1"]


@pytest.mark.parametrize(
    "headers",
    [{"sec_gpc": "1"}, {"dnt": "1"}, {"cookie": "kndctr_shop_consent=general%3Dout; pyrite_fpid=device-1"}],
    ids=["Global Privacy Control", "DNT", "declined"],
)  # fmt: skip
def test_who_may_not_be_known_is_nobody_even_where_the_page_names_somebody(
    headers: dict[str, str],
) -> None:
    told = Told()
    reply = told.ask(CLICK | {"user": "Jo"}, **({"cookie": "pyrite_fpid=device-1"} | headers))

    assert cookie(reply) == ""
    assert [event.user for event in told.events()] == ["not_defined"]


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({}, True),
        ({"origin": ""}, True),
        ({"origin": "", "sec_fetch_site": ""}, True),
        ({"origin": "http://SHOP.test"}, True),
        ({"origin": "https://app.example"}, True),
        ({"origin": "https://evil.example", "sec_fetch_site": "cross-site"}, False),
        ({"origin": "null"}, False),
        ({"origin": "", "sec_fetch_site": "cross-site"}, False),
        ({"origin": "", "sec_fetch_site": "same-site"}, False),
    ],
    ids=["own", "no origin", "no browser", "http", "listed", "cross-site", "null", "image elsewhere", "same site"],
)  # fmt: skip
def test_its_own_pages_alone_are_answered(headers: dict[str, str], may: bool) -> None:
    told = Told(origins=["https://app.example"])
    reply = told.ask(CLICK, **headers)

    assert reply.status == (204 if may else 403)
    assert len(told.events()) == may
    allowed = dict(reply.headers).get("access-control-allow-origin")
    assert allowed == (headers.get("origin") if headers.get("origin") == "https://app.example" else None)  # fmt: skip


def test_one_visitor_has_so_many_events_a_minute_and_others_their_own() -> None:
    told = Told(per_minute=60)
    jo, al = "pyrite_fpid=device-jo", "pyrite_fpid=device-al"
    for _ in range(60):
        assert told.ask(CLICK, cookie=jo).status == 204
    refusal = told.ask(CLICK, cookie=jo)

    assert (refusal.status, code(refusal), dict(refusal.headers)["retry-after"]) == (429, "relay.too_often", "2")  # fmt: skip
    assert told.ask(CLICK, cookie=al).status == 204
    told.now_s += 2
    assert told.ask([CLICK, CLICK], cookie=jo).status == 204


def test_newcomers_of_one_address_share_its_bucket() -> None:
    told = Told(per_minute=3)
    assert [told.ask(CLICK).status for _ in range(4)] == [204, 204, 204, 429]


def test_newcomers_behind_a_proxy_that_was_not_named_are_let_in() -> None:
    told = Told(per_minute=1)
    local = [told.ask(CLICK, client="127.0.0.1", x_forwarded_for="203.0.113.9").status for _ in range(3)]  # fmt: skip
    public = [told.ask(CLICK, client="8.8.8.8", x_forwarded_for="203.0.113.9").status for _ in range(3)]  # fmt: skip
    assert (local, public) == ([204] * 3, [204, 429, 429])


@pytest.mark.parametrize("ids", ["pyrite_pid=not_defined; pyrite_fpid=device-1", "pyrite_pid=_me; pyrite_fpid=_me"])  # fmt: skip
def test_ids_that_are_nobodys_are_no_accident(ids: str) -> None:
    told = Told()
    assert told.ask(CLICK, cookie=ids).status in (204, 400)


def test_data_as_deep_as_json_can_be_read_is_no_accident() -> None:
    told = Told(datastream="shop", customer="")
    for depth in range(900, 1000, 5):
        deep = b'{"kind": "x", "data": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
        assert told.ask(deep).status in (204, 400)
    told.relay.close()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["kind", "event", "self", "user", "eid", "item", "items", "itemtype", "xdm", "data", "url", "now_ms", "target", "x"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    body=ANYTHING.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40),
    kind=st.sampled_from(["click", "login", "buy", "x"]),
    path=st.sampled_from(["/t/e", "/t/e/zAAAA", "/t/e/" + "z" * 40, "/t/e/é"]),
    method=st.sampled_from(["GET", "POST", "OPTIONS", "PUT"]),
    header=st.text(max_size=20),
    stream=st.booleans(),
)
def test_whatever_comes_is_taken_or_refused(body: bytes, kind: str, path: str, method: str, header: str, stream: bool) -> None:  # fmt: skip
    told = Told(**({"datastream": "shop", "customer": ""} if stream else {}))
    known = told.ask({"kind": kind, "itemtype": 1, "item": 7, "self": 1, "user": header})
    reply = told.ask(body, method=method, path=path, query=f"cb={header}", cookie=header, accept=header)  # fmt: skip
    told.relay.close()

    assert {known.status, reply.status} <= {200, 204, 207, 400, 405, 413}


def test_visitors_that_are_remembered_are_bounded() -> None:
    rates = Rates(1)
    for number in range(VISITORS + 10):
        rates.wait_s(str(number), 1, 0)
    assert rates.wait_s("0", 1, 0) == 0
    assert rates.wait_s(str(VISITORS + 9), 1, 0) > 0


def test_more_events_than_one_request_may_have_are_none() -> None:
    told = Told()
    assert code(told.ask([CLICK] * (MOST_EVENTS + 1))) == "relay.too_many"
    assert told.events() == []


def test_pages_may_send_the_kinds_that_are_named_and_no_others() -> None:
    told = Told(kinds=["click"])
    assert told.ask(CLICK | {"kind": "buy"}).status == 400
    assert told.ask(CLICK).status == 204
    assert [event.kind for event in told.events()] == ["click"]


@pytest.mark.parametrize("path", ["/t/e/../admin/v1/x", "/t/e/v1/../../x", "/t/e/v1/collect?x", "/t/e//v1/collect#", "/t/e/v1/a/b/c"])  # fmt: skip
def test_no_address_but_those_of_the_protocol_is_passed_on(path: str) -> None:
    assert Told().ask({"events": []}, path=path).status == 405


# ---- pixels and JSONP -----------------------------------------------------------------------------------------------


def packed(**event: Any) -> str:
    return pixel("", path="/t/e", **event).split('"')[1]


def test_no_word_of_a_pixel_shows_and_it_arrives() -> None:
    told = Told()
    path = packed(kind="click", itemtype=1, item=77, categorypath="/Camera")
    reply = told.ask(method="GET", path=path, origin="", sec_fetch_dest="image")

    assert not any(word in path for word in ("click", "77", "Camera", "00000"))
    assert dict(reply.headers)["content-type"] == "image/gif"
    [event] = told.events()
    assert (event.kind, event.items, event.parameters) == ("click", ["77"], {"categorypath": "Camera"})  # fmt: skip


def test_jsonp_calls_back_also_where_it_is_refused() -> None:
    told = Told()
    path = packed(kind="click", itemtype=1, item=77)
    good = told.ask(method="GET", path=path, query="cb=a.b", origin="")
    bad = told.ask(method="GET", path="/t/e/zAAAA", query="cb=a.b", origin="")
    wild = told.ask(method="GET", path=path, query="cb=alert(1)", origin="")

    assert good.body == b'/**/a.b({"status": "ok"});'
    assert bad.body.startswith(b'/**/a.b({"status": "error", "code": "relay.code"')
    assert (wild.status, code(wild)) == (400, "relay.callback")
    assert dict(good.headers)["x-content-type-options"] == "nosniff"
    assert len(told.events()) == 1


# ---- servers --------------------------------------------------------------------------------------------------------


def test_under_wsgi_and_asgi_it_stands_in_front_of_the_site() -> None:
    settings = {"upstream": "https://edge.example", "customer": "00000"}
    statuses = []

    def site(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b"site"]

    app = relay_wsgi(settings, site)
    for path, body in (("/t/e", b"{"), ("/", b""), ("/t/email", b"")):
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "HTTP_HOST": "shop.test"}  # fmt: skip
        app(environ, lambda status, headers: statuses.append(status))
    app.close()
    assert statuses == ["400 Bad Request", "200 OK", "200 OK"]

    front = relay(settings)
    sent: list[Any] = []

    async def received() -> Any:
        return {"type": "http.request", "body": b"{"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "headers": [(b"host", b"shop.test")], "query_string": b""}  # fmt: skip
    asyncio.run(front(scope | {"path": "/t/e"}, received, send))
    asyncio.run(front(scope | {"path": "/x"}, received, send))
    front.close()
    assert [one["status"] for one in sent if "status" in one] == [400, 404]


# ---- what it is told, and what it tells -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"customer": "0"}, "upstream"),
        ({"upstream": "edge", "customer": "0"}, "upstream: expected an address"),
        ({"upstream": "https://e"}, "customer: expected a customer or a datastream"),
        ({"upstream": "https://e", "customer": "0", "datastream": "x"}, "and not both"),
        ({"upstream": "https://e", "customer": "0", "pth": "x"}, "pth: unknown; known are upstream, path"),
        ({"upstream": "https://e", "customer": "0", "origins": "x"}, "origins: expected a list of texts"),
        ({"upstream": "https://e", "customer": "0", "limit": True}, "limit: expected a value such as 100000"),
        ({"upstream": "https://e", "customer": "0", "limit": 0}, "limit: expected a number from 1"),
        ({"upstream": "https://e", "customer": "0", "path": "/"}, "path: expected"),
        ({"upstream": "https://e", "customer": "0", "key": "a:b", "key_file": "x"}, "key_file: expected a key or its file"),
    ],
    ids=["none", "no address", "nobody", "both", "misspelt", "text", "truth", "nothing", "root", "two keys"],
)  # fmt: skip
def test_settings_that_can_not_be_are_told_with_their_key(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RelaySettings.of(table)


@pytest.mark.parametrize("kept", ["in a file", "in memory"])
def test_a_full_queue_takes_no_more_and_keeps_what_was_acknowledged(tmp_path: Any, kept: str) -> None:  # fmt: skip
    queue = str(tmp_path / "queue") if kept == "in a file" else ""
    told = Told(queue=queue, limit=2, per_minute=10_000)
    told.relay.sender._line.worker._most = 0  # nobody sends
    statuses = [told.ask(CLICK).status for _ in range(4)]

    assert statuses == [204, 204, 503, 503]
    counts = told.relay.sender.counts()
    assert (counts["queued"], counts["dropped"]) == (2, {})
    told.relay.sender.close(0)


def test_cookies_of_others_stay_here() -> None:
    header = "session=secret; pyrite_fpid=a; kndctr_shop_identity=b; x=pyrite_c"
    assert own_cookies(header) == "pyrite_fpid=a; kndctr_shop_identity=b"


def test_a_queue_in_a_file_has_so_many_bytes(tmp_path: Any) -> None:
    told = Told(queue=str(tmp_path / "queue"), queue_bytes=60_000, per_minute=10_000)
    told.relay.sender.close()
    queue = told.relay.sender._started().queue
    dropped = [queue.put(message) for message in (Message(id=str(n), kind="click", value=2, made_ms=1, target="/" + "x" * 2000) for n in range(60))]  # fmt: skip

    assert any(dropped)
    assert queue.waiting() < 30
    queue.close()


def test_a_code_of_another_kind_is_refused() -> None:
    with pytest.raises(Invalid):
        pixel("", path="/t/e", kind="rate", itemtype=1, item=77)

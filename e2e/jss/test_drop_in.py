"""The drop-in beside the original: the same calls, request by request and end by end; DIFFERENCES are all there are."""

from typing import Any

import pytest
from jss.clients import KEY, PARAMS, Client
from jss.recorder import Answer, Recorder
from jss.test_real_clients import KINDS, QUERY
from playwright.sync_api import Page

CALLS: dict[str, tuple[Any, dict[str, Any]]] = {
    **{kind: (given, {"querystringParams": PARAMS}) for kind, (given, _) in KINDS.items()},
    "one object": ({"eventId": "Download"}, {"querystringParams": PARAMS}),
    "flush": ([], {"querystringParams": PARAMS, "action": "flush"}),
    "custom": (
        [{"commerceEventId": 1, "lines": [{"a": None}]}],
        {"serviceUrl": "/my/track", "action": "custom", "querystringParams": PARAMS},
    ),
    "odd texts": (
        [{"eventId": 'é🙂\u2028"\\', "extra": {"b": [1, 2.5, 1e21, True]}}],
        {"querystringParams": {"sc apikey&": "a b+ü/?&=", "empty": "", "zero": 0, "no": False}},
    ),
    "null and lists": ([], {"querystringParams": {"a": None, "b": [1, "2", None], "c": {}}}),
    "nothing as event": (None, {"querystringParams": PARAMS}),
}

# What the original does, what the drop-in does instead, and why.
DIFFERENCES = {
    "no parameters": (
        {},
        "/sitecore/api/jss/track/event?",
        "/sitecore/api/jss/track/event",
        "a `?` with nothing behind it is another address to caches and to logs",
    ),
    "a query in serviceUrl": (
        {"serviceUrl": "/my?z=1", "querystringParams": {"a": "b"}},
        "/my?z=1/event&a=b",
        "/my/event?z=1&a=b",
        "the original's address is broken: the action is part of a parameter",
    ),
    "an undefined parameter": (
        {"querystringParams": {"sc_apikey": KEY, "sc_site": "UNDEFINED"}},
        f"/sitecore/api/jss/track/event{QUERY}&sc_site=undefined",
        f"/sitecore/api/jss/track/event{QUERY}",
        "what is not set is no text `undefined`",
    ),
}


@pytest.fixture(scope="module")
def every_client(recorder: Recorder, browser: Any) -> Any:
    """One page for calls that don't disturb each other."""
    page = browser.new_page()
    yield Client(page, recorder)
    page.close()


@pytest.mark.parametrize("call", CALLS)
def test_the_same_call_is_the_same_request(
    every_client: Client, recorder: Recorder, call: str
) -> None:
    events, options = CALLS[call]
    recorder.forget()
    ends = [
        every_client("jss19", events, options, "axios"),
        every_client("ours", events, options),
        every_client("ours", events, options, "axios"),
        every_client("ours", events, options, "native"),
    ]
    original, alone, through_axios, through_native = recorder.wait(4)

    assert ends == [{"resolved": ""}] * 3 + [{"resolved": "undefined"}]
    assert alone.seen() == original.seen()
    assert through_axios.seen() == original.seen()
    assert through_native.seen() == original.seen() | {"accept": "*/*"}


def test_through_jss_23s_fetcher_it_is_jss_23s_request(
    every_client: Client, recorder: Recorder
) -> None:
    recorder.forget()
    for name in ("jss23", "ours"):
        every_client(name, [{"eventId": "a"}], {"querystringParams": PARAMS}, "bare")

    original, ours = recorder.wait(2)
    assert ours.seen() == original.seen()


@pytest.mark.parametrize("what", DIFFERENCES)
def test_each_difference_is_listed(every_client: Client, recorder: Recorder, what: str) -> None:
    options, theirs, expected, _ = DIFFERENCES[what]
    recorder.forget()
    for name in ("jss19", "ours"):
        every_client.page.evaluate(
            """([name, options, host]) => {
                const params = options.querystringParams;
                for (const key in params) if (params[key] === "UNDEFINED") params[key] = undefined;
                return window.run(name, [], {...options, host}, name === "jss19" ? "axios" : "");
            }""",
            [name, options, recorder.origin()],
        )

    original, ours = recorder.wait(2)
    assert (original.target, ours.target) == (theirs, expected)
    same = {"target": ""}
    assert original.seen() | same == ours.seen() | same


@pytest.mark.parametrize("fetcher", ["", "axios"])
@pytest.mark.parametrize(
    "answer",
    [
        Answer(204, ""),
        Answer(200, '{"a": [1]}'),
        Answer(200, "[1"),
        Answer(200, "7", "text/plain"),
        Answer(207, '{"errors": []}'),
        Answer(400, '{"code": "body.shape"}', "application/problem+json"),
        Answer(401, ""),
        Answer(500, "<h1>no", "text/html"),
        Answer(200, "{}", hidden=True),
    ],
    ids=["204", "json", "half", "text", "207", "400", "401", "500", "network"],
)
def test_it_ends_as_the_original(
    every_client: Client, recorder: Recorder, answer: Answer, fetcher: str
) -> None:
    recorder.forget()
    recorder.answer = answer
    original = every_client("jss19", [], {}, "axios")

    assert every_client("ours", [], {}, fetcher) == original


def test_with_a_plain_fetcher_the_error_is_the_status_text(
    every_client: Client, recorder: Recorder
) -> None:
    recorder.forget()
    recorder.answer = Answer(403, "no")
    ends = [every_client(name, [], {}, "plain") for name in ("jss19", "ours")]

    assert ends[0] == ends[1]
    assert (ends[0]["rejected"], ends[0]["status"], ends[0]["data"]) == ("Forbidden", 403, "no")


def test_it_never_throws_where_the_original_does(every_client: Client, recorder: Recorder) -> None:
    recorder.forget()
    assert every_client("jss19", [], None) == {"threw": "TypeError"}
    assert every_client("ours", [], None)["code"] == "options.invalid"
    assert every_client("jss19", [], {}) == {"threw": "TypeError"}
    assert every_client("ours", [], {}) == {"resolved": ""}
    thrown = every_client.page.evaluate(
        """() => {
            const circle = {}; circle.self = circle;
            const odd = [[circle, {}], [[], {querystringParams: 3, get host() { throw new Error("odd"); }}], [[], {serviceUrl: 3}]];
            const calls = odd.map(([events, options]) => window.clients.ours.trackEvent(events, options));
            return Promise.allSettled(calls).then((ends) => ends.map((end) => end.status));
        }"""
    )
    assert thrown == ["rejected"] * 3


@pytest.mark.parametrize(("size", "outlives"), [(50_000, True), (70_000, False)])
def test_a_call_survives_leaving_the_page_where_the_browser_can(
    recorder: Recorder, page: Page, size: int, outlives: bool
) -> None:
    # Another site: with the page's own a fetch under way may be done before the page is.
    client = Client(page, recorder)
    recorder.forget()
    page.evaluate(
        """([host, size]) => {
            const fetched = window.fetch;
            window.fetch = (url, options) => { window.kept = options.keepalive; return fetched(url, options); };
            window.clients.ours.trackEvent({eventId: "x".repeat(size)}, {host});
        }""",
        [recorder.origin(), size],
    )
    assert page.evaluate("window.kept") is outlives
    assert len(recorder.wait(1)[0].body) > size
    assert client


def test_calls_at_once_share_what_may_outlive_the_page(recorder: Recorder, page: Page) -> None:
    Client(page, recorder)
    recorder.forget()
    ends = page.evaluate(
        """async (host) => {
            const call = () => window.clients.ours.trackEvent({eventId: "x".repeat(25000)}, {host}).then(() => 1);
            return [...await Promise.all([call(), call(), call(), call()]), await call()];
        }""",
        recorder.origin(),
    )

    assert ends == [1] * 5
    assert len(recorder.wait(5)) == 5


def test_a_click_on_a_link_right_behind_a_call_loses_nothing(
    recorder: Recorder, page: Page
) -> None:
    recorder.pages["/next"] = '<!doctype html><link rel="icon" href="data:,"><title>next</title>'
    Client(page, recorder)
    recorder.forget()
    recorder.preflights_wait_for = "/next"  # the page is gone before the service answers anything
    for turn in range(20):
        page.goto(recorder.origin("localhost") + "/page")
        page.evaluate(
            """([host, turn]) => {
                const link = document.createElement("a");
                link.href = "/next";
                link.onclick = () => { window.clients.ours.trackEvent({eventId: "n" + turn}, {host, querystringParams: {turn}}); };
                document.body.append(link);
                link.click();
            }""",
            [recorder.origin(), turn],
        )
        page.wait_for_url("**/next")
        recorder.wait(turn + 1)

    sent = [request.body for request in recorder.requests]
    assert sent == [f'[{{"eventId":"n{turn}"}}]' for turn in range(20)]

"""Conditions on a subject."""

from pyrite.core.decisions.audience import build_check, value_test, weekday
from pyrite.core.decisions.subject import DAY_MS, Profile, Subject, parse_query
from pyrite.core.decisions.user_agent import parse_device
from pyrite.core.urls import decoded

NOW_MS = 1795157627711  # 2026-11-20T06:53:47.711Z, a Friday
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
AGENTS = (
    (PHONE, ("mobile", "ios", "safari")),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
        ("mobile", "android", "chrome"),
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        ("tablet", "android", "chrome"),
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        ("mobile", "android", "samsung"),
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
        ("tablet", "ios", "safari"),
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
        ("desktop", "windows", "edge"),
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
        ("desktop", "macos", "safari"),
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
        ("desktop", "linux", "firefox"),
    ),
    (
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 OPR/120.0.0.0",
        ("desktop", "chromeos", "opera"),
    ),
    ("", ("desktop", "other", "other")),
)


def holds(audience, **about):
    xdm = {
        "eventType": about.get("type", "web.webpagedetails.pageViews"),
        "web": {
            "webPageDetails": {"URL": about.get("url", "https://shop.test/"), "name": "home"},
            "webReferrer": {"URL": about.get("referrer", "")},
        },
        "placeContext": {"localTimezoneOffset": about.get("offset", 0)},
    }
    visitor = Profile(
        id="v",
        visits=about.get("visits", 1),
        views=about.get("views", 1),
        first_ms=about.get("first_ms", NOW_MS),
        previous_ms=about.get("previous_ms", 0),
        consent=about.get("consent", ""),
    )
    subject = Subject(
        event={"xdm": xdm, "data": about.get("data", {})},
        visitor=visitor,
        now_ms=NOW_MS,
        language=about.get("language", "de-DE"),
        agent=about.get("agent", ""),
        context=about.get("context"),
    )
    check = build_check(audience)
    return check is None or check(subject)


CASES = (
    ({}, {}, True),
    ({"url": "utm=gold"}, {"url": "https://shop.test/?utm=gold"}, True),
    ({"url": "utm=gold"}, {}, False),
    ({"url": ["a=1", "b=2"]}, {"url": "https://shop.test/?b=2"}, True),
    ({"path": {"is": "/a"}}, {"url": "https://shop.test/a/?x"}, True),
    ({"path": {"is": "/"}}, {"url": "https://shop.test"}, True),
    ({"path": {"starts": ["/a", "/b"]}}, {"url": "https://shop.test/b/c"}, True),
    ({"path": {"starts": "/a", "not": {"ends": "c"}}}, {"url": "https://shop.test/a/c"}, False),
    ({"referrer": {"contains": "search"}}, {"referrer": "https://search.test/"}, True),
    ({"referrer": {"not": "search"}}, {"referrer": "https://search.test/"}, False),
    ({"type": {"is": "purchase"}}, {"type": "purchase"}, True),
    ({"query": {"utm_source": "news"}}, {"url": "https://shop.test/?utm_source=news"}, True),
    ({"query": {"utm_source": "news"}}, {"url": "https://shop.test/?utm_source=newsletter"}, False),
    ({"query": {"q": {"starts": "gold r"}}}, {"url": "https://shop.test/?q=gold+ring#q=x"}, True),
    ({"query": {"q": True}}, {"url": "https://shop.test/?q="}, True),
    ({"query": {"q": False}}, {"url": "https://shop.test/?p=1"}, True),
    ({"data": {"cart.total": [1, 2]}}, {"data": {"cart": {"total": 2}}}, True),
    ({"data": {"cart.total": {"min": 50}}}, {"data": {"cart": {"total": 49.9}}}, False),
    ({"data": {"cart.total": {"min": 50, "max": 60}}}, {"data": {"cart": {"total": 60}}}, True),
    ({"data": {"cart.total": {"min": 50}}}, {"data": {"cart": {"total": "51"}}}, False),
    ({"data": {"name": {"ends": "x"}}}, {"data": {"name": "ax"}}, True),
    ({"data": {"name": "a"}}, {"data": {}}, False),
    ({"data": {"member": True}}, {"data": {"member": True}}, True),
    ({"data": {"member": False}}, {"data": {"member": False}}, True),
    ({"xdm": {"web.webPageDetails.name": "home"}}, {}, True),
    ({"context": {"plan": "pro"}}, {"context": {"plan": "pro"}}, True),
    ({"url": "shop", "data": {"a": 1}}, {"data": {"a": 2}}, False),
    ({"visitor": "new"}, {}, True),
    ({"visitor": "new"}, {"visits": 2}, False),
    ({"visitor": "returning"}, {"visits": 2}, True),
    ({"views": 3}, {"views": 3}, True),
    ({"views": {"min": 3}}, {"views": 2}, False),
    ({"days_since_first": {"min": 7}}, {"first_ms": NOW_MS - 8 * DAY_MS}, True),
    ({"days_since_last": {"max": 30}}, {"previous_ms": NOW_MS - 2 * DAY_MS}, True),
    ({"days_since_last": {"max": 30}}, {}, False),
    ({"device": "mobile", "os": ["ios", "android"], "browser": "safari"}, {"agent": PHONE}, True),
    ({"device": "desktop"}, {"agent": PHONE}, False),
    ({"language": "de"}, {}, True),
    ({"language": ["en", "DE-de"]}, {}, True),
    ({"language": "en"}, {}, False),
    ({"consent": "in"}, {"consent": "in"}, True),
    ({"consent": "in"}, {}, False),
    ({"days": "fri"}, {}, True),
    ({"days": ["sat", "sun"]}, {}, False),
    ({"hours": "06:00-07:00"}, {}, True),
    ({"hours": "06:00-07:00"}, {"offset": -60}, False),
    ({"hours": ["07:00-08:00"]}, {"offset": -60}, True),
    ({"any": [{"url": "x"}, {"views": 1}]}, {}, True),
    ({"any": [{"url": "never"}, {"views": 2}]}, {}, False),
    ({"all": [{"url": "shop"}, {"any": [{"views": 1}]}]}, {}, True),
    ({"not": {"url": "shop"}}, {}, False),
    ({"not": [{"url": "never"}, {"views": 2}]}, {}, True),
    ({"not": {"url": "shop", "views": 2}}, {}, True),
    # A slash at the end of a path, and percent-encoding, say nothing, on either side.
    ({"path": {"is": "/cart/"}}, {"url": "https://shop.test/cart"}, True),
    ({"path": {"is": "/cart/"}}, {"url": "https://shop.test/cart/?a"}, True),
    ({"path": {"is": "/cart/"}}, {"url": "https://shop.test/cart/1"}, False),
    ({"path": {"is": "/"}}, {"url": "https://shop.test/a"}, False),
    ({"path": {"ends": "rt/"}}, {"url": "https://shop.test/cart"}, True),
    ({"path": {"ends": "rt"}}, {"url": "https://shop.test/cart/"}, True),
    ({"path": {"ends": "ca"}}, {"url": "https://shop.test/cart/"}, False),
    ({"path": "/cart/"}, {"url": "https://shop.test/a/cart/"}, True),
    ({"path": {"starts": "/cart/"}}, {"url": "https://shop.test/cart"}, True),
    ({"path": {"starts": "/cart/"}}, {"url": "https://shop.test/carts"}, False),
    ({"path": {"not": {"is": "/cart/"}}}, {"url": "https://shop.test/cart"}, False),
    ({"path": {"is": "/gold ring/ü"}}, {"url": "https://shop.test/gold%20ring/%C3%BC"}, True),
    ({"path": {"is": "/gold%20ring"}}, {"url": "https://shop.test/gold%20ring/"}, True),
    ({"path": {"is": "/c++"}}, {"url": "https://shop.test/c++"}, True),
    ({"url": "/straße?"}, {"url": "https://shop.test/stra%C3%9Fe?x"}, True),
    (
        {"referrer": {"contains": "q=gold ring"}},
        {"referrer": "https://s.test/?q=gold%20ring"},
        True,
    ),
    # Parameters are texts; conditions on numbers ask for the number that such a text is.
    ({"query": {"page": 2}}, {"url": "https://shop.test/?page=2"}, True),
    ({"query": {"page": 2}}, {"url": "https://shop.test/?page=02.0"}, True),
    ({"query": {"page": 2}}, {"url": "https://shop.test/?page=22"}, False),
    ({"query": {"page": 2}}, {"url": "https://shop.test/?page=%C2%B2"}, False),
    ({"query": {"page": 2}}, {}, False),
    ({"query": {"t": -1.5}}, {"url": "https://shop.test/?t=-1.5"}, True),
    ({"query": {"page": [1, 2, "x"]}}, {"url": "https://shop.test/?page=2"}, True),
    ({"query": {"page": [1, 2, "x"]}}, {"url": "https://shop.test/?page=x"}, True),
    ({"query": {"page": {"min": 2, "max": 9}}}, {"url": "https://shop.test/?page=9"}, True),
    ({"query": {"page": {"min": 2}}}, {"url": "https://shop.test/?page=nan"}, False),
    ({"query": {"page": "2"}}, {"url": "https://shop.test/?page=2"}, True),
    ({"query": {"page": {"not": "2"}}}, {"url": "https://shop.test/?page=2"}, False),
    ({"query": {"page": False}}, {"url": "https://shop.test/?page=x"}, False),
    ({"query": {"page": [True]}}, {"url": "https://shop.test/?page=1"}, False),
    ({"query": {"color": {"is": "red"}}}, {"url": "https://shop.test/?color=red"}, True),
    ({"data": {"total": 1}}, {"data": {"total": True}}, False),
    # A whole number of days is that day.
    ({"days_since_first": 7}, {"first_ms": NOW_MS - 7 * DAY_MS - 1000}, True),
    ({"days_since_first": 7}, {"first_ms": NOW_MS - 8 * DAY_MS + 1000}, True),
    ({"days_since_first": 7}, {"first_ms": NOW_MS - 8 * DAY_MS}, False),
    ({"days_since_first": 7}, {"first_ms": NOW_MS - 7 * DAY_MS + 1000}, False),
    ({"days_since_first": 0}, {}, True),
    ({"days_since_first": {"min": 3, "max": 7}}, {"first_ms": NOW_MS - 7.5 * DAY_MS}, True),
    ({"days_since_first": {"max": 0.5}}, {"first_ms": NOW_MS - 0.6 * DAY_MS}, False),
    ({"days_since_first": {"min": 7.5}}, {"first_ms": NOW_MS - 7.2 * DAY_MS}, False),
    ({"days_since_last": 1}, {"previous_ms": NOW_MS - 1.5 * DAY_MS}, True),
    # A language is a whole name.
    ({"language": "d"}, {}, False),
    ({"language": "fi"}, {"language": "fil"}, False),
)


def test_a_condition_holds_or_not():
    for audience, about, expected in CASES:
        assert holds(audience, **about) is expected, (audience, about)


def test_devices_are_told_apart():
    for agent, expected in AGENTS:
        found = parse_device(agent)
        assert (found["device"], found["os"], found["browser"]) == expected, agent


def test_parameters_are_decoded():
    assert parse_query("https://a.test/?a=%C3%BC%F0%9F%98%80+b&a=2&%62=%zz&c#?d=1") == {
        "a": "ü😀 b",
        "b": "%zz",
        "c": "",
    }
    for broken in ("%C3", "%80", "%ED%A0%80", "%C0%80", "%F5%80%80%80", "%C3%28"):
        assert decoded(broken) == broken


def test_weekdays_follow_the_calendar():
    assert [weekday(day * DAY_MS) for day in (0, 1, 3, 4, 20777)] == [
        "thu",
        "fri",
        "sun",
        "mon",
        "fri",
    ]


def test_true_and_false_ask_whether_there_is_a_value():
    assert [value_test(True)(value) for value in ("", 0, True, False, None)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [value_test(False)(value) for value in ("", None, False)] == [False, True, True]

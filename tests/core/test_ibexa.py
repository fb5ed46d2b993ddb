"""Ibexa's events, and the addresses that carry them."""

from pyrite.core.ibexa.address import (
    LONGEST,
    build,
    pieces_of,
    read,
    signed_text,
)
from pyrite.core.ibexa.events import EVENTS, KINDS, MOST_ITEMS, Event
from pyrite.core.ibexa.grants import Grant, grant_of
from pyrite.core.ibexa.percent import decoded, encoded
from pyrite.core.ibexa.pieces import check_callback, parameters_of
from pyrite.core.ibexa.refusal import Refused

UUID = "1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"
GOOD = (
    ("/api/00000/click/johndoe/1/11", "categorypath=%2FCamera%2FCompact%2F", ["click", "johndoe", 1, ["11"], {"categorypath": "Camera/Compact"}, {}]),
    ("/api/00000/click/a%2Fb%20c/1/11", "", ["click", "a/b c", 1, ["11"], {}, {}]),
    ("/ebl/00000/consume/johndoe/1/11", "percentage=050&lang=de", ["consume", "johndoe", 1, ["11"], {"percentage": "50"}, {"lang": "de"}]),
    ("/news/00000/buy/johndoe/1/11", "quantity=2&fullprice=12.45EUR", ["buy", "johndoe", 1, ["11"], {"quantity": "2", "fullprice": "12.45EUR"}, {}]),
    ("/api/00000/buy/johndoe/1/11", "fullprice=456JPY&quantity=", ["buy", "johndoe", 1, ["11"], {"fullprice": "456JPY"}, {}]),
    ("/api/00000/basket/%E2%82%AC%F0%9F%98%80/2147483647/2147483647", "", ["basket", "€😀", 2147483647, ["2147483647"], {}, {}]),
    ("/api/00000/deletefrombasket/x/1/1", "percentage=7", ["deletefrombasket", "x", 1, ["1"], {}, {"percentage": "7"}]),
    ("/api/00000/wishlist/x/1/1", "price=0.5USD", ["wishlist", "x", 1, ["1"], {"price": "0.5USD"}, {}]),
    ("/api/00000/deletefromwishlist/x/1/1", "", ["deletefromwishlist", "x", 1, ["1"], {}, {}]),
    ("/api/00000/rate/x/1/1", "rating=100&rating=3", ["rate", "x", 1, ["1"], {"rating": "100"}, {}]),
    ("/api/00000/blacklist/x/1/1", "", ["blacklist", "x", 1, ["1"], {}, {}]),
    ("/api/00000/owns/not_defined/1/007", "", ["owns", "not_defined", 1, ["7"], {}, {}]),
    ("/api/00000/rendered/_me/1/1,2%2C3", "scenario=top+five&modelid=m", ["rendered", "_me", 1, ["1", "2", "3"], {"scenario": "top five", "modelid": "m"}, {}]),
    ("/api/00000/clickrecommended/x/1/1", "scenario=a%2Bb", ["clickrecommended", "x", 1, ["1"], {"scenario": "a+b"}, {}]),
    ("/api/00000/triggeropened/x", "triggername=T1", ["triggeropened", "x", 0, [], {"triggername": "T1"}, {}]),
    ("/api/00000/clicktriggered/x/1/1", "triggername=T1", ["clicktriggered", "x", 1, ["1"], {"triggername": "T1"}, {}]),
)  # fmt: skip
ITEM = "/api/00000/click/x/1/1"
BAD = (
    ("/api/00000", "", "address"),
    ("/", "", "address"),
    ("", "", "address"),
    ("/api/00000/Click/x/1/1", "", "event"),
    ("/api/00000/clickRecommended/x/1/1", "scenario=a", "event"),
    ("/api/00000//x/1/1", "", "event"),
    ("/api/00000/click", "", "user"),
    ("/api/00000/click//1/1", "", "user"),
    ("/api/00000/click/%2e%2E/1/1", "", "user"),
    ("/api/00000/click/x/1", "", "item"),
    ("/api/00000/rendered/x/1/", "", "item"),
    ("/api/00000/click/x/1/1/", "", "address"),
    ("/api/00000/triggeropened/x/1", "triggername=a", "address"),
    ("/api/00000/click/x/0/1", "", "item"),
    ("/api/00000/click/x/1/2147483648", "", "item"),
    ("/api/00000/click/x/1/-1", "", "item"),
    ("/api/00000/click/x/1/1.5", "", "item"),
    ("/api/00000/click/x/1/²", "", "item"),
    ("/api/00000/click/x/1/1,,2", "", "item"),
    ("/api/00000/rendered/x/1/" + "1," * MOST_ITEMS + "1", "", "item"),
    ("/api/00000/click/a\\b/1/1", "", "address"),
    ("/api/00000/click/a%5Cb/1/1", "", "address"),
    (ITEM, "lang=%5c", "address"),
    (ITEM, "%5C=a", "address"),
    ("/api/00000/click/%/1/1", "", "address"),
    ("/api/00000/click/%4/1/1", "", "address"),
    ("/api/00000/click/%zz/1/1", "", "address"),
    ("/api/00000/click/%FF/1/1", "", "address"),
    ("/api/00000/click/%C0%AF/1/1", "", "address"),  # a slash in two bytes
    ("/api/00000/click/%E0%80%AF/1/1", "", "address"),
    ("/api/00000/click/%ED%A0%80/1/1", "", "address"),  # half a surrogate pair
    ("/api/00000/click/%F4%90%80%80/1/1", "", "address"),
    ("/api/00000/click/%E2%82/1/1", "", "address"),
    (ITEM, "a=%", "address"),
    (ITEM, "&".join([f"p{n}=1" for n in range(200)]), "parameter"),
    (ITEM, "eid=1", "parameter"),
    (ITEM, "eid=" + UUID.replace("-", "_"), "parameter"),
    (ITEM, "jsonpCallback=alert(1)", "callback"),
    ("/api/00000/consume/x/1/1", "percentage=101", "parameter"),
    ("/api/00000/consume/x/1/1", "percentage=-1", "parameter"),
    ("/api/00000/consume/x/1/1", "percentage=1.5", "parameter"),
    ("/api/00000/buy/x/1/1", "quantity=0", "parameter"),
    ("/api/00000/buy/x/1/1", "fullprice=12,45EUR", "parameter"),
    ("/api/00000/buy/x/1/1", "fullprice=12.45+EUR", "parameter"),
    ("/api/00000/buy/x/1/1", "fullprice=12.45", "parameter"),
    ("/api/00000/buy/x/1/1", "fullprice=EUR", "parameter"),
    ("/api/00000/buy/x/1/1", "fullprice=12.EUR", "parameter"),
    ("/api/00000/buy/x/1/1", "fullprice=.5EUR", "parameter"),
    ("/api/00000/buy/x/1/1", "fullprice=12.45eur", "parameter"),
    ("/api/00000/buy/x/1/1", "overridetimestamp=2012-13-01T11:00:00", "parameter"),
    ("/api/00000/buy/x/1/1", "overridetimestamp=yesterday", "parameter"),
    ("/api/00000/rate/x/1/1", "", "parameter"),
    ("/api/00000/rate/x/1/1", "rating=undefined", "parameter"),
    ("/api/00000/clickrecommended/x/1/1", "scenario=", "parameter"),
    ("/api/00000/triggeropened/x", "triggerName=a", "parameter"),
    ("/api/00000/clicktriggered/x/1/1", "", "parameter"),
    ("/api/00000/login/x", "", "address"),
    ("/api/00000/login/x/", "", "user"),
    ("/api/00000/login//y", "", "user"),
    ("/api/00000/login/not_defined/y", "", "user"),
    ("/api/00000/login/x/_me", "", "user"),
)  # fmt: skip


def refusal(call):
    try:
        call()
    except Refused as error:
        return error.as_record()["code"].replace("ibexa.", "")
    return "none"


def parts(event):
    return [event.kind, event.user, event.itemtype, event.items, event.parameters, event.extra]


def test_addresses_of_all_events_are_read():
    for path, query, expected in GOOD:
        assert parts(read(path, query)) == expected, path
    assert len(KINDS) == 15
    assert sorted([row[2][0] for row in GOOD] + ["login"]) == sorted(list(KINDS) + ["click", "buy"])


def test_what_is_no_event_is_refused_with_its_reason():
    for path, query, reason in BAD:
        assert [path, query, refusal(lambda: read(path, query))] == [path, query, reason]


def test_a_login_has_a_source_and_a_target_also_by_its_old_name():
    for name in ("login", "transfer"):
        event = read("/ebl/00000/" + name + "/a%2Fb/c", "lang=de")
        assert [event.kind, event.user, event.target, event.extra] == ["login", "a/b", "c", {"lang": "de"}]  # fmt: skip


def test_ids_of_items_may_be_texts_where_that_is_allowed_and_codes_of_ones_own_are_events():
    event = read("/api/1/share/x/3/a%2Fb,c", "by=mail", custom=("share",), numeric=False)

    assert parts(event) == ["share", "x", 3, ["a/b", "c"], {}, {"by": "mail"}]
    assert refusal(lambda: read("/api/1/share/x/3/a", "")) == "event"
    assert refusal(lambda: read("/api/1/click/x/3/a", "")) == "item"
    assert refusal(lambda: read("/api/1/click/x/a/a", "", numeric=False)) == "item"
    assert refusal(lambda: read("/api/1/click/x/3/", "", numeric=False)) == "item"


def test_parameters_of_every_event_stand_apart():
    event = read(ITEM, "eid=" + UUID.upper() + "&token=t&jsonpCallback=page.$done_2")

    assert [event.eid, event.token, event.callback, event.extra] == [UUID, "t", "page.$done_2", {}]


def test_values_are_stored_as_numbers_and_prices_as_texts():
    cases = (
        ("buy", "fullprice=12.450EUR", {"price": "12.450", "currency": "EUR", "quantity": 1}),
        ("buy", "quantity=3", {"quantity": 3}),
        ("consume", "percentage=7", {"percentage": 7}),
        ("rate", "rating=0", {"rating": 0}),
        ("wishlist", "price=456JPY", {"price": "456", "currency": "JPY"}),
        ("click", "categorypath=/", {}),
        ("buy", "overridetimestamp=2012-01-01T11:00:00&signature=a", {"quantity": 1}),
    )
    for kind, query, expected in cases:
        assert read("/api/1/" + kind + "/x/1/1", query).values() == expected


def test_a_callback_is_a_path_of_identifiers():
    for good in ("done", "a.b.c", "$", "_1", "a" * 128):
        check_callback(good)
    for bad in ("", ".", "a.", ".a", "1a", "a-b", "a b", "a[0]", "a;b", "ä", "a" * 129, "a\n"):
        assert refusal(lambda: check_callback(bad)) == "callback"


def test_what_is_built_is_what_the_vendor_has():
    event = Event(
        kind="transfer", customer="00000", user="a b/c", target="john@doe", extra={"lang": "de"}
    )
    shown = Event(
        kind="rendered", customer="1", user="x", itemtype=1, items=["1", "2"], eid=UUID, token="t",
        parameters={"scenario": "top five", "modelid": "m"}, callback="done",
    )  # fmt: skip

    assert build(event) == "/api/00000/login/a%20b%2Fc/john%40doe?lang=de"
    assert build(shown, prefix="ebl") == (
        "/ebl/1/rendered/x/1/1,2?modelid=m&scenario=top%20five&eid=" + UUID + "&token=t&jsonpCallback=done"
    )  # fmt: skip


def test_every_event_that_is_built_is_read_back():
    for kind, form, required, optional in EVENTS:
        values = {
            "rating": "5", "scenario": "s/1", "triggername": "T", "categorypath": "a/b", "percentage": "9", "quantity": "2",
            "fullprice": "1.5EUR", "price": "7JPY", "modelid": "ä", "overridetimestamp": "2012-01-01T11:00:00", "signature": "f",
        }  # fmt: skip
        has_item = form == "item"
        event = Event(
            kind=kind,
            customer="00000",
            user="a+b&c=d%/😀",
            target="t" if form == "login" else "",
            itemtype=1 if has_item else 0,
            items=["11"] if has_item else [],
            parameters={name: values[name] for name in required + optional},
            extra={"a b": "c&d", "e": ""},
            eid=UUID,
        )
        path, _, query = build(event).partition("?")

        assert read(path, query) == event


def test_what_no_address_can_say_is_not_built():
    def click(kind="click", user="x", itemtype=1, items=("1",), customer="1", target="", parameters=None, extra=None, eid="", callback=""):  # fmt: skip
        return Event(
            kind=kind, customer=customer, user=user, target=target, itemtype=itemtype, items=list(items), parameters=parameters,
            extra=extra, eid=eid, callback=callback,
        )  # fmt: skip

    assert build(click()) == "/api/1/click/x/1/1"
    for bad in (
        click(user="a\\b"), click(user=""), click(user=".."), click(items=[]), click(items=["0"]), click(itemtype=0),
        click(kind="Click"), click(parameters={"percentage": "5"}), click(extra={"categorypath": "a"}), click(extra={"eid": UUID}),
        click(extra={"": "a"}), click(eid="1"), click(callback="1"), click(user="x" * LONGEST), click(target="y"),
        click(parameters={"categorypath": "null"}), click(kind="rate"), click(customer="a,b/c\\"),
    ):  # fmt: skip
        assert refusal(lambda: build(bad)) != "none", bad


def test_an_address_that_is_too_long_is_not_built():
    event = Event(
        kind="click", customer="1", user="x", itemtype=1, items=["1"], extra={"a": "€" * 907}
    )
    longer = Event(
        kind="click", customer="1", user="x", itemtype=1, items=["1"], extra={"a": "€" * 908}
    )

    assert len(build(event)) <= LONGEST < len(build(event)) + 18
    assert refusal(lambda: build(longer)) == "address"


def test_text_is_utf8_or_refused():
    for text in ("", "aZ09-._~", "ä", "€", "😀", "a b+c%d/e", "\x00\x7f", "\U0010ffff", "\ue000"):
        assert decoded(encoded(text, path="x"), path="x") == text
    assert encoded("ä/ ~", path="x") == "%C3%A4%2F%20~"
    assert decoded("%c3%A4", path="x") == "ä"


def test_pieces_are_taken_apart_before_they_are_decoded():
    assert pieces_of("/api/1/click/a%2Fb") == ["api", "1", "click", "a/b"]
    assert parameters_of("a=1&a=2&&=3&b&c=a=b") == {"a": "1", "b": "", "c": "a=b"}


def test_the_text_of_the_vendors_signature():
    event = read("/api/00000/buy/johndoe/1/11", "quantity=1&overridetimestamp=2012-01-01T11%3A00%3A00&fullprice=19.99EUR&lang=de")  # fmt: skip

    assert signed_text(event, "8695-1828-92810-5535-4239") == (
        "1&11&8695-1828-92810-5535-4239&fullprice=19.99EUR&overridetimestamp=2012-01-01T11%3A00%3A00&quantity=1"
    )


def granted(event=None, kinds=None, items=None, page="", referrer="", customer="00000", now_s=99):
    grant = Grant(customer=customer, until_s=100, kinds=kinds, items=items, page=page)
    again = grant_of(grant.as_list())
    return again.objection(event or read(ITEM, ""), referrer=referrer, now_s=now_s)


def test_a_grant_is_for_a_customer_kinds_items_a_page_and_a_time():
    shown = read("/api/00000/rendered/x/1/1,2", "")
    opened = read("/api/00000/triggeropened/x", "triggername=a")

    assert granted() == ""
    assert granted(kinds=["click"], items=["1/1"], page="https://a.test/p?q=1") == ""
    assert granted(shown, items=["1/1", "1/2", "1/3"]) == ""
    assert "expired" in granted(now_s=100)
    assert "customer" in granted(customer="1")
    assert "'click'" in granted(kinds=["buy", "rate"])
    assert "items" in granted(items=["1/2"])
    assert "items" in granted(items=["2/1"])
    assert "items" in granted(shown, items=["1/1"])
    assert "items" in granted(opened, items=["1/1"])


def test_a_page_is_compared_as_far_as_browsers_tell_it():
    page = "https://a.test/p/1"
    for referrer in ("", page, "https://a.test/", "https://a.test", page + "?utm=1"):
        assert granted(page=page, referrer=referrer) == "", referrer
    for referrer in ("https://b.test/p/1", "https://a.test/p/2", "https://a.test:8443/p/1", "x"):
        assert "page" in granted(page=page, referrer=referrer), referrer
    assert granted(page="https://a.test", referrer="https://a.test/p/2") == ""


def test_what_is_no_grant_is_none():
    good = ["1", ["click"], [], "", 100]
    assert grant_of(good).as_list() == good
    for at, wrong in ((0, 1), (1, "click"), (1, [1]), (2, None), (3, None), (4, "1"), (4, True)):
        bad = list(good)
        bad[at] = wrong
        assert grant_of(bad) is None, bad
    for bad in (None, {}, [], good + [1]):
        assert grant_of(bad) is None

"""Redirects, and how they never go round in circles."""

from given import moment

from pyrite.core.personalization.redirects import COOKIE, absolute, noted, refusal


def at(url, cookie=""):
    return moment(url=url, cookie=f"{COOKIE}={cookie}" if cookie else "")


def test_addresses_are_completed():
    base = "https://a.test:8443/x/y?z"
    for url, whole in (
        ("https://b.test/#top", "https://b.test/"),
        ("//b.test/c", "https://b.test/c"),
        ("/c?d", "https://a.test:8443/c?d"),
        ("c", "c"),
        ("#top", "https://a.test:8443/x/y?z"),
    ):
        assert absolute(url, base) == whole, url


def test_only_addresses_of_pages_are_followed():
    for url in ("/b", "b?x=1:2", "https://b.test/", "HTTP://b.test", "//b.test"):
        assert refusal("i", url, at("https://a.test/")) == "", url
    for url in ("javascript:alert(1)", " javascript:1", "java\nscript:1", "data:,x", "blob:x"):
        assert "expected an http or https address" in refusal("i", url, at("https://a.test/")), url


def test_a_page_does_not_lead_to_itself():
    for url in ("https://a.test/x#y", "/x", "#y", ""):
        assert "to itself" in refusal("i", url, at("https://a.test/x")), url


def test_an_item_does_not_lead_on_from_where_the_last_redirect_has_led():
    there = noted("one", "/b", at("https://a.test/a"))
    back = noted("two", "/a", at("https://a.test/b", there))

    assert refusal("two", "/a", at("https://a.test/b", there)) == ""
    assert "round in circles" in refusal("one", "/b", at("https://a.test/a", back))
    assert refusal("one", "/b", at("https://a.test/other", back)) == ""


def test_an_item_leads_on_three_times_in_a_minute_at_most():
    cookie = ""
    for turn in range(3):
        now = at(f"https://a.test/a?{turn}", cookie)
        assert refusal("one", "/b", now) == ""
        cookie = noted("one", "/b", now)

    assert "round in circles" in refusal("one", "/b", at("https://a.test/a?3", cookie))


def test_the_cookie_does_not_grow_for_ever():
    cookie = ""
    for turn in range(50):
        cookie = noted(f"item {turn}", f"/{turn}", at("https://a.test/", cookie))

    assert len(cookie.split("!")) == 11


def test_the_cookie_takes_any_name_and_address():
    item, url = "ü;=!" * 100, "/ö?" + "x" * 5000
    cookie = noted(item, url, at("https://a.test/"))

    assert len(cookie) < 500
    assert [char for char in cookie if char in "; =,"] == []
    assert "round in circles" in refusal(item, "/c", at("https://a.test" + url, cookie))


def test_without_cookies_nothing_is_followed():
    assert "needs a cookie" in refusal("i", "/b", moment(cookiesEnabled=False))

"""Moments and their texts."""

from given import moment

from pyrite.core.moment import local, utc


def test_a_moment_in_utc_is_written_with_milliseconds():
    assert utc(0) == "1970-01-01T00:00:00.000Z"
    assert utc(1795157627711) == "2026-11-20T06:53:47.711Z"
    assert utc(951782400000) == "2000-02-29T00:00:00.000Z"
    assert utc(4107542399999) == "2100-02-28T23:59:59.999Z"


def test_local_time_carries_its_offset_east_of_greenwich():
    assert local(1795157627711, 0) == "2026-11-20T06:53:47.711+00:00"
    assert local(1795157627711, -60) == "2026-11-20T07:53:47.711+01:00"
    assert local(1795157627711, 210) == "2026-11-20T03:23:47.711-03:30"


def test_facts_of_the_wrong_kind_count_as_missing():
    assert moment(url=3).text("url") == ""
    assert moment(screenWidth="wide").number("screenWidth") == 0
    assert moment(viewportWidth=1280.0).number("viewportWidth") == 1280
    for nonsense in (float("nan"), float("inf"), 1e300, None):
        assert moment(screenWidth=nonsense).number("screenWidth") == 0


def test_a_frame_without_an_address_is_on_the_site_of_the_page_that_made_it():
    assert moment().site() == "https://www.site.test/page?a=1"
    assert moment(url="about:srcdoc", origin="http://a.test:1").site() == "http://a.test:1"
    assert moment(url="blob:https://a.test/x", origin="https://a.test").site() == "https://a.test"
    assert moment(origin="London").site() == "https://www.site.test/page?a=1"
    for url in ("about:blank", "file:///x.html", "data:text/html,<a href=http://a.test/>"):
        assert moment(url=url, origin="null").site() == ""


def test_a_command_that_waited_was_made_earlier():
    assert moment(now_ms=5000, age_ms=1200).made_ms == 3800

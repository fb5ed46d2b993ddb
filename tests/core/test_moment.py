"""What a moment knows."""

from given import moment


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

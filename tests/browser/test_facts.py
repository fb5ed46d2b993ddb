"""What a page is like: read once a moment, and only as much as is asked for."""

import pytest
from fake_window import Window
from js_values import Array, JsError, Obj

from pyrite.browser.facts.facts import LIGHT, Facts
from pyrite.browser.facts.page_facts import new_id, read


class Reader:
    """Notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def __call__(self, light: bool) -> dict[str, object]:
        self.asked.append(light)
        return {"url": "u"} if light else {"url": "u", "screenWidth": 1280}


def test_a_light_fact_reads_light_facts_alone() -> None:
    reader = Reader()
    facts = Facts(reader, None, whole=False)

    assert (facts.get("url"), facts.get("url")) == ("u", "u")
    assert reader.asked == [True]
    assert facts.get("screenWidth") == 1280
    assert reader.asked == [True, False]


def test_where_all_will_be_asked_for_they_are_read_in_one_go() -> None:
    reader = Reader()
    facts = Facts(reader, None, whole=True)
    facts.get("url")
    facts.get("screenWidth")

    assert reader.asked == [False]


def test_a_fact_that_was_set_is_not_read_over() -> None:
    facts = Facts(Reader(), {"model": "x"}, whole=False)
    facts.set("url", "set")

    assert facts.get("screenWidth") == 1280
    assert facts.get("url") == "set"
    assert facts.get("hints") == {"model": "x"}


def test_the_facts_of_a_page(page_window: Window) -> None:
    page_window.document.cookie = "name=value"
    page_window.navigator.globalPrivacyControl = True
    found = read(False)

    assert found == {
        "url": "https://www.site.test/",
        "origin": "https://www.site.test",
        "referrer": "",
        "screenWidth": 1280,
        "screenHeight": 720,
        "screenOrientation": "landscape-primary",
        "viewportWidth": 1280,
        "viewportHeight": 720,
        "timezone": "Europe/Rome",
        "timezoneOffset": 0,
        "cookie": "name=value",
        "cookiesEnabled": True,
        "gpc": True,
        "online": True,
        "topDomain": "site.test",
        "device": "",
    }
    assert sorted(read(True)) == sorted(LIGHT)


def test_a_fact_that_can_t_be_read_is_left_out_and_says_why(page_window: Window) -> None:
    def throws() -> None:
        raise JsError("no zone")

    page_window.Intl = Obj(DateTimeFormat=throws)
    found = read(False)

    assert "timezone" not in found
    assert found["unread"] == "timezone: no zone"
    assert found["online"] is True


@pytest.mark.parametrize(
    ("host", "domain"),
    [("www.a.site.test", "site.test"), ("127.0.0.1", ""), ("localhost", "")],
)
def test_the_widest_domain_that_takes_cookies(page_window: Window, host: str, domain: str) -> None:
    page_window.enter(page_window.world, f"https://{host}/")

    assert read(True)["topDomain"] == domain
    assert page_window.world.cookie() == ""


def test_a_frame_without_an_origin_has_no_cookies(page_window: Window) -> None:
    page_window.document.cookie = "name=value"
    page_window.origin = "null"
    found = read(True)

    assert (found["cookie"], found["cookiesEnabled"], found["topDomain"]) == ("", False, "")


def test_in_quirks_mode_the_body_has_the_windows_size(page_window: Window) -> None:
    page_window.document.compatMode = "BackCompat"
    page_window.document.body.clientWidth = 800
    page_window.document.body.clientHeight = 600

    assert read(False)["viewportWidth"] == 800


def test_a_page_whose_date_is_another_has_no_offset(page_window: Window) -> None:
    class Other:
        def getTimezoneOffset(self) -> int:  # noqa: N802
            return 99

    page_window.Date = Other

    assert read(False)["timezoneOffset"] == 0


def test_the_time_zone_comes_from_temporal_where_there_is_one(page_window: Window) -> None:
    page_window.Temporal = Obj(Now=Obj(timeZoneId=lambda: "Asia/Tokyo"))

    assert read(False)["timezone"] == "Asia/Tokyo"


def test_the_device_that_the_base_code_named(page_window: Window) -> None:
    names = Array(["alloy"])
    names.device = "device-7"  # type: ignore[attr-defined]
    page_window.__dict__["__alloyNS"] = names

    assert read(True)["device"] == "device-7"


def test_ids_are_of_version_4_without_random_uuid_too(page_window: Window) -> None:
    page_window.Uint8Array = lambda count: count
    page_window.crypto = Obj(getRandomValues=lambda count: Array([255] * count))
    assert new_id() == "ffffffff-ffff-4fff-bfff-ffffffffffff"

    page_window.crypto = None
    page_window.Math = Obj(random=lambda: 0)
    assert new_id() == "00000000-0000-4000-8000-000000000000"

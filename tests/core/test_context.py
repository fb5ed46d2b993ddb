"""The context of an event, to the field name."""

from given import moment

from pyrite.core.collect.context import context, one_time_referrer

ALL = ["web", "device", "environment", "placeContext"]


def test_the_groups_collect_exactly_alloys_fields():
    xdm = context(
        ALL, moment(referrer="https://search.test/", timezone="Europe/Berlin", timezoneOffset=-60)
    )
    details = xdm.pop("implementationDetails")

    assert xdm == {
        "timestamp": "2026-11-20T06:53:47.711Z",
        "web": {
            "webPageDetails": {"URL": "https://www.site.test/page?a=1"},
            "webReferrer": {"URL": "https://search.test/"},
        },
        "device": {"screenHeight": 720, "screenWidth": 1280, "screenOrientation": "landscape"},
        "environment": {
            "type": "browser",
            "browserDetails": {"viewportWidth": 1280, "viewportHeight": 720},
        },
        "placeContext": {
            "localTime": "2026-11-20T07:53:47.711+01:00",
            "localTimezoneOffset": -60,
            "ianaTimezone": "Europe/Berlin",
        },
    }
    assert sorted(details) == ["environment", "name", "version"]


def test_groups_that_were_not_asked_for_are_left_out():
    assert sorted(context(["web"], moment())) == ["implementationDetails", "timestamp", "web"]


def test_hints_are_collected_only_when_asked_for():
    hints = {
        "architecture": "x86",
        "bitness": "64",
        "model": "",
        "platformVersion": "15",
        "wow64": False,
        "brands": [],
    }

    assert (
        "userAgentClientHints"
        not in context(ALL, moment(hints=hints))["environment"]["browserDetails"]
    )
    found = context(["highEntropyUserAgentHints"], moment(hints=hints))["environment"][
        "browserDetails"
    ]["userAgentClientHints"]
    assert found == {
        "architecture": "x86",
        "bitness": "64",
        "model": "",
        "platformVersion": "15",
        "wow64": False,
    }


def test_the_analytics_referrer_is_sent_once():
    groups = ["oneTimeAnalyticsReferrer"]
    told = moment(referrer="https://search.test/")

    assert one_time_referrer(groups, told, None) == {
        "__adobe": {"analytics": {"referrer": "https://search.test/"}}
    }
    assert one_time_referrer(groups, told, "https://search.test/") == {
        "__adobe": {"analytics": {"referrer": ""}}
    }
    assert one_time_referrer([], told, None) == {}


def test_sizes_that_could_not_be_read_are_left_out():
    xdm = context(ALL, moment(screenWidth=None, screenHeight=float("nan"), viewportWidth="wide"))

    assert xdm["device"] == {"screenOrientation": "landscape"}
    assert xdm["environment"]["browserDetails"] == {"viewportHeight": 720}

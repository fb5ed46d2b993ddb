"""The context groups of an event, with the exact XDM names.

Pure: the page's facts come in a Moment. Facts: `url`, `referrer`, `screenWidth`, `screenHeight`, `screenOrientation`,
`viewportWidth`, `viewportHeight`, `timezone`, `timezoneOffset` (minutes, west positive), `hints` (an object).
Source: Adobe's Web SDK 2.33, "automatically collected information".
"""

from ..dates import local, utc
from ..moment import Moment

NAME = "https://pyrite.dev/ns/tracker"
VERSION = "0.1.0"


def context(groups: list[str], moment: Moment) -> dict[str, object]:
    """The XDM that *groups* collect, with `timestamp` and `implementationDetails`, which every event has."""
    xdm: dict[str, object] = {
        "timestamp": utc(moment.made_ms),
        "implementationDetails": {"name": NAME, "version": VERSION, "environment": "browser"},
    }
    if "web" in groups:
        xdm["web"] = {
            "webPageDetails": {"URL": moment.text("url")},
            "webReferrer": {"URL": moment.text("referrer")},
        }
    if "device" in groups:
        xdm["device"] = _device(moment)
    environment = _environment(groups, moment)
    if environment:
        xdm["environment"] = environment
    if "placeContext" in groups:
        xdm["placeContext"] = _place(moment)
    return xdm


def one_time_referrer(groups: list[str], moment: Moment, last: str | None) -> dict[str, object]:
    """`data` for Adobe Analytics: the referrer when it differs from *last*, else an empty text; {} when not asked for."""
    if "oneTimeAnalyticsReferrer" not in groups:
        return {}
    referrer = moment.text("referrer")
    return {"__adobe": {"analytics": {"referrer": "" if referrer == last else referrer}}}


def _device(moment: Moment) -> dict[str, object]:
    device = _sizes(moment, ["screenHeight", "screenWidth"])
    orientation = moment.text("screenOrientation").partition("-")[0]
    if orientation in ("portrait", "landscape"):
        device["screenOrientation"] = orientation
    return device


def _environment(groups: list[str], moment: Moment) -> dict[str, object]:
    environment: dict[str, object] = {}
    browser: dict[str, object] = {}
    if "environment" in groups:
        environment["type"] = "browser"
        browser.update(_sizes(moment, ["viewportWidth", "viewportHeight"]))
    hints = moment.facts.get("hints")
    if "highEntropyUserAgentHints" in groups and isinstance(hints, dict):
        names = ("architecture", "bitness", "model", "platformVersion", "wow64")
        browser["userAgentClientHints"] = {name: hints[name] for name in names if name in hints}
    if browser:
        environment["browserDetails"] = browser
    return environment


def _sizes(moment: Moment, names: list[str]) -> dict[str, object]:
    """Those of the facts *names* that could be read."""
    return {
        name: moment.number(name)
        for name in names
        if moment.number(name) or moment.facts.get(name) == 0
    }


def _place(moment: Moment) -> dict[str, object]:
    offset = moment.number("timezoneOffset")
    place: dict[str, object] = {
        "localTime": local(moment.made_ms, offset),
        "localTimezoneOffset": offset,
    }
    if moment.text("timezone"):
        place["ianaTimezone"] = moment.text("timezone")
    return place

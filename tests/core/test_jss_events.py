"""Events of Sitecore JSS: kinds by their key, and what no service takes."""

from given import raises

from pyrite.core.jss.events import JssRefused, check, event_kind, event_type, is_guid

GUID = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"

TAKEN = [
    ({"eventId": "Download"}, "event", "jss.event"),
    ({"goalId": "Instant Demo"}, "goal", "jss.goal"),
    ({"outcomeId": "o", "currencyCode": "usd", "monetaryValue": 0}, "outcome", "jss.outcome"),
    ({"outcomeId": GUID, "monetaryValue": " -1337.50 "}, "outcome", "jss.outcome"),
    ({"outcomeId": GUID, "monetaryValue": "1e3", "currencyCode": None}, "outcome", "jss.outcome"),
    ({"campaignId": GUID}, "campaign", "jss.campaign"),
    ({"pageId": GUID, "url": ""}, "pageview", "web.webpagedetails.pageViews"),
    ({"pageId": GUID.lower(), "url": "/a?b#c ü"}, "pageview", "web.webpagedetails.pageViews"),
    ({"goalId": "g", "extra": {"a": [1]}, "monetaryValue": "no"}, "goal", "jss.goal"),
    ({"eventId": "e", "pageId": "no"}, "event", "jss.event"),
    ({"commerceEventId": "add", "lines": []}, "custom", "jss.custom"),
]

REFUSED = [
    ("goal", "body.shape", "events[0]"),
    (["goal"], "body.shape", "events[0]"),
    (None, "body.shape", "events[0]"),
    ({"eventId": ""}, "jss.id", "events[0].eventId"),
    ({"eventId": " "}, "jss.id", "events[0].eventId"),
    ({"goalId": 1}, "jss.id", "events[0].goalId"),
    ({"goalId": None}, "jss.id", "events[0].goalId"),
    ({"campaignId": "x" * 201}, "jss.id", "events[0].campaignId"),
    ({"outcomeId": ["a"]}, "jss.id", "events[0].outcomeId"),
    ({"outcomeId": "o", "monetaryValue": "1,5"}, "jss.money", "events[0].monetaryValue"),
    ({"outcomeId": "o", "monetaryValue": True}, "jss.money", "events[0].monetaryValue"),
    ({"outcomeId": "o", "monetaryValue": ""}, "jss.money", "events[0].monetaryValue"),
    ({"outcomeId": "o", "monetaryValue": "1e"}, "jss.money", "events[0].monetaryValue"),
    ({"outcomeId": "o", "monetaryValue": "--1"}, "jss.money", "events[0].monetaryValue"),
    ({"outcomeId": "o", "monetaryValue": [1]}, "jss.money", "events[0].monetaryValue"),
    ({"outcomeId": "o", "currencyCode": "US"}, "jss.currency", "events[0].currencyCode"),
    ({"outcomeId": "o", "currencyCode": "€€€"}, "jss.currency", "events[0].currencyCode"),
    ({"outcomeId": "o", "currencyCode": 978}, "jss.currency", "events[0].currencyCode"),
    ({"pageId": "home", "url": "/"}, "jss.page", "events[0].pageId"),
    ({"pageId": 7, "url": "/"}, "jss.page", "events[0].pageId"),
    ({"pageId": GUID}, "jss.page", "events[0].url"),
    ({"pageId": GUID, "url": 3}, "jss.page", "events[0].url"),
    ({"pageId": GUID, "url": "x" * 8193}, "jss.page", "events[0].url"),
]


def test_a_kind_is_told_by_its_key():
    for event, kind, type in TAKEN:
        check(event, "events[0]")
        assert (event_kind(event), event_type(kind)) == (kind, type), event


def test_what_no_service_takes_is_refused_with_code_and_path():
    for event, code, path in REFUSED:
        error = raises(JssRefused, check, event, "events[0]")
        assert (error.reason, error.path) == (code, path), event
        assert error.message.startswith(path + ": expected "), error.message


def test_an_error_shows_the_beginning_of_a_long_value():
    error = raises(JssRefused, check, {"goalId": ["x" * 500]}, "events[3]")

    assert len(error.message) < 250
    assert error.message.endswith("…")


def test_a_guid_has_four_forms():
    plain = "110d559f-dea5-42ea-9c1c-8a5df7e70ef9"
    short = plain.replace("-", "")
    for text in (GUID, plain, short, "{" + short + "}", " " + plain.upper() + " "):
        assert is_guid(text), text
    for text in ("", "{}", plain[:-1], plain + "0", "{" + plain, plain + "}", short[:-1] + "g"):
        assert not is_guid(text), text
    assert not is_guid("110d559fdea5-42ea-9c1c-8a5df7e70ef9")

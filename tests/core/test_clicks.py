"""What a click says."""

from pyrite.core.clicks import details_of, event_of, wanted

LINK = {
    "url": "https://www.site.test/next?x=1",
    "host": "www.site.test",
    "pageHost": "www.site.test",
    "protocol": "https:",
    "text": "  Go \n next ",
    "names": [],
    "region": "HEADER",
    "download": False,
    "qualified": None,
    "scripted": False,
}


def link(**facts):
    given = dict(LINK)
    given.update(facts)
    return details_of(given)


def test_a_link_has_name_region_type_and_address():
    assert link() == {
        "linkName": "Go next",
        "linkRegion": "HEADER",
        "linkType": "other",
        "linkUrl": "https://www.site.test/next?x=1",
    }


def test_a_link_without_words_takes_the_first_other_name():
    assert link(text="", names=["", "Logo", "other"])["linkName"] == "Logo"


def test_the_type_is_download_exit_or_other():
    assert link(url="https://www.site.test/a.PDF?x#y")["linkType"] == "download"
    assert link(download=True)["linkType"] == "download"
    assert link(qualified=True)["linkType"] == "download"
    assert link(url="https://www.site.test/a.pdf", qualified=False)["linkType"] == "other"
    assert link(url="https://other.test/", host="other.test")["linkType"] == "exit"
    assert (
        link(url="https://other.test/?back=www.site.test", host="other.test")["linkType"] == "exit"
    )
    assert link(url="mailto:a@b.test", host="", protocol="mailto:")["linkType"] == "other"


def test_a_click_without_name_region_or_address_is_no_event():
    for facts in ({"text": "", "names": []}, {"region": ""}, {"url": ""}, {"scripted": True}):
        assert link(**facts) is None


def test_a_link_around_an_article_does_not_send_the_article():
    assert len(link(text="word " * 500)["linkName"]) == 255


def test_each_type_can_be_switched_off():
    assert wanted(link(), switches={"internalLinkEnabled": False}) is False
    assert wanted(link(download=True), switches={"internalLinkEnabled": False}) is True
    assert wanted(link(download=True), switches={"downloadLinkEnabled": False}) is False
    assert wanted(link(host="other.test"), switches={"externalLinkEnabled": False}) is False
    assert wanted(link(), switches={}) is True


def test_the_event_carries_alloys_fields():
    event = event_of(link(), page="home")

    assert event["xdm"]["eventType"] == "web.webinteraction.linkClicks"
    assert event["xdm"]["web"]["webInteraction"] == {
        "name": "Go next", "region": "HEADER", "type": "other", "URL": "https://www.site.test/next?x=1", "linkClicks": {"value": 1},
    }  # fmt: skip
    assert event["data"]["__adobe"]["analytics"]["contextData"]["a"]["activitymap"] == {
        "page": "home", "link": "Go next", "region": "HEADER", "pageIDType": 1,
    }  # fmt: skip

"""What a click says."""

from given import (
    action,
    all_of,
    answer,
    body,
    configured,
    decisions,
    moment,
    only,
    planner_of,
    proposition,
    steps_of,
)  # fmt: skip

from pyrite.core.collect.clicks import build_event, kept, link_details, wanted
from pyrite.core.effects import kind
from pyrite.core.personalization.interactions import Click

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
    return link_details(given)


def test_a_link_has_name_region_type_and_address():
    assert link() == {
        "linkName": "Go next",
        "linkRegion": "HEADER",
        "linkType": "other",
        "linkUrl": "https://www.site.test/next?x=1",
    }


def test_a_link_without_words_takes_the_first_other_name():
    assert link(text="", names=["", "Logo", "other"])["linkName"] == "Logo"


def test_blanks_of_every_kind_are_one_in_a_links_name():
    assert link(text="\ufeff Add\u00a0to \u2003\u3000cart\u2028")["linkName"] == "Add to cart"
    assert link(text="\ufeff\u00a0", names=["\u200a", "Logo"])["linkName"] == "Logo"
    assert link(text="\ufeff", names=[]) is None
    assert link(text="a\x1cb")["linkName"] == "a\x1cb"


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
    event = build_event(link(), page="home")

    assert event["xdm"]["eventType"] == "web.webinteraction.linkClicks"
    assert event["xdm"]["web"]["webInteraction"] == {
        "name": "Go next", "region": "HEADER", "type": "other", "URL": "https://www.site.test/next?x=1", "linkClicks": {"value": 1},
    }  # fmt: skip
    assert event["data"]["__adobe"]["analytics"]["contextData"]["a"]["activitymap"] == {
        "page": "home", "link": "Go next", "region": "HEADER", "pageIDType": 1,
    }  # fmt: skip


def test_a_link_that_a_callback_has_taken_something_from_is_no_event():
    for name in ("linkName", "linkRegion", "linkType", "linkUrl"):
        for value in (None, "", 5):
            details = dict(link())
            details[name] = value

            assert kept(build_event(details), switches={}) is False, (name, value)
    assert kept(build_event(link()), switches={}) is True
    assert kept({"xdm": {"web": "gone"}}, switches={}) is False


def test_the_type_that_a_callback_leaves_decides_whether_it_is_asked_for():
    changed = dict(link(), linkType="exit")

    assert kept(build_event(changed), switches={"externalLinkEnabled": False}) is False
    assert kept(build_event(changed), switches={"internalLinkEnabled": False}) is True


def test_the_activity_map_says_whether_the_page_has_a_name():
    cases = [
        (None, "https://www.site.test/page?a=1", 0),
        ({"name": "Home"}, "Home", 1),
        ({"name": ""}, "https://www.site.test/page?a=1", 0),
    ]
    for details, page, number in cases:
        tracker = configured(clickCollectionEnabled=True)
        if details is not None:
            xdm = {"web": {"webPageDetails": details}}
            tracker.command(1, "sendEvent", {"xdm": xdm}, moment())
        tracker.command(2, "event", {"type": "without a name"}, moment())
        sent = all_of(tracker.clicked(LINK, moment()), "Send")[-1]
        click = body(sent)["events"][-1]["data"]["__adobe"]["analytics"]["contextData"]["a"]

        assert click["activitymap"]["page"] == page
        assert click["activitymap"]["pageIDType"] == number


HOOKS = (
    ("filterClickDetails", {"clickCollection": {"filterClickDetails": "function"}}),
    ("onBeforeLinkClickSend", {"onBeforeLinkClickSend": "function"}),
)


def rendered_offer(tracker):
    """A click on an offer that *tracker* has rendered."""
    send = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")
    found = proposition("p", action("setText"))
    found["scopeDetails"] = {"decisionProvider": "PYR"}
    render = only(answer(tracker, send, [decisions(found)]), "Render")
    click = Click(marks=[steps_of(render)[0]["mark"]])
    return planner_of(render.plan).interactions.event_of(click)


def test_a_callback_that_throws_cancels_the_click_and_what_it_means_to_offers():
    for hook, options in HOOKS:
        tracker = configured(clickCollectionEnabled=True, **options)
        asked = only(tracker.clicked(LINK, moment(), rendered_offer(tracker)), "Ask")
        effects = tracker.hooked(asked.ticket, value=None, error="no", moment=moment())

        assert [kind(effect) for effect in effects] == ["Log"]
        assert f"{hook} threw: no; the click was not sent" in effects[0].message


def test_a_callback_that_returns_false_drops_the_link_alone():
    for _, options in HOOKS:
        tracker = configured(clickCollectionEnabled=True, **options)
        asked = only(tracker.clicked(LINK, moment(), rendered_offer(tracker)), "Ask")
        effects = tracker.hooked(asked.ticket, value=None, error="", moment=moment())
        event = body(only(effects, "Send"))["events"][-1]["xdm"]

        assert event["eventType"] == "decisioning.propositionInteract"
        assert "webInteraction" not in event["web"]


def test_the_filter_is_asked_before_the_type_is_judged():
    collection = {"filterClickDetails": "function", "internalLinkEnabled": False}
    tracker = configured(clickCollectionEnabled=True, clickCollection=collection)
    for type, count in (("other", 0), ("download", 1)):
        asked = only(tracker.clicked(LINK, moment()), "Ask")
        assert asked.value["pageName"] == "https://www.site.test/page?a=1"
        changed = dict(asked.value, linkType=type, pageName="P")
        effects = tracker.hooked(asked.ticket, value=changed, error="", moment=moment())

        assert len(all_of(effects, "Send")) == count

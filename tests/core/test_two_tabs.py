"""Tabs that are opened together at the first visit: each mints a device id, one is stored, and the other page says which it had sent."""

from given import all_of, answer, body, configured, moment, only

RECALL = ("outbox", "recall", 0)


def event(tracker, call=1, cookie="", **facts):
    """Effects of an event that waits for no others, in a page with these *facts*."""
    options = {"type": "a", "documentUnloading": True}
    return tracker.command(call, "event", options, moment(cookie=cookie, **facts))


def device(send):
    """The device id that a Send carries."""
    return body(send)["xdm"]["identityMap"]["FPID"][0]["id"]


def stored(id):
    """The page's cookies once *id* is stored."""
    return {"cookie": "pyrite_fpid=" + id}


def test_a_page_whose_id_another_tab_has_replaced_goes_on_with_that_and_tells_the_edge():
    tracker = configured()
    first = only(event(tracker, 1), "Send")
    own = device(first)
    answer(tracker, first)
    told = only(tracker.on_timer(RECALL, moment(**stored("other"))), "Send")
    next = only(event(tracker, 2, **stored("other")), "Send")

    assert "former" not in body(first)["meta"]
    assert "/identity/acquire?" in told.url
    assert (device(told), body(told)["meta"]["former"]) == ("other", own)
    assert (device(next), body(next)["meta"]["former"]) == ("other", own)


def test_an_id_that_left_before_the_tracker_was_there_is_told_as_well():
    tracker = configured()
    sent = only(event(tracker, device="early", cookie="pyrite_new=other"), "Send")

    assert (device(sent), body(sent)["meta"]["former"]) == ("other", "early")


def test_a_page_whose_own_id_is_stored_has_nothing_to_tell():
    tracker = configured()
    own = device(only(event(tracker, 1), "Send"))

    assert all_of(tracker.on_timer(RECALL, moment(**stored(own))), "Send") == []


def test_an_id_that_was_there_before_the_page_has_no_former_one():
    tracker = configured()
    event(tracker, 1, **stored("old"))

    assert all_of(tracker.on_timer(RECALL, moment(**stored("new"))), "Send") == []


def test_nothing_is_told_without_consent():
    tracker = configured()
    event(tracker, 1)

    assert tracker.on_timer(RECALL, moment(gpc=True, **stored("other"))) == []

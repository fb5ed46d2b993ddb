"""A page that is configured with `disconnected`: nothing leaves it, and each command that would send says why."""

from given import configured, moment, settled

from pyrite.core.effects import kind
from pyrite.core.tracker import Tracker

SENDING = (
    ("trackEvent", {"events": []}),
    ("event", {"viewStart": True}),
    ("event", {"documentUnloading": True}),
    ("sendEvent", {}),
    ("setConsent", {"consent": [{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}]}),
    ("getIdentity", {}),
    ("appendIdentityToUrl", {"url": "https://www.site.test/"}),
)  # fmt: skip
LEAVING = ("Send", "Keep", "Recall", "SetCookie", "Arm", "Hide")


def left(effects):
    """The kinds among *effects* that send or keep something."""
    return [kind(effect) for effect in effects if kind(effect) in LEAVING]


def test_every_command_that_would_send_is_refused():
    tracker = configured(disconnected=True)
    for name, options in SENDING:
        effects = tracker.command(7, name, options, moment())
        ok, value = settled(effects, 7)
        assert (ok, value["code"]) == (False, "tracker.disconnected"), name
        assert left(effects) == []


def test_commands_that_send_nothing_go_on():
    tracker = configured(disconnected=True)
    for name in ("getDelivery", "getLibraryInfo", "createEventMergeId"):
        assert settled(tracker.command(7, name, {}, moment()), 7)[0], name


def test_neither_clicks_nor_earlier_pages_events_leave():
    tracker = configured(disconnected=True, clickCollectionEnabled=True)
    link = {"tag": "A", "href": "https://www.site.test/next", "text": "next", "path": []}
    effects = tracker.clicked(link, moment()) + tracker.hidden(moment()) + tracker.leaving(moment())
    assert left(effects) == []
    assert left(tracker.on_timer(("outbox", "tick", 0), moment())) == []


def test_content_that_was_hidden_is_shown():
    options = {"datastreamId": "shop", "disconnected": True}
    effects = Tracker("alloy").command(0, "configure", options, moment())

    assert [kind(effect) for effect in effects if kind(effect) != "Watch"] == ["Show", "Settle"]

"""The contract of a page: what happens in it, whether it is one in memory or one in a browser.

Each situation is played on a Visit: tests/testing/test_contract.py has one in memory, e2e/contract one in a real browser.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

HOOKS = (
    "changes",
    "cancels",
    "throws",
)  # what a page's onBeforeEventSend does: adds data.hooked, …


@dataclass(frozen=True)
class Settled:
    """How a promise has ended: its value, or `code`, `message` and `path` of what it was rejected with."""

    ok: bool
    value: dict[str, Any]


class Visit(Protocol):
    """A visitor with one page open at a time, and an edge behind it."""

    def open(self, hook: str = "", **options: Any) -> None:
        """A new page, configured with *options*; *hook* is one of HOOKS. It shows `#a` and a link `#link` to `/next`."""

    def run(self, command: str, options: dict[str, Any] | None = None) -> Settled:
        """How the promise of *command* has ended."""

    def start(self, command: str, options: dict[str, Any] | None = None) -> int:
        """Run *command*, not waiting for its promise; a number for `settled`."""

    def settled(self, number: int) -> Settled:
        """How a promise has ended, once it has."""

    def fails(self, status: int, times: int = 1000) -> None:
        """The edge answers *status* to that many requests: 0 times is well again."""

    def offer(self, item: dict[str, Any]) -> None:
        """From now on the edge offers *item* on every page."""

    def events(self, count: int) -> list[dict[str, Any]]:
        """The first *count* events that the edge has stored, once there are so many: `{xdm, data, …}`."""

    def requests(self) -> list[str]:
        """The last part of each request's path: `interact`, `collect`, `set-consent`, `acquire`; beacons end with `!`."""

    def kept(self, count: int) -> list[str]:
        """The ids in the page's storage, once there are *count*."""

    def cookies(self) -> list[str]:
        """The names of cookies, sorted."""

    def text(self, selector: str) -> str:
        """The text of an element."""

    def click(self) -> None:
        """Click on `#link`; the page stays."""

    def push(self, path: str) -> None:
        """Change the address by history.pushState."""

    def leave(self) -> None:
        """Go to another site; the next `open` comes back."""

    def leave_with(self, *events: dict[str, Any]) -> None:
        """Send *events* and leave at once, in one task."""


def event(id: str, **more: Any) -> dict[str, Any]:
    return {"type": "t", "xdm": {"_id": id}, **more}


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [one["xdm"]["_id"] for one in events]


def an_event_resolves_once_the_edge_has_stored_it(visit: Visit) -> None:
    visit.open()
    ended = visit.run("event", event("e-1", data={"key": "value"}))

    assert ended.ok
    assert ended.value["requestBody"]["events"][0]["xdm"]["_id"] == "e-1"
    stored = visit.events(1)[0]
    assert (stored["xdm"]["_id"], stored["xdm"]["eventType"]) == ("e-1", "t")
    assert stored["data"] == {"key": "value"}
    assert visit.requests() == ["interact"]  # the first one asks for an identity too
    assert visit.kept(0) == []


def the_device_gets_an_id_that_it_keeps(visit: Visit) -> None:
    visit.open()
    visit.run("event", event("e-1"))
    assert "pyrite_fpid" in visit.cookies()
    visit.leave()
    visit.open()
    visit.run("event", event("e-2"))

    devices = [one["xdm"]["identityMap"]["FPID"] for one in visit.events(2)]
    assert devices[0] == devices[1]


def an_unknown_command_is_rejected(visit: Visit) -> None:
    visit.open()
    ended = visit.run("evnt")

    assert not ended.ok
    assert ended.value["code"] == "command.unknown"
    assert "did you mean 'event'?" in ended.value["message"]


def a_wrong_option_is_rejected_with_its_path(visit: Visit) -> None:
    visit.open()
    ended = visit.run("event", {"type": 3})

    assert (ended.ok, ended.value["code"], ended.value["path"]) == (
        False,
        "options.invalid",
        "type",
    )
    assert visit.requests() == []


def where_configure_was_refused_every_command_is(visit: Visit) -> None:
    visit.open(datastreamId=3)
    ended = visit.run("event", event("e-1"))

    assert (ended.ok, ended.value["code"]) == (False, "command.unconfigured")


def a_second_configure_is_rejected(visit: Visit) -> None:
    visit.open()

    assert (
        visit.run("configure", {"datastreamId": "other"}).value["code"]
        == "command.configured_twice"
    )


def without_consent_nothing_leaves(visit: Visit) -> None:
    visit.open(defaultConsent="out")
    ended = visit.run("event", event("e-1"))

    assert (ended.ok, ended.value) == (True, {})
    assert visit.requests() == []
    assert visit.cookies() == []


def events_wait_for_consent(visit: Visit) -> None:
    visit.open(defaultConsent="pending")
    waiting = visit.start("event", event("e-1"))
    chosen = visit.run(
        "setConsent",
        {"consent": [{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}]},
    )

    assert chosen.ok
    assert visit.settled(waiting).ok
    assert ids(visit.events(1)) == ["e-1"]
    assert visit.requests() == ["set-consent", "collect"]
    assert "kndctr_shop_consent" in visit.cookies()


def what_fails_goes_again_with_its_id(visit: Visit) -> None:
    visit.open()
    visit.fails(503, times=1)
    ended = visit.run("event", event("e-1"))
    report = visit.run("getDelivery").value

    assert ended.ok
    assert ids(visit.events(1)) == ["e-1"]
    assert visit.requests() == ["interact", "interact"]
    assert (report["acknowledged"], report["retried"], report["waiting"]) == (1, 1, 0)


def what_could_not_leave_is_kept_and_the_next_page_sends_it(visit: Visit) -> None:
    visit.open()
    visit.fails(503)
    visit.start("event", event("e-1"))
    assert visit.kept(1) == ["e-1"]
    visit.leave()
    visit.fails(200, times=0)
    visit.open()

    assert ids(visit.events(1)) == ["e-1"]
    assert visit.kept(0) == []


def a_beacon_resolves_once_the_browser_has_taken_it(visit: Visit) -> None:
    visit.open()
    ended = visit.run("event", event("e-1", documentUnloading=True))

    assert ended.ok
    assert "responseBody" not in ended.value
    assert ids(visit.events(1)) == ["e-1"]
    assert visit.requests() == ["collect!"]
    assert visit.kept(1) == ["e-1"]  # nobody has acknowledged it


def what_waits_leaves_with_the_page(visit: Visit) -> None:
    visit.open()
    visit.run("event", event("e-1"))
    visit.leave_with(event("e-2"), event("e-3"))

    assert sorted(ids(visit.events(3))) == ["e-1", "e-2", "e-3"]
    # The request that was under way already and the beacon take ways of their own: either may be there first.
    assert visit.requests().count("collect!") == 1


def a_callback_changes_an_event(visit: Visit) -> None:
    visit.open(hook="changes")
    visit.run("event", event("e-1", data={"key": "value"}))

    assert visit.events(1)[0]["data"] == {"hooked": True, "key": "value"}


def a_callback_cancels_an_event(visit: Visit) -> None:
    visit.open(hook="cancels")
    ended = visit.run("event", event("e-1"))

    assert (ended.ok, ended.value) == (True, {})
    assert visit.requests() == []


def a_callback_that_throws_rejects_its_event(visit: Visit) -> None:
    visit.open(hook="throws")
    ended = visit.run("event", event("e-1"))

    assert (ended.ok, ended.value["code"]) == (False, "hook.failed")
    assert visit.requests() == []


def an_offer_is_rendered_and_reported(visit: Visit) -> None:
    visit.offer({"type": "setText", "selector": "#a", "content": "offered"})
    visit.open()
    ended = visit.run("event", event("e-1", viewStart=True))

    assert ended.ok
    assert ended.value["propositions"][0]["renderAttempted"] is True
    assert visit.text("#a") == "offered"
    view, display = visit.events(2)
    assert view["xdm"]["_id"] == "e-1"
    assert display["xdm"]["eventType"] == "decisioning.propositionDisplay"
    assert visit.requests() == ["interact", "interact"]


def an_offer_whose_place_is_missing_is_not_reported(visit: Visit) -> None:
    visit.offer({"type": "setText", "selector": "#missing", "content": "offered"})
    visit.open()
    ended = visit.run(
        "event", event("e-1", viewStart=True, personalization={"untilRendered": True})
    )

    assert ended.ok
    assert visit.requests() == ["interact"]


def an_identity_is_acquired_once(visit: Visit) -> None:
    visit.open()
    first = visit.run("getIdentity").value["identity"]
    second = visit.run("getIdentity", {"namespaces": ["ECID"]}).value["identity"]

    assert len(first["ECID"]) == 38
    assert second["ECID"] == first["ECID"]
    assert visit.requests() == ["acquire"]


def a_click_on_a_link_is_an_event(visit: Visit) -> None:
    visit.open(clickCollectionEnabled=True)
    visit.click()

    xdm = visit.events(1)[0]["xdm"]
    assert xdm["eventType"] == "web.webinteraction.linkClicks"
    link = xdm["web"]["webInteraction"]
    assert (link["name"], link["region"], link["type"]) == ("Next", "BODY", "other")
    assert link["URL"].endswith("/next")


def a_change_of_route_is_a_view(visit: Visit) -> None:
    visit.open(autoViewStart=True)
    visit.push("/second")

    xdm = visit.events(1)[0]["xdm"]
    assert xdm["eventType"] == "web.webpagedetails.pageViews"
    assert xdm["web"]["webPageDetails"]["URL"].endswith("/second")
    assert visit.requests() == ["interact"]


def an_answer_without_an_edges_reason_is_refused_and_kept(visit: Visit) -> None:
    visit.open()
    visit.fails(400)
    ended = visit.run("event", event("e-1"))

    assert (ended.ok, ended.value["code"]) == (False, "edge.refused")
    assert visit.kept(1) == ["e-1"]


def merge_ids_are_fresh(visit: Visit) -> None:
    visit.open()
    ids = [visit.run("createEventMergeId").value["eventMergeId"] for _ in range(2)]

    assert [len(id) for id in ids] == [36, 36]
    assert ids[0] != ids[1]


SITUATIONS: tuple[Callable[[Visit], None], ...] = (
    an_event_resolves_once_the_edge_has_stored_it,
    the_device_gets_an_id_that_it_keeps,
    an_unknown_command_is_rejected,
    a_wrong_option_is_rejected_with_its_path,
    where_configure_was_refused_every_command_is,
    a_second_configure_is_rejected,
    without_consent_nothing_leaves,
    events_wait_for_consent,
    what_fails_goes_again_with_its_id,
    what_could_not_leave_is_kept_and_the_next_page_sends_it,
    a_beacon_resolves_once_the_browser_has_taken_it,
    what_waits_leaves_with_the_page,
    a_callback_changes_an_event,
    a_callback_cancels_an_event,
    a_callback_that_throws_rejects_its_event,
    an_offer_is_rendered_and_reported,
    an_offer_whose_place_is_missing_is_not_reported,
    an_identity_is_acquired_once,
    a_click_on_a_link_is_an_event,
    a_change_of_route_is_a_view,
    an_answer_without_an_edges_reason_is_refused_and_kept,
    merge_ids_are_fresh,
)

"""Processors of a shop, as its own package would have them."""

from dataclasses import dataclass
from typing import Any, TypedDict

import msgspec

from pyrite.edge.jss import TrackEvent, TrackEventArgs


class CartLines(msgspec.Struct):
    commerceEventId: str  # noqa: N815
    lines: list[float]


class Commerce(TrackEvent[CartLines]):
    def track_event(self, body: CartLines, args: TrackEventArgs) -> None:
        if not body.lines:
            args.report_error("a cart without lines")
            return
        if body.commerceEventId == "gift":
            return
        args.record("commerce", data={"total": sum(body.lines)}, value=len(body.lines))
        args.record("goal", definition="Instant Demo")
        args.tell(f"{len(body.lines)} lines")
        args.has_been_tracked()


@dataclass
class Wish:
    wish: str


class Rating(TypedDict):
    stars: int


class Wishes(TrackEvent[Wish]):
    def track_event(self, body: Wish, args: TrackEventArgs) -> None:
        args.record("wish", data={"what": body.wish})
        args.has_been_tracked()


class Ratings(TrackEvent[Rating]):
    def track_event(self, body: Rating, args: TrackEventArgs) -> None:
        args.record("rating", data={"stars": body["stars"], "where": args.page, "whose": args.contact})  # fmt: skip
        args.has_been_tracked()


class Early(TrackEvent[dict[str, Any]]):
    """Takes all goals, and gives an empty list to whoever asks what it has seen."""

    def track_event(self, body: dict[str, Any], args: TrackEventArgs) -> None:
        if "goalId" in body:
            args.record("early", definition=body["goalId"])
            args.has_been_tracked()


class Raising(TrackEvent[dict[str, Any]]):
    def track_event(self, body: dict[str, Any], args: TrackEventArgs) -> None:
        if body.get("boom"):
            args.record("commerce")
            args.identify("crm", "4711")
            raise ZeroDivisionError("holds a secret: 4711")


class Person(msgspec.Struct):
    crmId: str  # noqa: N815


class Identify(TrackEvent[Person]):
    def track_event(self, body: Person, args: TrackEventArgs) -> None:
        args.identify("crm", body.crmId)
        args.record("identify")
        args.has_been_tracked()


class Late(TrackEvent[dict[str, Any]]):
    before = "event"

    def track_event(self, body: dict[str, Any], args: TrackEventArgs) -> None:
        body.clear()


class NeedsArguments(TrackEvent[dict[str, Any]]):
    def __init__(self, wanted: str) -> None:
        self.wanted = wanted


class Undecodable(TrackEvent[int | CartLines | Person]):
    pass


NOT_ONE = 3

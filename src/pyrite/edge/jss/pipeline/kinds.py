"""The five kinds that Sitecore's clients send, each told by its id key: event, goal, outcome, campaign, page view."""

from typing import Any

import msgspec

from ...guids import normal
from .money import amount, currency
from .processor import TrackEvent, TrackEventArgs

ID_LIMIT = 200  # characters of a GUID or an alias
URL_LIMIT = 8192  # characters of a page's address
GUID_EXAMPLE = "'{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}'"


class _EventBody(msgspec.Struct):
    eventId: Any  # noqa: N815


class _GoalBody(msgspec.Struct):
    goalId: Any  # noqa: N815


class _CampaignBody(msgspec.Struct):
    campaignId: Any  # noqa: N815


class _OutcomeBody(msgspec.Struct):
    outcomeId: Any  # noqa: N815
    currencyCode: Any = None  # noqa: N815
    monetaryValue: Any = None  # noqa: N815


class _PageBody(msgspec.Struct):
    pageId: Any  # noqa: N815
    url: Any = None


class Event(TrackEvent[_EventBody]):
    """`{eventId}`."""

    name = "event"

    def track_event(self, body: _EventBody, args: TrackEventArgs) -> None:
        """See TrackEvent."""
        _take(args, "event", "eventId", body.eventId)


class Goal(TrackEvent[_GoalBody]):
    """`{goalId}`."""

    name = "goal"

    def track_event(self, body: _GoalBody, args: TrackEventArgs) -> None:
        """See TrackEvent."""
        _take(args, "goal", "goalId", body.goalId)


class Campaign(TrackEvent[_CampaignBody]):
    """`{campaignId}`."""

    name = "campaign"

    def track_event(self, body: _CampaignBody, args: TrackEventArgs) -> None:
        """See TrackEvent."""
        _take(args, "campaign", "campaignId", body.campaignId)


class Outcome(TrackEvent[_OutcomeBody]):
    """`{outcomeId, currencyCode?, monetaryValue?}`."""

    name = "outcome"

    def track_event(self, body: _OutcomeBody, args: TrackEventArgs) -> None:
        """See TrackEvent."""
        money = code = None
        if body.monetaryValue is not None:
            money = amount(body.monetaryValue)
            if money is None:
                _refuse(args, "jss.money", "monetaryValue", "a number, or one as text", body.monetaryValue)  # fmt: skip
                return
        if body.currencyCode is not None:
            code = currency(body.currencyCode)
            if code is None:
                _refuse(args, "jss.currency", "currencyCode", "three letters such as 'USD'", body.currencyCode)  # fmt: skip
                return
        used = ("outcomeId", "currencyCode", "monetaryValue")
        _take(args, "outcome", "outcomeId", body.outcomeId, used, currency=code or "", money=money)


class Page(TrackEvent[_PageBody]):
    """`{pageId, url}`: a GUID, and any text, which is kept as it is."""

    name = "page"

    def track_event(self, body: _PageBody, args: TrackEventArgs) -> None:
        """See TrackEvent."""
        page, url = body.pageId, body.url
        if not isinstance(page, str) or not normal(page):
            _refuse(args, "jss.page", "pageId", f"the GUID of a page such as {GUID_EXAMPLE}", page)
        elif not isinstance(url, str) or len(url) > URL_LIMIT:
            _refuse(args, "jss.page", "url", f"a text of at most {URL_LIMIT} characters", url)
        else:
            _take(args, "pageview", "pageId", page, ("pageId", "url"), url=url)


KINDS: tuple[type[TrackEvent[Any]], ...] = (Event, Goal, Outcome, Campaign, Page)


def _take(
    args: TrackEventArgs, kind: str, key: str, id: Any, used: tuple[str, ...] = (), **more: Any
) -> None:
    if not isinstance(id, str) or not 0 < len(id.strip()) <= ID_LIMIT:
        expected = f"a GUID or an alias of at most {ID_LIMIT} characters"
        _refuse(args, "jss.id", key, expected, id)
    elif args.record(kind, definition=id, without=used or (key,), **more):
        args.has_been_tracked()


def _refuse(args: TrackEventArgs, code: str, key: str, expected: str, given: Any) -> None:
    args.report_error(f"{key}: expected {expected}, got {given!r:.200}", code=code, path=f".{key}")

"""What holds for one caller, or for the service as a whole; causes.py says what follows.

Both ask the same: the endpoint of a request that is there, `pyrite doctor` of what the store knows.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec

from ....stores.contract import Event, Session, Store
from ...http.call import Call
from ...settings import Settings
from ...settings.jss import TRACKER
from ..arrival import JSS
from ..callers.agents import is_known_robot
from ..callers.consent import Consents
from ..callers.identity import Caller
from ..callers.keys import Keys, given
from ..records import ALIEN
from ..sessions import is_identified
from .causes import Facts

LOOKED_AT = 1000  # of the newest events, whose sessions are asked for cookies
CRAWLER, UNCLASSIFIED = "a crawler that says so", "no human sign has come"


def facts_of_call(call: Call, caller: Caller, settings: Settings, store: Store) -> Facts:
    """What holds for the *caller* who asks, and, where *call* has a key or an `origin`, for those."""
    keys = Keys(settings.jss)
    origin = call.query.get("origin", "") or call.header(b"origin")
    facts = _of_service(settings, keys, key=given(call), origin=origin, call=call)
    facts.consent_missing = not Consents(settings, store).admits(call, caller)
    facts.cookies_missing = caller.is_foreign and caller.is_new
    own = [] if caller.is_new else [caller.contact]
    _add_history(facts, settings, store, own + ([caller.device] if caller.device else []), call.received_ms)  # fmt: skip
    if settings.jss.robots != "ignore" and is_known_robot(call.header(b"user-agent")):
        facts.robot = CRAWLER
    return facts


def facts_of_service(
    settings: Settings, store: Store, *, visitor: str, key: str, origin: str, now_ms: int
) -> Facts:
    """What holds for *visitor* (the one who came last where it is ''), and, unless they are '', for *key* and *origin*."""
    facts = _of_service(settings, Keys(settings.jss), key=key, origin=origin, call=None)
    whose = visitor or _newest(store)
    _add_history(facts, settings, store, [whose] if whose else [], now_ms)
    if settings.jss.explicit_consent:
        given_by = Consents(settings, store).given
        facts.consent_missing = not any(given_by(one) for one in store.names_of(whose)) and not facts.arrived  # fmt: skip
    if not facts.arrived and not settings.jss.keys and facts.key_known is None:
        facts.key_known = False
    return facts


def _of_service(
    settings: Settings, keys: Keys, *, key: str, origin: str, call: Call | None
) -> Facts:
    facts = Facts(enabled=settings.jss.enabled)
    app = keys.find(key)
    if key:
        facts.key_known = app is not None
    if app is not None:
        facts.service_allowed = app.opens(TRACKER)
    if origin and (app is not None or not key):
        apps = [app] if app else keys.all()
        facts.origin_allowed = any(one.takes(origin, call) for one in apps)
    return facts


def _add_history(
    facts: Facts, settings: Settings, store: Store, whose: list[str], now_ms: int
) -> None:
    """Note what the store knows of the visitor with the keys *whose*."""
    keys = list(dict.fromkeys(name for key in whose for name in store.names_of(key)))
    sessions = [one for key in keys for one in store.sessions(key) if one.source == JSS]
    rows = [row for row in store.bad_rows_of(keys) if row.source == JSS] if keys else []
    facts.arrived = bool(sessions or rows)
    if rows:
        facts.bad_row = f"{rows[-1].code}: {rows[-1].message}"
    if not sessions:
        return
    last = max(sessions, key=lambda one: one.last_ms)
    if last.robot is not False:
        facts.robot = CRAWLER if last.robot else UNCLASSIFIED
    if _is_alien(store, last, keys):
        facts.cookies_missing = True
    facts.session_open = last.is_open(now_ms)
    identified = settings.jss.index_anonymous or is_identified(store, keys)
    facts.listed = last.is_listed(now_ms, identified=identified)


def _is_alien(store: Store, session: Session, keys: list[str]) -> bool:
    """Whether all events of *session* came from another site, without a cookie."""
    records = [_jss(event) for event in _events(store, keys) if event.session == session.id]
    return bool(records) and all(one.get(ALIEN) for one in records)


def _events(store: Store, keys: list[str]) -> Iterator[Event]:
    for key in keys:
        yield from list(store.events_of(key))[-LOOKED_AT:]


def _jss(event: Event) -> dict[str, Any]:
    record = msgspec.json.decode(event.body).get("jss")
    return record if isinstance(record, dict) else {}


def _newest(store: Store) -> str:
    """The visitor of the newest session or bad row; '' where there is none."""
    sessions = ((one.last_ms, one.visitor) for one in store.sessions() if one.source == JSS)
    rows = ((row.received_ms, row.visitor) for row in store.bad_rows() if row.source == JSS)
    return max(chain(sessions, rows), default=(0, ""))[1]

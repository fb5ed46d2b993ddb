"""What is known of a contact: its sessions, and what happened in them. For development; an export is complete.

Not for when a session is listed: sessions.py.
"""

from typing import Any

import msgspec

from ....core.dates import utc
from ....stores.contract import Event, Store
from ...settings import Jss
from ..pipeline.processor import CURRENT
from ..sessions import is_identified

SESSIONS = 100  # the newest, that a profile shows
EVENTS = 1000  # the newest
SHOWN = ("kind", "id", "definition", "page", "pageId", "url", "value", "currencyCode", "monetaryValue", "extra")  # fmt: skip


def profile(store: Store, jss: Jss, contact: str, now_ms: int) -> dict[str, Any]:
    """`{contact, identified, sessions: [{id, …, open, listed, entries: [{kind, definition, …}]}]}` of whoever *contact* is."""
    keys = store.names_of(contact)
    identified = is_identified(store, keys)
    sessions = sorted(
        [one for key in keys for one in store.sessions(key)], key=lambda one: one.started_ms
    )[-SESSIONS:]
    entries = _entries(store, keys)
    listed = [
        one.as_record(now_ms, contact=contact, listed=one.is_listed(now_ms, identified=identified or jss.index_anonymous))
        | {"open": one.is_open(now_ms), "entries": entries.get(one.id, [])}
        for one in sessions
    ]  # fmt: skip
    return {"contact": store.canonical(contact), "identified": identified, "sessions": listed}


def _entries(store: Store, keys: list[str]) -> dict[str, list[dict[str, Any]]]:
    """What happened, by session, in the order in which it came; a `current` page is the one that was viewed last before."""
    events = sorted([one for key in keys for one in store.events_of(key)], key=lambda one: one.seq)
    by_session: dict[str, list[dict[str, Any]]] = {}
    pages: dict[str, str] = {}
    for event in events[-EVENTS:]:
        entry = _entry(event)
        if entry is None or not event.session:
            continue
        if entry.get("pageId"):
            pages[event.session] = entry["pageId"]
        elif entry.get("page") == CURRENT:
            entry["page"] = pages.get(event.session, CURRENT)
        by_session.setdefault(event.session, []).append(entry)
    return by_session


def _entry(event: Event) -> dict[str, Any] | None:
    jss = msgspec.json.decode(event.body).get("jss")
    if not isinstance(jss, dict):
        return None
    shown = {name: jss[name] for name in SHOWN if name in jss}
    return {"event": event.id, "made": utc(event.made_ms)} | shown

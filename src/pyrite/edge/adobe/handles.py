"""What the edge answers beside decisions: handles for identity, cookies and location.

Pure. Decisions are decisions.py's. Source: Adobe Edge Network's answers as the Web SDK 2.33 reads them.
"""

from typing import Any

from ...core.event import part
from ...core.visitor.consent import CONSENT_MAX_AGE_S, OUT
from ...core.visitor.identity import CLUSTER_MAX_AGE_S, IDENTITY_MAX_AGE_S, identity_cookie
from .arrival import Arrival

Handle = dict[str, Any]


def interact(arrival: Arrival, *, region: str) -> list[Handle]:
    """The handles for an interact request but its decisions: who it is, and the cookies that go with it."""
    handles = [*identity(arrival), state(arrival, region=region)]
    if region:
        handles.append(
            {
                "type": "locationHint:result",
                "payload": [
                    {"scope": "EdgeNetwork", "hint": region, "ttlSeconds": CLUSTER_MAX_AGE_S}
                ],
            }
        )
    return handles


def identity(arrival: Arrival) -> list[Handle]:
    """`identity:result` for the namespaces that were asked for and are known."""
    namespaces = part(arrival.body, "query", "identity").get("fetch")
    if not isinstance(namespaces, list) or "ECID" not in namespaces:
        return []
    return [
        {
            "type": "identity:result",
            "payload": [{"id": arrival.ecid, "namespace": {"code": "ECID"}}],
        }
    ]


def state(arrival: Arrival, *, region: str, consent: str = "") -> Handle:
    """`state:store`: the consent where it was set; the identity cookie and the location hint unless it was declined."""
    prefix = arrival.source.cookie_prefix
    entries = []
    if consent:
        entries.append(cookie(prefix + "consent", "general=" + consent, CONSENT_MAX_AGE_S))
    if consent == OUT:
        return {"type": "state:store", "payload": entries}
    entries.append(cookie(prefix + "identity", identity_cookie(arrival.ecid), IDENTITY_MAX_AGE_S))
    if region:
        entries.append(cookie(prefix + "cluster", region, CLUSTER_MAX_AGE_S))
    return {"type": "state:store", "payload": entries}


def cookie(key: str, value: str, max_age_s: int) -> dict[str, Any]:
    """One entry of `state:store`."""
    # Lax: the page itself reads it and sends it along, so no other site ever needs to.
    return {"key": key, "value": value, "maxAge": max_age_s, "attrs": {"SameSite": "Lax"}}

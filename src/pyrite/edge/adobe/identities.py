"""Who sent a body: the device id and the ECID that it brings itself, or in a cookie.

Pure. What has not the form of an id is none: it would be found in everybody's texts.
"""

import re
from typing import Any

from ...core.event import part
from ...core.visitor.identity import FPID_COOKIE, MINTED_COOKIE, cookies, parse_ecid
from ..http.problems import Problem
from ..ingest.bodies import parsed
from .early import FACTS

LEVELS = 64  # of a body, below which no identity lies

_DEVICE = re.compile(r"[A-Za-z0-9._:~@=+/-]{2,128}")
_ECID = re.compile(r"[0-9]{10,64}")  # Adobe's have 38 digits
_FORMS = {"FPID": _DEVICE, "ECID": _ECID}


def told(body: dict[str, Any], cookie: str, prefix: str) -> tuple[str, str]:
    """`(device id, ECID)` of a *body* and its Cookie header; '' for what neither says. *prefix* is that of the edge's cookies."""
    values = cookies_of(body, cookie)
    identities = part(body, "xdm", "identityMap") or part(body, "identityMap")
    ecid = parse_ecid(values.get(prefix + "identity", "")) if values else ""
    if not ecid or not _ECID.fullmatch(ecid):
        ecid = first(identities, "ECID")
    return first(identities, "FPID"), ecid


def former(body: dict[str, Any]) -> str:
    """The device id that a page has sent before it took over another tab's; '' where it says none."""
    return first({"FPID": [{"id": part(body, "meta").get("former")}]}, "FPID")


def told_in(content: bytes, cookie: str, prefix: str) -> tuple[str, str]:
    """The same for a body as it came, whatever it is; of one that can't be read only the cookie counts, which names no device."""
    try:
        body = parsed(content, LEVELS).value
    except Problem:
        body = {}
    if not isinstance(body, dict):
        body = {}
    if "raw" in body:
        device, jar = _of_queue(body["raw"])
        known = {"FPID": [{"id": device}]}
        body = {"identityMap": known}
        cookie = cookie or jar
    return told(body, cookie, prefix)


def cookies_of(body: dict[str, Any], cookie: str) -> dict[str, str]:
    """The cookies of a request: those in its header, and those that a page on another site sends in the body."""
    values = cookies(cookie) if cookie else {}
    entries = part(body, "meta", "state").get("entries")
    if not isinstance(entries, list):
        return values
    for entry in entries:
        if (
            isinstance(entry, dict)
            and isinstance(entry.get("key"), str)
            and isinstance(entry.get("value"), str)
        ):
            values[entry["key"]] = entry["value"]
    return values


def first(identities: dict[str, Any], namespace: str) -> str:
    """The first id of *namespace* (`FPID`, `ECID`) that has the form of one."""
    listed = identities.get(namespace)
    if not isinstance(listed, list):
        return ""
    for identity in listed:
        id = identity.get("id") if isinstance(identity, dict) else None
        if isinstance(id, str) and _FORMS[namespace].fullmatch(id):
            return id
    return ""


def _of_queue(queue: Any) -> tuple[str, str]:
    """`(device id, cookies)` that the queue of a page says, in either of its forms; see early.py."""
    if isinstance(queue, list) and len(queue) == 5 and isinstance(queue[2], list):
        facts = dict(zip(FACTS, queue[2], strict=False)) | {"device": queue[3]}
        pieces = facts.get("cookie")
        jar = "; ".join([str(piece) for piece in pieces]) if isinstance(pieces, list) else ""
    else:
        facts = part(queue, "facts") if isinstance(queue, dict) else {}
        text = facts.get("cookie")
        jar = text if isinstance(text, str) else ""
    known = cookies(jar)
    device = known.get(FPID_COOKIE) or known.get(MINTED_COOKIE) or facts.get("device")
    return device if isinstance(device, str) else "", jar

"""Which experiences a visitor gets: the same answer wherever it is computed.

Pure. An experience is a dict as edge/experiences.py reads it from a file: `{id, scope, scopeType, surface, priority, audience,
percentage, variants: [{id, weight, items}]}`. Audiences look at the URL, the referrer and the event's data; the rest of
personalization's conditions have their place in `_holds`.
"""

from .event import part
from .personalization import PAGE_SCOPE, page_surface

BUCKETS = 10000


def decide(
    experiences: list[dict[str, object]],
    *,
    visitor: str,
    event: dict[str, object],
    query: dict[str, object],
) -> list[dict[str, object]]:
    """The propositions for one event of *visitor*: at most one for each scope, that of the highest priority.

    *event* is `{xdm, data}`; *query* is its `query.personalization`. View scopes come along whenever the page's own do.
    """
    wanted = query.get("decisionScopes")
    scopes = wanted if isinstance(wanted, list) else []
    surfaces = query.get("surfaces")
    taken: list[str] = []
    out = []
    order = sorted(
        range(len(experiences)), key=lambda index: (-_number(experiences[index], "priority"), index)
    )
    for index in order:
        experience = experiences[index]
        scope = str(experience.get("scope") or PAGE_SCOPE)
        asked = PAGE_SCOPE if experience.get("scopeType") == "view" else scope
        exclusive = f"{scope}/{experience.get('group') or experience['id']}"
        if (
            not (asked in scopes or (isinstance(surfaces, list) and scope in surfaces))
            or exclusive in taken
        ):
            continue
        variant = (
            variant_for(experience, visitor=visitor) if applies(experience, event=event) else None
        )
        if variant is None:
            continue
        taken.append(exclusive)
        out.append(_proposition(experience, variant, scope))
    return out


def applies(experience: dict[str, object], *, event: dict[str, object]) -> bool:
    """Whether the experience's audience holds for *event* (`{xdm, data}`)."""
    audience = experience.get("audience")
    return _holds(audience, event) if isinstance(audience, dict) else True


def variant_for(experience: dict[str, object], *, visitor: str) -> dict[str, object] | None:
    """The variant *visitor* gets, always the same one; None for a visitor outside `percentage`.

    A visitor's place is `bucket(id of the experience, visitor)`; variants take shares by weight in their order.
    """
    name = str(experience["id"])
    if bucket(name + "/in", visitor) >= _number(experience, "percentage", 100) * BUCKETS / 100:
        return None
    variants = experience.get("variants")
    choices = (
        [variant for variant in variants if isinstance(variant, dict)]
        if isinstance(variants, list)
        else []
    )
    total = sum([_number(variant, "weight", 1) for variant in choices])
    place = bucket(name, visitor) * total / BUCKETS
    for variant in choices:
        place -= _number(variant, "weight", 1)
        if place < 0:
            return variant
    return None


def bucket(salt: str, visitor: str) -> int:
    """0 to 9,999, evenly spread and always the same for the same texts.

    FNV-1a, 32 bit, over the UTF-8 of `salt:visitor`, with murmur3's finish, because FNV's high bits mix poorly.
    """
    value = 0x811C9DC5
    for octet in f"{salt}:{visitor}".encode():
        value = _product(value ^ octet, 0x01000193)
    value = _product(value ^ (value >> 16), 0x85EBCA6B)
    value = _product(value ^ (value >> 13), 0xC2B2AE35)
    return ((value ^ (value >> 16)) * BUCKETS) >> 32


def _product(one: int, other: int) -> int:
    """The lower 32 bits of a product, by way of numbers below 2**53, which JavaScript holds exactly."""
    upper = ((one >> 16) * other) & 0xFFFF
    return ((one & 0xFFFF) * other + upper * 65536) & 0xFFFFFFFF


def _holds(audience: dict[str, object], event: dict[str, object]) -> bool:
    xdm = part(event, "xdm")
    url = str(part(xdm, "web", "webPageDetails").get("URL") or "")
    referrer = str(part(xdm, "web", "webReferrer").get("URL") or "")
    if not _matches(audience.get("url"), url) or not _matches(audience.get("path"), _path(url)):
        return False
    if not _matches(audience.get("referrer"), referrer):
        return False
    data = audience.get("data")
    for name, expected in data.items() if isinstance(data, dict) else ():
        if not _equals(_at(part(event, "data"), name), expected):
            return False
    return True


def _matches(condition: object, text: str) -> bool:
    """Whether *text* meets *condition*: a text (contained), or `{is, contains, starts, ends, not}`, each a text or a list."""
    if condition is None:
        return True
    if isinstance(condition, dict):
        if "not" in condition and _matches(condition["not"], text):
            return False
        return all([_one_matches(how, condition[how], text) for how in condition if how != "not"])
    return _one_matches("contains", condition, text)


def _one_matches(how: str, wanted: object, text: str) -> bool:
    choices = wanted if isinstance(wanted, list) else [wanted]
    for choice in choices:
        piece = str(choice)
        if how == "is" and text == piece:
            return True
        if how == "contains" and piece in text:
            return True
        if how == "starts" and text.startswith(piece):
            return True
        if how == "ends" and text.endswith(piece):
            return True
    return False


def _equals(value: object, expected: object) -> bool:
    if isinstance(expected, list):
        return value in expected
    if isinstance(expected, dict):
        return isinstance(value, str) and _matches(expected, value)
    return value == expected


def _at(value: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _path(url: str) -> str:
    surface = page_surface(url)
    return surface[surface.find("/", 6) :]


def _number(record: dict[str, object], name: str, default: float = 0) -> float:
    value = record.get(name)
    return value if isinstance(value, (int, float)) else default


def _proposition(
    experience: dict[str, object], variant: dict[str, object], scope: str
) -> dict[str, object]:
    characteristics: dict[str, object] = {"eventToken": f"{experience['id']}:{variant['id']}"}
    if experience.get("scopeType") == "view":
        characteristics["scopeType"] = "view"
    return {
        "id": f"PY:{experience['id']}:{variant['id']}",
        "scope": scope,
        "scopeDetails": {
            "decisionProvider": "PYR",
            "activity": {"id": experience["id"]},
            "experience": {"id": variant["id"]},
            "characteristics": characteristics,
        },
        "items": variant.get("items") or [],
    }

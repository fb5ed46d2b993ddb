"""What the visitor allows: in, out or pending.

Pure. The visitor's own choice (the consent cookie) wins over Global Privacy Control, which wins over `defaultConsent`.
"""

from ..errors import ConsentError
from ..event import part
from ..wire import encode

IN = "in"
OUT = "out"
PENDING = "pending"
TCF = "IAB TCF"  # the IAB's Transparency and Consent Framework
CONSENT_MAX_AGE_S = 15552000  # 180 days, as Adobe's edge sets it
EXPECTED = (
    "consent: expected {standard: 'Adobe', version: '1.0', value: {general: 'in' or 'out'}} or "
    "{standard: 'Adobe', version: '2.0', value: {collect: {val: 'y' or 'n'}}} or "
    "{standard: 'IAB TCF', version: '2.0', value: 'CO…'}"
)


def consent_state(*, cookie: str, gpc: bool, default: str) -> str:
    """`in`, `out` or `pending` from the consent *cookie* (`general=in`), Global Privacy Control and the default."""
    choice = _general(cookie)
    if choice:
        return choice
    return OUT if gpc else default


def source(*, cookie: str, gpc: bool) -> str:
    """Why consent is out: the visitor's choice, the browser's signal or the page's default."""
    if _general(cookie):
        return "the visitor declined consent"
    return f"consent is out ({'Global Privacy Control' if gpc else 'defaultConsent'})"


def digests(consent: object, identities: dict[str, object]) -> list[str]:
    """For each record of *consent*, and the *identities* given with it, a short text that changes with what it says, behind one
    for its standard and version.

    The consent cookie says all that `{general}` does: that has none.
    """
    records: list[dict[str, object]] = list(consent) if isinstance(consent, list) else []
    if identities:
        records.append(identities)
    return [
        f"{_digest([record.get('standard'), record.get('version')])}-{_digest(record)}"
        for record in records
        if "general" not in part(record, "value")
    ]


def general(consent: object) -> str:
    """`in` or `out`: what a list of consent records as `setConsent` takes them amounts to; '' where the edge has to tell.

    Reads Adobe 1.0 (`{general}`) and 2.0 (`{collect: {val}}`). The text of IAB TCF 2.0 is for the edge to decode, which
    answers with the consent cookie. Raises ConsentError for anything else.
    """
    answers = [_one(record) for record in consent] if isinstance(consent, list) else []
    if not answers:
        raise ConsentError(
            "consent: expected a list with at least one record, got none", path="consent"
        )
    return OUT if OUT in answers else "" if "" in answers else IN


def _one(record: object) -> str:
    fields = record if isinstance(record, dict) else {}
    standard = fields.get("standard")
    value = fields.get("value")
    if standard == TCF and fields.get("version") == "2.0" and isinstance(value, str) and value:
        return ""
    if standard == "Adobe" and isinstance(value, dict):
        if value.get("general") in (IN, OUT):
            return IN if value["general"] == IN else OUT
        collect = value.get("collect")
        if isinstance(collect, dict) and collect.get("val") in ("y", "n"):
            return IN if collect["val"] == "y" else OUT
    raise ConsentError(EXPECTED + f", got {record!r}", path="consent")


def _digest(value: object) -> str:
    """32 bits of *value* as a text. The products stay below 2**53, which JavaScript holds exactly."""
    number = 0
    for octet in encode(value).encode():
        number = (number * 1000003 + octet) % 4294967291
    return f"{number:x}"


def _general(cookie: str) -> str:
    for pair in cookie.replace("%3D", "=").replace("%3B", ";").split(";"):
        name, _, value = pair.strip(" ").partition("=")
        if name == "general" and value in (IN, OUT):
            return value
    return ""

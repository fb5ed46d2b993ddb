"""One event as JSS clients write it: its kind, told by its key, and what is wrong with it.

Pure. Not for definitions, which only the edge has; nor for kinds that its extensions add, which are sent as they are.
"""

from ..digits import is_digits
from ..errors import TrackerError
from ..event import PAGE_VIEW

# In the order in which the edge looks for them. Source: "JSS Tracking", and the client's own types.
KINDS = (
    ("eventId", "event"),
    ("goalId", "goal"),
    ("outcomeId", "outcome"),
    ("campaignId", "campaign"),
    ("pageId", "pageview"),
)
OTHER = "custom"  # of an extension
ID_LIMIT = 200  # characters of a GUID or an alias
URL_LIMIT = 8192  # characters of a page's address
SHOWN = 100  # characters of a value in an error
_HEX = "0123456789abcdef"
_FORMS = ("32", "8-4-4-4-12")  # of a GUID: lengths of its pieces
_ALIAS = "a GUID or an alias of at most 200 characters"
_PAGE = "the GUID of a page"


class JssRefused(TrackerError):
    """An event that no JSS service takes, whatever is defined there; *reason* is the code that the edge answers, too."""

    def __init__(self, message: str, *, reason: str, path: str) -> None:
        super().__init__(message, path=path)
        self.reason = reason

    def as_record(self) -> dict[str, object]:
        """`{code, message, path}`."""
        return {"code": self.reason, "message": self.message, "path": self.path}


def event_kind(event: dict[str, object]) -> str:
    """The kind of *event*, by the first id key that it has; OTHER where it has none."""
    for key, kind in KINDS:
        if key in event:
            return kind
    return OTHER


def event_type(kind: str) -> str:
    """The `xdm.eventType` of a *kind*: `jss.goal`; a page view counts as a view."""
    return PAGE_VIEW if kind == "pageview" else "jss." + kind


def check(event: object, path: str) -> None:
    """Raises JssRefused where *event* is none, or misses or misuses what its kind asks for; *path* is where it stands."""
    if not isinstance(event, dict):
        raise _refused("body.shape", path, "an object", event)
    for key, kind in KINDS:
        if key in event:
            _check_id(event[key], kind, f"{path}.{key}")
            break
    kind = event_kind(event)
    if kind == "pageview":
        url = event.get("url")
        if not isinstance(url, str) or len(url) > URL_LIMIT:
            raise _refused("jss.page", path + ".url", "a text of at most 8192 characters", url)
    if kind == "outcome":
        _check_money(event, path)


def is_guid(text: str) -> bool:
    """Whether *text* is a GUID: with or without braces and dashes, in either case."""
    bare = text.strip().lower()
    if bare[:1] == "{" and bare[-1:] == "}":
        bare = bare[1:-1]
    pieces = bare.split("-")
    form = "-".join([str(len(piece)) for piece in pieces])
    return form in _FORMS and all([char in _HEX for char in "".join(pieces)])


def _check_id(id: object, kind: str, path: str) -> None:
    if kind == "pageview":
        if not isinstance(id, str) or not is_guid(id):
            raise _refused("jss.page", path, _PAGE, id)
    elif not isinstance(id, str) or not 0 < len(id.strip()) <= ID_LIMIT:
        raise _refused("jss.id", path, _ALIAS, id)


def _check_money(event: dict[str, object], path: str) -> None:
    value = event.get("monetaryValue")
    currency = event.get("currencyCode")
    if value is not None and not _is_amount(value):
        expected = "a number, or one as text"
        raise _refused("jss.money", path + ".monetaryValue", expected, value)
    if currency is not None and not _is_currency(currency):
        expected = "three letters such as 'USD'"
        raise _refused("jss.currency", path + ".currencyCode", expected, currency)


def _is_amount(value: object) -> bool:
    if value is True or value is False:
        return False
    if not isinstance(value, str):
        return isinstance(value, (int, float))
    number, mark, exponent = value.strip().lower().partition("e")
    whole, _, rest = _unsigned(number).partition(".")
    return is_digits(whole + rest) and (mark == "" or is_digits(_unsigned(exponent)))


def _unsigned(text: str) -> str:
    return text[1:] if text[:1] in ("+", "-") else text


def _is_currency(value: object) -> bool:
    if not isinstance(value, str):
        return False
    letters = value.strip().lower()
    return len(letters) == 3 and all(["a" <= letter <= "z" for letter in letters])


def _refused(reason: str, path: str, expected: str, given: object) -> JssRefused:
    value = repr(given)
    if len(value) > SHOWN:
        value = value[:SHOWN] + "…"
    return JssRefused(f"{path}: expected {expected}, got {value}", reason=reason, path=path)

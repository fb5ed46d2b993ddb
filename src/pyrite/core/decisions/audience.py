"""Audiences: conditions on a subject, read once and asked often.

Pure. `build_check` turns the table of an audience into one function; edge/experiences/folder.py has made sure of its form.
A text condition is a text (contained), a list of such, or `{is, contains, starts, ends, not}`, each a text or a list.
A number condition is a number or `{min, max}`; a whole number of days is that day. Addresses and paths are compared without
percent-encoding, paths with a slash at the end, numbers with the parameters of a query that are numbers: both sides alike.
"""

from ..urls import unescaped
from .subject import DAY_MS, Subject, closed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[Subject], bool]
    Test = Callable[[object], bool]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE_MS = 60000
# In the order of their cost: what is dear is asked last.
TEXTS = ("path", "url", "type", "referrer")
NUMBERS = ("views", "days_since_first", "days_since_last")
DEVICES = ("device", "os", "browser")
TABLES = ("query", "data", "xdm", "context")
OTHERS = ("visitor", "consent", "language", "hours", "days", "all", "any", "not")
CONDITIONS = TEXTS + NUMBERS + DEVICES + TABLES + OTHERS


def build_check(audience: dict[str, object]) -> "Check | None":
    """The function that says whether *audience* holds, None where it always does."""
    checks: list[Check] = []
    for name in CONDITIONS:
        if name in audience:
            checks.append(_check(name, audience[name]))
    if len(checks) < 2:
        return checks[0] if checks else None
    return _all(checks)


def _check(name: str, condition: object) -> "Check":
    if name in TEXTS:
        test = text_test(condition, name)
        return lambda subject: test(subject.texts[name])
    if name in NUMBERS:
        return _number_check(name, condition)
    if name in DEVICES:
        values = listed(condition)
        return lambda subject: subject.device()[name] in values
    if name in TABLES:
        return _table_check(name, condition)
    if name in ("all", "any", "not"):
        return _group_check(name, condition)
    if name == "visitor":
        returning = condition == "returning"
        return lambda subject: (subject.visitor.visits > 1) is returning
    if name == "consent":
        return lambda subject: subject.visitor.consent == condition
    if name == "language":
        languages = [str(one).lower() + "-" for one in listed(condition)]
        return lambda subject: any([(subject.language + "-").startswith(one) for one in languages])
    if name == "days":
        days = listed(condition)
        return lambda subject: weekday(subject.local_ms) in days
    spans = parse_spans(listed(condition))
    return lambda subject: within(spans, subject.local_ms)


def _number_check(name: str, condition: object) -> "Check":
    test = count_test(condition)
    if name == "views":
        return lambda subject: test(subject.visitor.views)
    if name == "days_since_first":
        return lambda subject: test((subject.now_ms - subject.visitor.first_ms) / DAY_MS)
    # Without a visit before there is nothing to count from.
    return lambda subject: (
        subject.visitor.previous_ms > 0
        and test((subject.now_ms - subject.visitor.previous_ms) / DAY_MS)
    )


def _table_check(name: str, condition: object) -> "Check":
    table = condition if isinstance(condition, dict) else {}
    if name == "query":
        tests = [(path, parameter_test(table[path])) for path in sorted(table)]
        return lambda subject: all([test(subject.query().get(path)) for path, test in tests])
    tests = [(path, value_test(table[path])) for path in sorted(table)]
    if name == "context":
        return lambda subject: all([test(at(subject.context, path)) for path, test in tests])
    return lambda subject: all([test(at(subject.event.get(name), path)) for path, test in tests])


def _group_check(name: str, condition: object) -> "Check":
    inner: list[Check | None] = [
        build_check(one) for one in listed(condition) if isinstance(one, dict)
    ]

    def held(subject: Subject) -> list[bool]:
        return [check is None or check(subject) for check in inner]

    if name == "any":
        return lambda subject: any(held(subject))
    if name == "not":
        return lambda subject: not any(held(subject))
    return lambda subject: all(held(subject))


def _all(checks: "list[Check]") -> "Check":
    def holds(subject: Subject) -> bool:
        for check in checks:  # noqa: SIM110 - a generator costs more than all of a typical audience
            if not check(subject):
                return False
        return True

    return holds


# ---- conditions on one value -----------------------------------------------------------------------------------------


def text_test(condition: object, kind: str = "") -> "Test":
    """The function that says whether a value is a text that meets *condition*; see `pieces_from` for *kind*."""
    if not isinstance(condition, dict):
        return _one_text("contains", pieces_from(kind, "contains", listed(condition)))
    tests: list[Test] = []
    for how in ("is", "starts", "ends", "contains"):
        if how in condition:
            tests.append(_one_text(how, pieces_from(kind, how, listed(condition[how]))))
    if "not" in condition:
        tests.append(_negated(text_test(condition["not"], kind)))
    return lambda value: all([test(value) for test in tests])


def _negated(test: "Test") -> "Test":
    return lambda value: not test(value)


def pieces_from(kind: str, how: str, wanted: list[object]) -> list[str]:
    """The texts of a condition, as they are compared: those on an address or a `path` (*kind*) like the subject's own."""
    pieces = [str(piece) for piece in wanted]
    if kind:
        pieces = [unescaped(piece) for piece in pieces]
    if kind == "path" and how in ("is", "ends"):
        pieces = [closed(piece) for piece in pieces]
    return pieces


def _one_text(how: str, pieces: list[str]) -> "Test":
    if how == "is":
        return lambda value: isinstance(value, str) and value in pieces
    if how == "starts":
        return lambda value: (
            isinstance(value, str) and any([value.startswith(piece) for piece in pieces])
        )
    if how == "ends":
        return lambda value: (
            isinstance(value, str) and any([value.endswith(piece) for piece in pieces])
        )
    return lambda value: isinstance(value, str) and any([piece in value for piece in pieces])


def number_test(condition: object) -> "Test":
    """The function that says whether a value is a number that meets *condition*."""
    if not isinstance(condition, dict):
        return lambda value: value == condition
    least = condition.get("min")
    most = condition.get("max")

    def holds(value: object) -> bool:
        if not isinstance(value, (int, float)) or value is True or value is False:
            return False
        return not (
            (isinstance(least, (int, float)) and value < least)
            or (isinstance(most, (int, float)) and value > most)
        )

    return holds


def count_test(condition: object) -> "Callable[[float], bool]":
    """The function that says whether a count meets *condition*; a whole number of days is true for all of that day."""
    most = condition.get("max") if isinstance(condition, dict) else condition
    whole = isinstance(most, (int, float)) and most == int(most)
    test = number_test(condition)
    return lambda value: test(value) or (whole and test(int(value)))


def parameter_test(condition: object) -> "Test":
    """The same as `value_test`, for a parameter of a query: it is a text, and a number where the condition is on one."""
    test = value_test(condition)
    if isinstance(condition, dict) and "not" in condition:
        return test
    return lambda value: test(value) or test(_read(value))


def _read(value: object) -> object:
    """The number that a text is, `12` or `-1.5`; *value* itself where it is none."""
    if not isinstance(value, str):
        return value
    whole, _, rest = (value[1:] if value.startswith("-") else value).partition(".")
    plain = whole != "" and all([digit in "0123456789" for digit in whole + rest])
    return float(value) if plain else value


def _equal(value: object, wanted: object) -> bool:
    # Python takes True for 1, JavaScript does not.
    return value == wanted and isinstance(value, bool) is isinstance(wanted, bool)


def value_test(condition: object) -> "Test":
    """The function that says whether any value meets *condition*: equal to it, one of a list, a text or number condition.

    True stands for any value that is there and not false itself, False for none or false.
    """
    if condition is True or condition is False:
        there = condition
        return lambda value: (value is not None and value is not False) is there
    if isinstance(condition, list):
        return lambda value: any([_equal(value, one) for one in condition])
    if not isinstance(condition, dict):
        return lambda value: _equal(value, condition)
    if "min" in condition or "max" in condition:
        return number_test(condition)
    return text_test(condition)


# ---- time ------------------------------------------------------------------------------------------------------------


def weekday(local_ms: int) -> str:
    """`mon` to `sun` at *local_ms*, milliseconds since 1970 on a clock on the wall there."""
    return DAYS[(local_ms // DAY_MS + 3) % 7]  # the first of January 1970 was a Thursday


def parse_spans(texts: list[object]) -> "list[tuple[int, int]]":
    """`09:00-17:30` as minutes of the day, from and to; the end is not part of it."""
    spans = []
    for text in texts:
        start, _, end = str(text).partition("-")
        spans.append((_minutes(start), _minutes(end)))
    return spans


def within(spans: "list[tuple[int, int]]", local_ms: int) -> bool:
    """Whether *local_ms* lies in one of *spans*; one that ends before it begins goes over midnight."""
    minute = local_ms % DAY_MS // MINUTE_MS
    for start, end in spans:
        inside = start <= minute < end if start <= end else minute >= start or minute < end
        if inside:
            return True
    return False


def _minutes(text: str) -> int:
    hours, _, minutes = text.strip(" ").partition(":")
    return int(hours) * 60 + int(minutes)


def at(value: object, path: str) -> object:
    """What stands in *value* at *path*, names of tables with dots between them; None for nothing."""
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def listed(condition: object) -> list[object]:
    """*condition* as a list: one, or all of them."""
    return list(condition) if isinstance(condition, list) else [condition]

"""Times as texts, and texts as times: ISO 8601, and the dates of HTTP.

Pure; of the Gregorian calendar, by Howard Hinnant's algorithms (http://howardhinnant.github.io/date_algorithms.html).
"""

from .digits import is_digits


def utc(now_ms: int) -> str:
    """`2026-11-20T06:53:47.711Z`."""
    return _civil(now_ms) + "Z"


def local(now_ms: int, offset_minutes: int) -> str:
    """`2026-11-20T07:53:47.711+01:00`; *offset_minutes* is west positive, as JavaScript's getTimezoneOffset gives it."""
    east = -offset_minutes
    sign = "-" if east < 0 else "+"
    return f"{_civil(now_ms + east * 60000)}{sign}{_two(abs(east) // 60)}:{_two(abs(east) % 60)}"


def _civil(ms: int) -> str:
    # His "civil_from_days".
    days = ms // 86400000
    rest = ms % 86400000
    days += 719468
    era = days // 146097
    doe = days % 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    day = doy - (153 * mp + 2) // 5 + 1
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (1 if month <= 2 else 0)
    seconds = rest // 1000
    return (
        f"{year:04d}-{_two(month)}-{_two(day)}"
        f"T{_two(seconds // 3600)}:{_two(seconds // 60 % 60)}:{_two(seconds % 60)}.{rest % 1000:03d}"
    )


def _two(number: int) -> str:
    return f"{number:02d}"


def http_date_ms(text: str) -> int:
    """Milliseconds since 1970 of `Fri, 20 Nov 2026 08:49:37 GMT`; 0 where it can't be read."""
    spaced = text.replace(",", " ").replace(":", " ")
    pieces = [piece for piece in spaced.split(" ") if piece]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    if len(pieces) != 8 or pieces[2] not in months:
        return 0
    numbers = [pieces[index] for index in (1, 3, 4, 5, 6)]
    if not all([is_digits(number) for number in numbers]):
        return 0
    day, year, hour, minute, second = [int(number) for number in numbers]
    month = months.index(pieces[2]) + 1
    # His "days_from_civil".
    if month <= 2:
        year -= 1
    shifted = month - 3 if month > 2 else month + 9
    of_era = year % 400
    of_year = (153 * shifted + 2) // 5 + day - 1
    days = year // 400 * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000

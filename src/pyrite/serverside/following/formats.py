"""One line of an access log as what it says: combined (nginx, Apache, varnishncsa) with fields of one's own behind it, or JSON.

Pure. Not for what counts as a view: rules.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

COMBINED, VARNISH, JSON = "combined", "varnish", "json"
FORMATS = (COMBINED, VARNISH, JSON)

# What a line may say of a request, by the names that rules.py knows. JSON's members have these names, or those that `names` says.
KNOWN = ("time", "method", "path", "status", "user_agent", "host")
NOTHING = ("", "-")  # what servers write for what a request has not

_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
# A user's name may hold spaces and brackets, and is the client's: what is looked through for its end is bounded.
_COMBINED = re.compile(
    rf'\S+ \S+ .{{1,256}}? \[([^\]"]{{1,40}})\] {_QUOTED} (\d{{3}}) (?:\d+|-) {_QUOTED} {_QUOTED}',
    re.DOTALL,
)
_MORE = re.compile(rf"\s+(?:{_QUOTED}|([^\s\"]\S*))")
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
_SIGNS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v", b"f": b"\f"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLF_TIME = re.compile(r"(\d{1,2})/(\w{3})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})")


class BadLine(ValueError):
    """A line that is none of the format; the text says what was expected, and nothing of what the line holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A request as the log has it. *path* and *query* are as they were sent; *made_ms* is milliseconds since 1970, *fields* all else
    by name. A request that could not be read by the server has no *method*; *agent* is None where the log has none.
    """

    method: str
    path: str
    query: str
    status: int
    made_ms: int
    agent: str | None = None
    host: str = ""
    fields: dict[str, str] = field(default_factory=dict)


Parse = Callable[[bytes], Entry]


def parser(format: str, *, fields: Sequence[str] = (), names: dict[str, str] | None = None) -> Parse:  # fmt: skip
    """What reads a line, without its end, of *format*. *fields* names what stands behind a combined line, in its order; *names* what
    JSON's members are called where that is not what they are called here. What it returns raises BadLine.
    """
    if format == JSON:
        return lambda line: _of_json(line, names or {})
    return lambda line: _of_combined(line, fields)


def _of_combined(line: bytes, fields: Sequence[str]) -> Entry:
    text = line.decode("latin-1")
    found = _COMBINED.match(text)
    if found is None:
        raise BadLine('expected ADDRESS - USER [TIME] "REQUEST" STATUS BYTES "REFERRER" "AGENT"')
    time, request, status, _, agent = found.groups()
    more: dict[str, str] = {}
    end = found.end()
    for name in fields:
        value = _MORE.match(text, end)
        if value is None:
            raise BadLine(f"expected {len(fields)} fields behind the agent, got {len(more)}")
        more[name] = _unescaped(value[1]) if value[1] is not None else value[2]
        end = value.end()
    method, path = _request(_unescaped(request))
    return _entry(method, path, int(status), _time(time), _unescaped(agent), more)


def _of_json(line: bytes, names: dict[str, str]) -> Entry:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("expected a JSON object") from None
    if not isinstance(record, dict):
        raise BadLine("expected a JSON object")
    ours = {theirs: our for our, theirs in names.items()}
    said = {ours.get(str(name), str(name)): _plain(value) for name, value in record.items()}
    if "request" in said and "path" not in said:
        said["method"], said["path"] = _request(said["request"])
    for name in ("method", "path", "status", "time"):
        if name not in said:
            raise BadLine(f"expected the member {names.get(name, name)!r}")
    status = said["status"]
    if not (status.isascii() and status.isdigit() and len(status) == 3):
        raise BadLine(f"expected a status at {names.get('status', 'status')!r}")
    more = {name: value for name, value in said.items() if name not in KNOWN}
    more["host"] = said.get("host", "")
    agent = said.get("user_agent")
    return _entry(said["method"], said["path"], int(status), _time(said["time"]), agent, more)


def _entry(method: str, path: str, status: int, made_ms: int, agent: str | None, more: dict[str, str]) -> Entry:  # fmt: skip
    # varnishncsa writes the whole address of a request.
    site, slashes, rest = path.partition("://")
    host = _present(more.get("host", ""))
    if slashes and "/" not in site:
        host, slash, rest = rest.partition("/")
        path = slash + rest or "/"
    path, _, query = path.partition("?")
    fields = {name: _present(value) for name, value in more.items() if name != "host"}
    return Entry(
        method=method, path=path, query=query, status=status, made_ms=made_ms,
        agent=None if agent is None else _present(agent), host=host, fields=fields,
    )  # fmt: skip


def _request(line: str) -> tuple[str, str]:
    """The method and address of a request's first line; '' twice for what is none: servers log whatever is sent to them."""
    parts = line.split(" ")
    if len(parts) not in (2, 3) or not parts[0].isalpha() or not parts[1]:
        return "", ""
    return parts[0], parts[1]


def _unescaped(text: str) -> str:
    """What a server has written with escapes: nginx and Apache as `\\xC3`, Apache and Varnish also as `\\"`, `\\n`."""
    raw = text.encode("latin-1")
    if b"\\" in raw:
        raw = _ESCAPE.sub(lambda found: _escaped(found[1]), raw)
    return raw.decode("utf-8", "replace")


def _escaped(sign: bytes) -> bytes:
    return bytes([int(sign[1:], 16)]) if len(sign) == 3 else _SIGNS.get(sign, sign)


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _present(text: str) -> str:
    return "" if text in NOTHING else text


def _time(text: str) -> int:
    """Milliseconds since 1970 of `27/Nov/2026:22:43:09 +0000`, of ISO 8601 (with its zone), or of seconds since 1970."""
    found = _CLF_TIME.fullmatch(text)
    try:
        if found and found[2] in _MONTHS:
            month = _MONTHS.index(found[2]) + 1
            text = f"{found[3]}-{month:02}-{int(found[1]):02}T{found[4]}{found[5]}"
        elif text.replace(".", "", 1).isdecimal() and text.isascii() and len(text) < 20:
            return int(float(text) * 1000)
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise BadLine("expected a time such as 27/Nov/2026:22:43:09 +0000") from None

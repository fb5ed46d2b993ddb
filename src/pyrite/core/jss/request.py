"""A request to any JSS service, byte for byte as Sitecore's own client makes it, and what its answer comes to.

Pure. Differences from the original, as in web/jss/tracking.mjs: no `?` with nothing behind it, and the query of a serviceUrl
stands behind the action. Source: @sitecore-jss/sitecore-jss-tracking 19.0.2.
"""

from ..errors import TrackerError
from ..event import part, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SERVICE = "/sitecore/api/jss/track"
EVENT = "event"


class ServiceRefused(TrackerError):
    """A JSS service answered with a status outside 2xx: *status*, and its answer as *data*."""

    def __init__(self, message: str, *, reason: str, path: str, status: int, data: object) -> None:
        super().__init__(message, path=path)
        self.reason = reason
        self.status = status
        self.data = data

    def as_record(self) -> dict[str, object]:
        """`{code, message, path, status, response: {status, data}}`."""
        return {
            "code": self.reason,
            "message": self.message,
            "path": self.path,
            "status": self.status,
            "response": {"status": self.status, "data": self.data},
        }


def build_url(options: dict[str, object], component: "Callable[[object], str]") -> str:
    """The address that *options* (`host`, `serviceUrl`, `action`, `querystringParams`) name.

    *component* is what JavaScript's String and encodeURIComponent make of a name or a value.
    """
    service, mark, query = (text_at(options, "serviceUrl") or SERVICE).partition("?")
    pairs = [query] if mark else []
    parameters = part(options, "querystringParams")
    for name in parameters:
        pairs.append(component(name) + "=" + component(parameters[name]))
    address = text_at(options, "host") + service + "/" + (text_at(options, "action") or EVENT)
    return address + "?" + "&".join(pairs) if pairs else address


def member(text: str, name: str) -> str:
    """The JSON text of the member *name* of the object whose JSON is *text*, as it stands there; '' where there is none.

    Not decoded and encoded again: keys would be sorted, which is another body. By pieces between quotes, without slices of
    what is inside them: Brython counts an emoji as two.
    """
    pieces: list[str] = []
    depth = 0
    key = ""
    inside = taking = False
    for piece in text.split('"'):
        if inside:
            key = piece
            inside = _ends_escaped(piece)
            if taking:
                pieces.append(piece)
            continue
        begin = 0
        for at in range(len(piece)):
            char = piece[at]
            if char in "{[":
                depth += 1
            elif char in "}],":
                if taking and depth == 1:
                    return '"'.join(pieces + [piece[begin:at]])
                depth -= 0 if char == "," else 1
            elif char == ":" and depth == 1 and key == name:
                taking = True
                begin = at + 1
        if taking:
            pieces.append(piece[begin:])
        inside = True
    return ""


def _ends_escaped(piece: str) -> bool:
    """Whether the quote behind *piece* is part of the string."""
    count = 0
    while count < len(piece) and piece[len(piece) - count - 1] == "\\":
        count += 1
    return count % 2 == 1


def build_body(events: str) -> str:
    """The body with the JSON text *events*: a list of them, also where there is but one."""
    return events if events[:1] == "[" else f"[{events}]"


def build_result(status: int, answer: object, sent: object) -> dict[str, object]:
    """What the promise resolves with: `{requestBody, responseBody?, errors}`; *answer* is what came for *sent*, None for nothing.

    Raises ServiceRefused for a status outside 2xx.
    """
    problem = answer if isinstance(answer, dict) else {}
    if status < 200 or status > 299:
        detail = text_at(problem, "detail") or f"Request failed with status code {status}"
        reason = text_at(problem, "code") or "edge.refused"
        path = text_at(problem, "path")
        raise ServiceRefused(detail, reason=reason, path=path, status=status, data=answer)
    result: dict[str, object] = {"requestBody": sent, "errors": parse_errors(problem)}
    if answer is not None:
        result["responseBody"] = answer
    return result


def parse_errors(answer: dict[str, object]) -> list[dict[str, object]]:
    """`{index, code, message, path}` of each event that an *answer* (207) says was not taken."""
    errors: list[dict[str, object]] = []
    problems = answer.get("errors")
    for problem in problems if isinstance(problems, list) else []:
        if isinstance(problem, dict):
            index = part(problem, "report").get("eventIndex")
            errors.append(
                {
                    "index": index if isinstance(index, int) else -1,
                    "code": text_at(problem, "code"),
                    "message": text_at(problem, "detail") or text_at(problem, "title"),
                    "path": text_at(problem, "path"),
                }
            )
    return errors

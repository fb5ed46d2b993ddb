"""Requests in today's Adobe Edge dialect, and what an answer means.

Pure. Source: Adobe Edge Network as the Web SDK 2.33 speaks it; several events in one body and `xdm._id` are ours on top.
"""

from ..dates import http_date_ms
from ..digits import is_digits
from ..errors import BadAnswer, EdgeRefused, NetworkFailed, TrackerError, WireError
from ..event import list_at, part, text_at
from ..urls import quote
from ..wire import decode

HANDLES = (
    "state:store",
    "identity:result",
    "identity:exchange",
    "activation:push",
    "locationHint:result",
    "personalization:decisions",
    "personalization:rules",
)
QUEUE_TIME_LIMIT_MS = 300000
BACKOFF_MS = 1000
BACKOFF_DOUBLINGS = 6  # up to 64 s
RETRY_AFTER_LIMIT_MS = 3600000
NO_EDGE = (404, 405, 501)  # of servers that know nothing of the address, or of POST


def build_url(root: str, *, hint: str, action: str, datastream: str, request_id: str) -> str:
    """`{root}[/{hint}]/v1/{action}?configId=…&requestId=…`."""
    place = f"/{quote(hint)}" if hint else ""
    return f"{root}{place}/v1/{action}?configId={quote(datastream)}&requestId={request_id}"


def without_query(url: str) -> str:
    """*url* without its query, as errors name it."""
    return url.partition("?")[0]


def no_answer(url: str, message: str) -> NetworkFailed:
    """The error of a request to *url* without an answer."""
    place = f" at {without_query(url)}" if url else ""
    return NetworkFailed(f"no answer from the edge{place}: {message}")


def parse_answer(
    status: int, text: str, *, action: str = "collect", url: str = ""
) -> dict[str, object]:
    """The acknowledgement in a response: `{requestId, handle, …}`, or {} for the 204 of `collect`; nothing else is one.

    Raises EdgeRefused for a status outside 2xx, BadAnswer for a 2xx that is not an answer; *url* is named where nothing
    suggests that an edge is there.
    Source: https://developer.adobe.com/data-collection-apis/docs/, and Pyrite's own edge.
    """
    try:
        answer = decode(text) if text else None
    except WireError:
        answer = None
    if status < 200 or status > 299:
        detail = f" and said {_detail(answer, text)}" if text else ""
        problem = answer if isinstance(answer, dict) else {}
        about = _about(status, problem)
        if not about and status in NO_EDGE:
            detail += f"; set edgeDomain: no edge at {without_query(url)}"
        raise EdgeRefused(
            f"the edge answered with status {status}{detail}",
            status=status,
            about=about,
            reason=text_at(problem, "code"),
            path=text_at(problem, "path"),
        )
    if status == 204 and action == "collect":
        return {}
    if not isinstance(answer, dict) or not isinstance(answer.get("handle"), list):
        raise BadAnswer(
            f"expected an answer with a list 'handle', got {text[:200]!r}; is edgeDomain an edge?"
        )
    return answer


def refusals(answer: dict[str, object]) -> dict[int, TrackerError]:
    """The errors of the events that the edge refused in a body it accepted in part, by their index."""
    errors: dict[int, TrackerError] = {}
    for problem in list_at(answer, "errors"):
        if not isinstance(problem, dict):
            continue
        index = part(problem, "report").get("eventIndex")
        if isinstance(index, int):
            status = problem.get("status")
            message = f"the edge refused the event: {problem.get('title')}"
            errors[index] = EdgeRefused(
                message,
                status=status if isinstance(status, int) else 0,
                reason=text_at(problem, "type").rpartition("/")[2],
                path=text_at(problem, "detail"),
            )
    return errors


def payloads(answer: dict[str, object], type: str) -> list[dict[str, object]]:
    """Every payload object of the handles of one *type*, flattened, in order."""
    objects: list[dict[str, object]] = []
    for handle in list_at(answer, "handle"):
        if not isinstance(handle, dict) or handle.get("type") != type:
            continue
        payload = handle.get("payload")
        for item in payload if isinstance(payload, list) else [payload]:
            if isinstance(item, dict):
                objects.append(item)
    return objects


def unused(answer: dict[str, object]) -> list[object]:
    """The handle types in *answer* that this tracker does not use."""
    types = [part({"": handle}, "").get("type") for handle in list_at(answer, "handle")]
    return [type for type in types if type not in HANDLES]


def is_temporary(status: int) -> bool:
    """Whether a request may be taken another time: 408, 425, 429, 5xx but 501; and what no edge says, such as a portal's own page."""
    return status < 400 or status in (408, 425, 429) or (status >= 500 and status != 501)


def backoff_ms(failures: int, *, retry_after: str, now_ms: int, chance: float) -> int:
    """Milliseconds before the next attempt after so many *failures* in a row: by chance, up to 1, 2, 4, … 64 s ("full jitter").

    What the edge says in Retry-After wins, as seconds or as a date (RFC 9110, 10.2.3), up to an hour.
    """
    text = retry_after.strip(" ")
    if is_digits(text):
        return min(int(text) * 1000, RETRY_AFTER_LIMIT_MS)
    until = http_date_ms(text)
    if until:
        return min(max(until - now_ms, 0), RETRY_AFTER_LIMIT_MS)
    return int(BACKOFF_MS * 2 ** min(failures - 1, BACKOFF_DOUBLINGS) * chance)


def _about(status: int, problem: dict[str, object]) -> str:
    """What an edge refuses with *problem*; '' for 431, and where it is no edge's: only edges tell of the request (`report`)."""
    if status == 431 or not isinstance(problem.get("report"), dict):
        return ""
    code = text_at(problem, "code")  # of Pyrite's edge; Adobe's has none
    if status in (401, 403, 404, 405, 415) or code.startswith("datastream."):
        return "caller"
    return "event" if code else "body"


def _detail(problem: object, text: str) -> str:
    detail = problem.get("detail") or problem.get("title") if isinstance(problem, dict) else None
    if isinstance(detail, str):
        return f"{detail!r}"
    return f"{text[:300]!r}" if problem is None else text[:300]

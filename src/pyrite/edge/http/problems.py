"""Refusals as problem details (RFC 9457): one shape for every failure of the edge."""

import logging
import traceback

import msgspec
from starlette.responses import Response

from ...stores.contract import BadRow

# Characters: a problem may quote what a client has sent, and is kept with each bad row.
DETAIL_LIMIT = 1000
PATH_LIMIT = 200
UNPROVEN = (401, 403)  # statuses of refusals that are counted, and nothing else
TOLD = 5  # problems of one body that are told at length; of the others only what kind they are

log = logging.getLogger("pyrite.edge")


class Problem(Exception):
    """A request is refused with *status*; *code* is stable, *path* names the place in the body, or is empty.

    *content* is what was read of a body that could not be read whole; *cut* that there was more. A *hidden* problem is not for
    pages of other origins to read.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        path: str = "",
        retry_after_s: int | None = None,
        content: bytes = b"",
        cut: bool = False,
        hidden: bool = False,
        keep: bool = False,
    ) -> None:
        detail, path = shortened(detail, DETAIL_LIMIT), shortened(path, PATH_LIMIT)
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.path = path
        self.retry_after_s = retry_after_s
        self.content = content
        self.cut = cut
        self.hidden = hidden
        self.keep = keep  # as a bad row, whatever the status says
        self.row: BadRow | None = None  # that a dialect has made of it, with what its replay needs
        self.is_private = False  # nothing of the call may be kept

    def record(self, request_id: str) -> dict[str, object]:
        """`{type, status, title, detail, code, path, report}`; Adobe's clients read title, detail and report."""
        return {
            "type": f"https://pyrite.dev/problems/{self.code}",
            "status": self.status,
            "title": _TITLES.get(self.status, "The request was refused"),
            "detail": self.detail,
            "code": self.code,
            "path": self.path,
            "report": {"requestId": request_id},
        }

    def response(self, request_id: str) -> Response:
        """The problem as application/problem+json."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        body = msgspec.json.encode(self.record(request_id))
        return Response(body, self.status, headers, media_type="application/problem+json")


def shortened(text: str, limit: int) -> str:
    """*text*, its end cut off where it has more than *limit* characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def unexpected(error: Exception, *, path: str = "") -> Problem:
    """The problem that an accident of the edge's own becomes, and its lines in the log: places in the code, for an error's text
    may quote what a visitor has sent."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("the edge failed with %s at:\n%s", type(error).__name__, places)
    detail = f"the edge failed with {type(error).__name__}; its log says where"
    return Problem(500, "edge.failed", detail, path=path)


_TITLES = {
    400: "The request can't be read",
    401: "The request needs a key",
    403: "This page may not send events here",
    404: "There is nothing here",
    414: "The address is too long",
    405: "This method is not supported here",
    408: "The request took too long",
    413: "The body is too large",
    415: "The body is of a type that can't be read",
    422: "The request can't be processed",
    429: "Too many requests",
    431: "The headers are too large",
    500: "The edge failed",
    503: "The edge can't store events now",
}

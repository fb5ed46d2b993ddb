"""Refusals as problem details (RFC 9457): one shape for every failure of the edge."""

import msgspec
from starlette.responses import Response


class Problem(Exception):
    """A request is refused with *status*; *code* is stable, *path* names the place in the body, or is empty.

    *content* is what was read of a body that could not be read whole; *cut* that there was more.
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
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.path = path
        self.retry_after_s = retry_after_s
        self.content = content
        self.cut = cut

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


_TITLES = {
    400: "The request can't be read",
    403: "This page may not send events here",
    404: "There is nothing here",
    405: "This method is not supported here",
    408: "The request took too long",
    413: "The body is too large",
    415: "The body is of a type that can't be read",
    422: "The request can't be processed",
    429: "Too many requests",
    431: "The headers are too large",
    503: "The edge can't store events now",
}

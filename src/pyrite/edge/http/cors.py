"""The headers by which pages of other origins may read an answer (CORS)."""

Headers = list[tuple[bytes, bytes]]

ALWAYS: Headers = [(b"vary", b"Origin"), (b"accept-encoding", b"gzip")]  # bodies may be packed


class Cors:
    """The headers of one dialect's answers: pages may call by *methods* with *headers*, and read the headers *exposed*."""

    def __init__(
        self,
        *,
        methods: str,
        headers: str = "content-type",
        exposed: str = "retry-after, accept-encoding",
    ) -> None:
        self._answer: Headers = [
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", exposed.encode()),
        ]
        self._preflight: Headers = [
            (b"access-control-allow-methods", methods.encode()),
            (b"access-control-allow-headers", headers.encode()),
            (b"access-control-max-age", b"86400"),
        ]

    def headers(self, origin: str, *, preflight: bool) -> Headers:
        """The headers by which a page of *origin* may read the answer; a *preflight* is told how the page may call.

        A page that may not call reads the refusal, unless that is hidden, and nothing else. Credentials are allowed in both: the tracker's requests carry
        them, and browsers hide an answer that does not say so.
        """
        allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
        if preflight:
            return [*ALWAYS, allowed, *self._answer, *self._preflight]
        return [*ALWAYS, allowed, *self._answer]

"""The headers by which pages of other origins may read an answer (CORS)."""

import re

Headers = list[tuple[bytes, bytes]]

ALWAYS: Headers = [(b"vary", b"Origin"), (b"accept-encoding", b"gzip")]  # bodies may be packed

NAMES = re.compile(
    r"[\w!#$%&'*+.^`|~, -]*", re.ASCII
)  # of headers, as a preflight lists them (RFC 9110, 5.6.2)


def wanted(asked: str, *, known: str = "") -> str:
    """The headers that a preflight is told it may send: the *known* and those it has *asked* for, where that is a list of names.

    Software for tracing puts headers of its own on every request of a page (`baggage`, `traceparent`): refused, a browser would
    hold the whole request back. Their values are read by nobody here.
    """
    names = [*known.split(","), *(asked.split(",") if NAMES.fullmatch(asked) else [])]
    return ", ".join(dict.fromkeys([name.strip().lower() for name in names if name.strip()]))


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
        self._known = headers
        self._preflight: Headers = [
            (b"access-control-allow-methods", methods.encode()),
            (b"access-control-max-age", b"86400"),
        ]

    def headers(self, origin: str, *, preflight: bool, asked: str = "") -> Headers:
        """The headers by which a page of *origin* may read the answer; a *preflight* is told how the page may call, and that it
        may send the headers it has *asked* for.

        A page that may not call reads the refusal, unless that is hidden, and nothing else. Credentials are allowed in both: the tracker's requests carry
        them, and browsers hide an answer that does not say so.
        """
        allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
        if preflight:
            names = (b"access-control-allow-headers", wanted(asked, known=self._known).encode())
            return [*ALWAYS, allowed, *self._answer, *self._preflight, names]
        return [*ALWAYS, allowed, *self._answer]

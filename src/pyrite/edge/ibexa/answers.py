"""What is said to pages: nothing, an image where one is asked for, a call of the page's function, a sentence for people.

Pure.
"""

import json
from typing import Any

from starlette.responses import Response

from ...core.visitor.identity import FPID_MAX_AGE_S
from .arrival import PID_COOKIE

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")  # fmt: skip
_ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def stored(*, image: bool) -> Response:
    """The answer to an event that is on disk."""
    if image:
        return Response(GIF, media_type="image/gif", headers=_ALWAYS)
    return Response(status_code=204, headers=_ALWAYS)


def refused(status: int, code: str, message: str) -> Response:
    """The sentence for people; never markup, whatever *message* quotes."""
    return Response(f"{code}: {message}\n", status, _ALWAYS, "text/plain")


def called(callback: str, said: dict[str, Any]) -> Response:
    """A script that calls *callback*, a path of identifiers, with *said*; 200 always, for browsers run no other."""
    text = json.dumps(said).replace("<", "\\u003c").replace(">", "\\u003e")
    # The comment keeps what begins the answer from being anything else than a script.
    return Response(
        f"/**/{callback}({text});", headers=_ALWAYS, media_type="application/javascript"
    )


def with_cookie(response: Response, id: str, *, secure: bool) -> Response:
    """*response*, which also gives the visitor the *id* of a page without a tracker."""
    response.set_cookie(
        PID_COOKIE, id, max_age=FPID_MAX_AGE_S, httponly=True, samesite="lax", secure=secure
    )
    return response

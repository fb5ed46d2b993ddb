"""Ibexa's dialect: its addresses, what they have to prove, and what each answers.

Not for what an address holds: reader.py and records.py; nor for taking it in: ingest/receive.py.
"""

from starlette.responses import Response
from starlette.types import Scope

from ...core.ibexa.address import LONGEST
from ...core.ibexa.pieces import CONTROLS, check_callback
from ...core.ibexa.refusal import Refused
from ...stores.contract import Receipt
from ..http.call import Call, Route, query_of, raw_path_of
from ..http.callers import Callers
from ..http.cors import Cors
from ..http.problems import Problem
from ..settings import Settings
from . import answers
from .arrival import Arrival
from .proofs import Proofs
from .reader import SIGNED, Reader, is_image
from .records import NAME
from .users import Users

METHODS = ("GET", "POST")
TEXT_TYPES = ("", "application/x-www-form-urlencoded", "text/plain")
ROUTE = Route(NAME, METHODS)
CALLBACK = CONTROLS[2]


class Ibexa(Reader):
    """See Dialect in ingest/dialect.py."""

    cors = Cors(methods=", ".join(METHODS))

    def __init__(self, settings: Settings, callers: Callers, users: Users, proofs: Proofs) -> None:
        """Raises SettingsError."""
        super().__init__(settings, users, proofs)
        self._callers = callers
        self._header_bytes = settings.limits.header_bytes

    def match(self, scope: Scope) -> Route | None:
        """Every address below one of the prefixes is this dialect's."""
        return ROUTE if self._without_prefix(raw_path_of(scope)) else None

    def turns_away(self, call: Call) -> Problem | None:
        """The refusal of a page of another site, and of what is longer than any head may be."""
        self.addressed(call)
        if _size(call) > self._header_bytes:
            return _too_long(call)
        return self._callers.turned_away(call)

    def read(self, call: Call, content: bytes) -> Arrival:
        """See Reader; what is no replay has to prove what its customer asks for."""
        if call.row is None:
            type = call.header(b"content-type").partition(";")[0].strip().lower()
            if call.scope["method"] == "POST" and content and type not in TEXT_TYPES:
                detail = (
                    f"expected parameters as in an address ({TEXT_TYPES[1]}), got {type!r:.100}"
                )
                raise Problem(415, "body.type", detail)
            address = self.with_body(call, content)
            if len(address.path) + len(address.query) > LONGEST:
                raise _too_long(call)
            if address.customer in self._customers:
                address.nonce = self._proofs.signed(call, address.customer)
                address.signed = bool(address.nonce)
                if address.signed:
                    call.context = SIGNED
        return super().read(call, content)

    def answer(self, arrival: Arrival, receipt: Receipt) -> Response:
        """Nothing, an image or a call; and a cookie for a visitor who had none."""
        call = arrival.call
        callback = _callback_of(call)
        if callback:
            response = answers.called(callback, {"status": "ok"})
        else:
            response = answers.stored(image=is_image(call))
        if arrival.minted:
            secure = call.scope.get("scheme") == "https"
            answers.with_cookie(response, arrival.minted, secure=secure)
        return response

    def refuse(self, call: Call, problem: Problem) -> Response:
        """The reason, for people, or to the function that the page names."""
        callback = _callback_of(call)
        if callback:
            said = {"status": "error", "code": problem.code, "message": problem.detail}
            return answers.called(callback, said)
        response = answers.refused(problem.status, problem.code, problem.detail)
        if problem.retry_after_s is not None:
            response.headers["retry-after"] = str(problem.retry_after_s)
        if problem.status == 405:
            response.headers["allow"] = ", ".join(METHODS)
        return response

    def whose(self, call: Call, content: bytes) -> tuple[str, str]:
        """The hash of the user that the address names."""
        return self.addressed(call).hashed, ""


def _callback_of(call: Call) -> str:
    """The function that is to be called; '' where none is named, or none that could be."""
    if b"jsonpCallback" not in call.scope["query_string"]:
        return ""
    given = query_of(call.scope["query_string"]).get(CALLBACK, "")
    try:
        check_callback(given)
    except Refused:
        return ""
    return given


def _size(call: Call) -> int:
    return len(call.scope["path"]) + len(call.scope["query_string"])


def _too_long(call: Call) -> Problem:
    return Problem(
        414, "ibexa.long", f"expected an address of at most {LONGEST} bytes, got {_size(call)}"
    )

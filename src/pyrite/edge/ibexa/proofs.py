"""What a call proves of itself: that a server of ours has signed it, that its page was ours, that the vendor's key was known.

Not for what an event says, nor for keeping nonces: the store does that with the event, in one commit.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import timedelta

from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from itsdangerous import BadData, URLSafeTimedSerializer

from ...core.ibexa.address import signed_text
from ...core.ibexa.events import Event
from ...core.ibexa.grants import (
    SIGNATURE_PARTS,
    SIGNATURE_TAG,
    TOKEN_SALT,
    WINDOW_S,
    grant_of,
)
from ..http.call import Call
from ..http.problems import Problem
from ..settings import IbexaCustomer
from .keys import Keys

NONCE_LENGTHS = (8, 128)
TOKEN_LONGEST = 4096
OPEN, PAGE, SERVER = "open", "page", "server"


class Proofs:
    """Checks calls of *customers* by their *keys*."""

    def __init__(self, customers: dict[str, IbexaCustomer], keys: Keys) -> None:
        """Raises SettingsError."""
        self._customers = customers
        self._licences = {id: customer.licence for id, customer in customers.items()}
        self._keys = keys

    def signed(self, call: Call, customer: str) -> str:
        """What is good once only of a *call* that a server of *customer* has signed; '' where nobody has.

        Raises Problem (401) for a signature that is not good, and a Basic header that isn't.
        """
        self._check_basic(call, customer)
        return self._nonce(call, customer) if b"signature-input" in call.headers else ""

    def check(self, call: Call, event: Event, *, signed: bool) -> None:
        """Raises Problem (401) where *call*, *signed* by a server or not, does not prove what *event* asks for."""
        customer = self._customers[event.customer]
        level = level_of(event, customer)
        if "overridetimestamp" in event.parameters and not self._is_by_vendor(event):
            level = SERVER
        if level == OPEN or signed:
            return
        if level == SERVER:
            raise _refused("missing", f"{event.kind!r} needs a server's signature here (RFC 9421)")
        self._check_token(call, event, customer)

    def _check_basic(self, call: Call, customer: str) -> None:
        given = call.header(b"authorization")
        scheme, _, text = given.partition(" ")
        if scheme.lower() != "basic":
            return
        try:
            secret = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        licence = self._licences[customer]
        expected = f"{customer}:{licence}".encode()
        if not licence or not hmac.compare_digest(secret, expected):
            raise _refused(
                "basic", "expected the customer's id and licence key in the Basic header"
            )

    def _is_by_vendor(self, event: Event) -> bool:
        """Whether the vendor's signature is there. Raises Problem where another one is."""
        given = event.parameters.get("signature", "")
        if not given:
            return False
        licence = self._licences[event.customer]
        digest = hashlib.md5(signed_text(event, licence).encode(), usedforsecurity=False)
        good = hmac.compare_digest(digest.hexdigest().encode(), given.lower().encode())
        if not licence or len(event.items) != 1 or not good:
            raise _refused(
                "signature", "the signature is not the one of this item, price, time and quantity"
            )
        return True

    def _nonce(self, call: Call, customer: str) -> str:
        keys = _Live(self._keys.of(customer))
        verifier = _Verifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys)
        try:
            [result] = verifier.verify(
                _Message(call),
                max_age=None,
                expect_tag=SIGNATURE_TAG,
                require_components=SIGNATURE_PARTS,
                body=call.packed,
            )
        except HTTPMessageSignaturesException as error:
            if keys.unknown:
                raise _refused("key", "no such key is good here") from None
            raise _refused("signature", f"the signature is not good: {error}") from None
        except ValueError:
            raise _refused("signature", "expected one signature") from None
        now_s = call.received_ms / 1000
        created, expires = result.parameters["created"], result.parameters.get("expires", now_s + 1)
        if abs(now_s - float(created)) > WINDOW_S or now_s >= float(expires):
            detail = f"the signature is good for {WINDOW_S} s only, and was made at another time"
            raise _refused("expired", detail)
        nonce = result.nonce or ""
        if not NONCE_LENGTHS[0] <= len(nonce) <= NONCE_LENGTHS[1]:
            raise _refused(
                "signature",
                f"expected a nonce of {NONCE_LENGTHS[0]} to {NONCE_LENGTHS[1]} characters",
            )
        return f"{customer}/{result.parameters['keyid']}/{nonce}"

    def _check_token(self, call: Call, event: Event, customer: IbexaCustomer) -> None:
        if not event.token:
            raise _refused(
                "missing", f"{event.kind!r} needs a page token or a server's signature here"
            )
        id, _, token = event.token.partition(".")
        key = self._keys.of(event.customer).get(id)
        if key is None or len(event.token) > TOKEN_LONGEST:
            raise _refused("key", "no such key is good here")
        signing = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        signer = URLSafeTimedSerializer(key, salt=TOKEN_SALT, signer_kwargs=signing)
        try:
            content, created = signer.loads(token, return_timestamp=True)
        except BadData:
            raise _refused("token", "the token was not made with this key") from None
        grant = grant_of(content)
        if grant is None:
            raise _refused("token", "the token says nothing that is known here")
        # Of a bad row that is replayed: when it came.
        now_s = call.received_ms / 1000
        grant.until_s = min(grant.until_s, int(created.timestamp() + customer.token_minutes * 60))
        objection = grant.objection(event, referrer=call.header(b"referer"), now_s=now_s)
        if objection:
            code = "expired" if now_s >= grant.until_s else "scope"
            raise _refused(code, objection)


def level_of(event: Event, customer: IbexaCustomer) -> str:
    """What *event* has to prove; where pages need tokens, a login and a buy with a price need a server."""
    listed = customer.levels.get(event.kind)
    if listed:
        return listed
    weighty = event.kind == "login" or "fullprice" in event.parameters
    return SERVER if customer.level == PAGE and weighty else customer.level


class _Live(HTTPSignatureKeyResolver):
    """Keys by their ids; *unknown* says that one was asked for that is not there."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys
        self.unknown = False

    def resolve_public_key(self, key_id: str) -> bytes | None:
        """The bytes of a key."""
        key = self._keys.get(key_id)
        self.unknown = key is None
        return None if key is None else key.encode()


class _Verifier(HTTPMessageVerifier):
    """The library's, which leaves the time to us: its clock can't be told."""

    max_clock_skew = timedelta(days=36_500)


class _Headers:
    """All lines of a call's headers, as the library asks for them."""

    def __init__(self, call: Call) -> None:
        self._lines: list[tuple[bytes, bytes]] = call.scope["headers"]

    def items(self) -> list[tuple[str, str]]:
        """Every line, in order."""
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self._lines]


class _Message:
    """A call as the library asks for it. Whoever signs knows the path and the query, and maybe not the host: a proxy has another."""

    def __init__(self, call: Call) -> None:
        scope = call.scope
        query = scope["query_string"].decode("latin-1")
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        self.method = scope["method"]
        self.url = f"https://edge.invalid{path}" + (f"?{query}" if query else "")
        self.headers = _Headers(call)


def _refused(code: str, detail: str) -> Problem:
    return Problem(401, f"auth.{code}", detail)

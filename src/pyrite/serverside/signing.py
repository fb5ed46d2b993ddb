"""HTTP Message Signatures (RFC 9421) of requests to the edge: HMAC-SHA-256 over method, path, query and body.

Not for checking them: the edge does.
"""

import secrets
import time
from datetime import UTC, datetime

from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from ..core.ibexa.grants import SIGNATURE_PARTS, SIGNATURE_TAG

NONCE_BYTES = 16


class Request:
    """A request as the library asks for it."""

    def __init__(self, method: str, url: str, headers: dict[str, str]) -> None:
        self.method = method
        self.url = url
        self.headers = headers


class OneKey(HTTPSignatureKeyResolver):
    """One key, whatever it is called."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def resolve_private_key(self, key_id: str) -> bytes:
        """Its bytes."""
        return self._key

    def resolve_public_key(self, key_id: str) -> bytes:
        """The same."""
        return self._key


def signed_headers(
    method: str,
    url: str,
    *,
    key: str,
    key_id: str,
    body: bytes = b"",
    created_s: float | None = None,
    nonce: str = "",
) -> dict[str, str]:
    """The headers by which the edge knows a request as its own server's: Signature, Signature-Input, and Content-Digest where
    there is a *body*, as it is sent.

    *url* is absolute, and encoded as it is sent; the edge has to be asked by the same path and query. A signature is good once,
    for five minutes from *created_s* (seconds since 1970; now when it is left out): each attempt needs another.
    """
    request = Request(method, url, {})
    when = time.time() if created_s is None else created_s
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=OneKey(key))
    signer.sign(
        request,
        key_id=key_id,
        created=datetime.fromtimestamp(int(when), UTC),
        nonce=nonce or secrets.token_urlsafe(NONCE_BYTES),
        label=SIGNATURE_TAG,
        tag=SIGNATURE_TAG,
        covered_component_ids=SIGNATURE_PARTS,
        body=body or None,
    )
    return request.headers

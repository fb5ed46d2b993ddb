"""Who calls: the contact's cookie, the session's, and the device id of the tracker; and the cookies that go back.

Pure but for minting. Source of the contact's cookie: Sitecore XP, 32 hex digits, `|`, and whether it is known what kind of
visitor that is (`True`), or not yet.
"""

import hashlib
import re
import secrets

import msgspec

from ....core.visitor.identity import FPID_COOKIE, FPID_MAX_AGE_S, cookies
from ...http.call import Call
from ...settings import Jss

Headers = list[tuple[bytes, bytes]]

_GLOBAL = re.compile(r"([0-9a-f]{32})(?:\||%7C)(True|False)", re.ASCII | re.IGNORECASE)
_SESSION = re.compile(r"[\w.-]{8,128}", re.ASCII)
_DEVICE = re.compile(r"[A-Za-z0-9._:~@=+/-]{2,128}", re.ASCII)
_HASHED = 32  # digits of a hash: 128 bits, as many as a session's own random ones


class Caller(msgspec.Struct, kw_only=True):
    """Whose call it is: *contact* is the key of a visitor, *session* the hash of the session's cookie.

    *classified* says that the caller is known for a human; *is_new* that its contact was minted for this call, *token* is the
    cookie of a session that was. *is_foreign* says that page and service are on different sites.
    """

    contact: str
    session: str
    classified: bool = False
    is_new: bool = False
    token: str = ""
    device: str = ""
    is_foreign: bool = False
    is_secure: bool = False

    @property
    def visitor(self) -> str:
        """The key of the visitor: the tracker's device id where the page has one, so that what either sends is one visitor's."""
        return self.device or self.contact


def caller_of(call: Call, jss: Jss) -> Caller:
    """Whose *call* is; what it does not bring, or in no form of ours, is minted."""
    values = cookies(call.cookie) if b"cookie" in call.headers else {}
    known = _GLOBAL.fullmatch(values.get(jss.global_cookie, ""))
    cookie = values.get(jss.session_cookie, "")
    token = "" if _SESSION.fullmatch(cookie) else secrets.token_urlsafe(18)
    device = values.get(FPID_COOKIE, "")
    return Caller(
        contact=known[1].lower() if known else secrets.token_hex(16),
        classified=known is not None and known[2].lower() == "true",
        is_new=known is None,
        session=hashed(token or cookie),
        token=token,
        device=device if _DEVICE.fullmatch(device) else "",
        is_foreign=_is_foreign(call),
        is_secure=call.scope.get("scheme") == "https",
    )


def hashed(cookie: str) -> str:
    """A session's *cookie* as it is stored: whoever reads the database can't take over a session."""
    return hashlib.sha256(b"pyrite.jss.session:" + cookie.encode()).hexdigest()[:_HASHED]


def cookies_for(caller: Caller, jss: Jss, *, classified: bool) -> Headers:
    """The `Set-Cookie` headers of an answer to *caller*, who is *classified* by now; none where the browser has them already."""
    changed = caller.is_new or classified != caller.classified
    headers: Headers = []
    if changed or caller.token:
        value = f"{caller.contact}|{classified}"
        headers.append(_header(f"{jss.global_cookie}={value}; Max-Age={FPID_MAX_AGE_S}", caller))
    if caller.token:
        headers.append(_header(f"{jss.session_cookie}={caller.token}", caller))
    return headers


def _header(pair: str, caller: Caller) -> tuple[bytes, bytes]:
    if caller.is_foreign and caller.is_secure:
        attributes = "SameSite=None; Secure"
    else:
        attributes = "SameSite=Lax" + ("; Secure" if caller.is_secure else "")
    return b"set-cookie", f"{pair}; Path=/; HttpOnly; {attributes}".encode()


def _is_foreign(call: Call) -> bool:
    """Whether page and service are on different sites; browsers that don't say are asked for their hosts, which is stricter."""
    site = call.header(b"sec-fetch-site")
    if site:
        return site == "cross-site"
    origin = call.header(b"origin").partition("://")[2]
    return bool(origin) and _name(origin) != _name(call.header(b"host"))


def _name(host: str) -> str:
    return re.sub(r":\d+$", "", host.lower())

"""Users as they are stored: hashes that only who has the secret can make again, also where they stand in an address.

Pure. In a kept address the user is `~` and the hash, `~!` and the hash where no event could have that user.
"""

import hmac
import re

from ...core.digits import is_digits
from ...core.ibexa.address import USER_PLACE
from ...core.ibexa.events import ME, NOBODY, check_user
from ...core.ibexa.percent import decoded
from ...core.ibexa.refusal import Refused

HASHED, UNREADABLE = "~", "~!"
_HASH = re.compile(r"~(!?)([0-9a-f]{64})")


class Users:
    """Hashes by a *secret*."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def hashed(self, customer: str, user: str) -> str:
        """HMAC-SHA-256 of `customer/user`, in hexadecimal digits."""
        text = f"{customer}/{user}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, text, "sha256").hex()

    def masked(self, path: str, *, nobody: bool = False, me: str = "") -> str:
        """*path*, without its prefix and as it was sent (`/00000/click/johndoe/1/11`), with hashes in place of users.

        With *nobody* it names none; *me* is whom the visitor's cookie names. What stands behind the user is another one unless
        it is a number, as the type of an item is.
        """
        pieces = path.split("/")
        for place in (USER_PLACE, USER_PLACE + 1):
            piece = pieces[place] if place < len(pieces) else ""
            if piece and (place == USER_PLACE or not is_digits(piece)):
                pieces[place] = self._piece(pieces[1], piece, nobody, me)
        return "/".join(pieces)

    def _piece(self, customer: str, piece: str, nobody: bool, me: str) -> str:
        if nobody:
            return NOBODY
        try:
            user = decoded(piece, path="user")
            check_user(user)
        except Refused:
            return UNREADABLE + self.hashed(customer, piece)
        if user == NOBODY or (user == ME and not me):
            return user
        return HASHED + self.hashed(customer, me if user == ME else user)


def hash_of(path: str) -> str:
    """The hash of the first user in a masked *path*; '' where it names none."""
    pieces = path.split("/")[USER_PLACE : USER_PLACE + 2]
    hashes = [match[2] for piece in pieces if (match := _HASH.fullmatch(piece))]
    return hashes[0] if hashes else ""


def hash_in(user: str) -> str:
    """The hash that a user of a kept address is; '' where it is none. Raises Refused for one that no event could have."""
    match = _HASH.fullmatch(user)
    if match is None:
        return ""
    if match[1]:
        raise Refused("no event can have this user", path="user", reason="user")
    return match[2]

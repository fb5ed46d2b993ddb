"""A call as its address was taken apart, and what was read of it.

Pure.
"""

import re

import msgspec

from ...core.visitor.identity import FPID_COOKIE, cookies
from ..http.call import Call
from ..ingest import arrival

PID_COOKIE = (
    "pyrite_pid"  # of visitors whose pages have no tracker: only the edge sets and reads it
)
_DEVICE = re.compile(r"[A-Za-z0-9._:~@=+/-]{2,128}")


class Arrival(arrival.Arrival, kw_only=True):
    """What a call brings: beside what every dialect reads the id that its visitor is given as a cookie, '' for none."""

    call: Call
    minted: str = ""


class Address(msgspec.Struct, kw_only=True):
    """What a call is noted: the *path* behind the prefix and the *query* as they came, body included; who asks, as cookies tell.

    *nobody* says that nobody may be known by it, *signed* that a server of ours has sent it, *nonce* what is good once of that.
    """

    path: str
    query: str
    customer: str
    nobody: bool = False
    device: str = ""  # the tracker's cookie
    pid: str = ""
    hashed: str = ""  # the user, as a bad row keeps it
    signed: bool = False
    nonce: str = ""

    @property
    def me(self) -> str:
        """Whom the visitor's cookies name; '' for nobody."""
        return "" if self.nobody else self.device or self.pid


def devices_of(call: Call) -> tuple[str, str]:
    """What the tracker's cookie and the edge's own say; '' for what has not the form of an id."""
    values = cookies(call.cookie)
    device, pid = [values.get(name, "") for name in (FPID_COOKIE, PID_COOKIE)]
    return (
        device if _DEVICE.fullmatch(device) else "",
        pid if _DEVICE.fullmatch(pid) else "",
    )

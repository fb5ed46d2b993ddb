"""Which session a call belongs to, what it does to it, and which links it makes between visitors.

Not for opening or ending one: the store does, in the transaction that writes.
"""

import re
import secrets
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from ...stores.contract import IDENTIFY, Link, Session, SessionStep, Store, StoreUnavailable
from ..http.gateway import RETRY_AFTER_S
from ..http.problems import Problem
from ..settings import Jss
from .arrival import JSS
from .callers.identity import Caller
from .pipeline.processor import Record

FLUSHED = "flushed"
PERSONS = 100  # links of one person that are looked at for a name of theirs
_CONTACT = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Sessions:
    """The sessions of one service."""

    def __init__(
        self, jss: Jss, store: Store, suspect: Callable[[str], None] = lambda visitor: None
    ) -> None:
        """*suspect* is told of each visitor whose session goes on without a human sign."""
        self._jss = jss
        self._store = store
        self._suspect = suspect
        self._idle_ms = round(jss.session_minutes * 60_000)

    def step(
        self,
        caller: Caller,
        at_ms: int,
        *,
        visitor: str = "",
        robot: bool | None = None,
        records: Iterable[Record] = (),
        opens: bool = False,
        ends: bool = False,
    ) -> SessionStep:
        """What a call of *caller* does to the session. Raises Problem where that can't be looked up now.

        The tracker's device id stands for a contact that has it, so that its calls and those of JSS clients are one session; but
        a session that the contact had opened before goes on. *visitor* is the key of what the tracker sends.
        """
        whose = self._whose(caller, visitor, at_ms)
        if opens and robot is not False:
            self._suspect(whose)
        step = SessionStep(
            datastream=self._jss.datastream,
            source=JSS,
            visitor=whose,
            id=secrets.token_hex(16),
            at_ms=at_ms,
            idle_ms=self._idle_ms,
            key="" if visitor else caller.session,  # the tracker holds none
            end=FLUSHED if ends else "",
            robot=robot,
            opens=opens,
        )
        return with_campaign(step, records)

    def _whose(self, caller: Caller, visitor: str, at_ms: int) -> str:
        device = visitor or caller.device
        if not device:
            return caller.contact
        if caller.is_new:
            return device
        own = self.of(caller.contact)
        return caller.contact if own and own.is_open(at_ms) else device

    def of(self, visitor: str) -> Session | None:
        """The newest session of a *visitor*. Raises Problem."""
        try:
            return self._store.session(self._jss.datastream, JSS, visitor)
        except StoreUnavailable as error:
            detail = str(error)
            raise Problem(503, "store.unavailable", detail, retry_after_s=RETRY_AFTER_S) from None


def with_campaign(step: SessionStep, records: Iterable[Record]) -> SessionStep:
    """*step* with the last campaign among *records*, if there is one."""
    campaigns = [record.id for record in records if record.kind == "campaign"]
    return replace(step, campaign=campaigns[-1]) if campaigns else step


def links_of(
    caller: Caller, identities: Iterable[tuple[str, str]], *, datastream: str, at_ms: int, visitor: str = ""
) -> list[Link]:  # fmt: skip
    """The links that a call makes: the tracker's device is the contact, and the contact is who an extension says.

    *visitor* is the key of what the tracker sends, where it is that.
    """
    pairs = [(visitor or caller.visitor, f"{source}:{name}") for source, name in identities]
    device = visitor or caller.device
    if device and not (visitor and caller.is_new):
        pairs.append((device, caller.contact))
    return [
        Link(datastream=datastream, source=source, target=target, made_ms=at_ms, how=IDENTIFY)
        for source, target in dict.fromkeys(pairs)
    ]


def is_identified(store: Store, keys: Iterable[str]) -> bool:
    """Whether an extension has said who the visitor with these *keys* is."""
    for key in list(keys)[:PERSONS]:
        for link in store.links(key):
            if link.source == key and link.how == IDENTIFY and not _CONTACT.fullmatch(link.target):
                return True
    return False

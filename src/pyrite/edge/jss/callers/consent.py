"""Whether a call may be stored: what the visitor chose comes first, then what the settings or the browser ask for.

Not for how a consent is given: the tracker's `setConsent` does that, for all data streams of a site.
"""

from ....core.visitor.consent import IN, OUT, consent_state
from ....core.visitor.identity import cookies
from ....stores.contract import Store, StoreUnavailable
from ...http.call import Call
from ...http.consents import cookie_prefix
from ...http.gateway import RETRY_AFTER_S
from ...http.problems import Problem
from ...settings import Settings
from .identity import Caller

_BEGINNING, _END = "kndctr_", "consent"  # of the names of the tracker's cookies


class Consents:
    """What visitors have said, by the cookies of the site's data streams and by what the store knows."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._asks = settings.jss.explicit_consent
        self._streams = [*settings.datastreams, settings.jss.datastream]
        orgs = [stream.org or name for name, stream in settings.datastreams.items()]
        # With no data streams listed every name is one.
        self._names = {cookie_prefix(org) + _END for org in orgs}
        self._store = store

    def admits(self, call: Call, caller: Caller) -> bool:
        """Whether what *call* brings may be stored. Raises Problem where that can't be looked up now."""
        choice = self._cookie(call)
        if choice:
            return choice == IN
        if not self._asks and call.header(b"sec-gpc") != "1":
            return True
        return self.given(caller.contact) or (bool(caller.device) and self.given(caller.device))

    def given(self, visitor: str) -> bool:
        """Whether the store knows that *visitor* has given consent. Raises Problem."""
        try:
            visitors = [self._store.visitor(stream, visitor) for stream in self._streams]
        except StoreUnavailable as error:
            detail = str(error)
            raise Problem(503, "store.unavailable", detail, retry_after_s=RETRY_AFTER_S) from None
        return any(known is not None and known.consent == IN for known in visitors)

    def _cookie(self, call: Call) -> str:
        """What the visitor chose by the cookies of this site; of several, that no wins."""
        if b"cookie" not in call.headers:
            return ""
        choices = [
            consent_state(cookie=text.strip('"'), gpc=False, default="")
            for name, text in cookies(call.cookie).items()
            if self._is_ours(name)
        ]
        return OUT if OUT in choices else IN if IN in choices else ""

    def _is_ours(self, name: str) -> bool:
        if not name.startswith(_BEGINNING) or not name.endswith("_" + _END):
            return False
        return name in self._names or not self._names

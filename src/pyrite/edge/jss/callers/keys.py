"""Which apps may call, from which pages, and for what: API keys with their origins and services.

Not for how a refusal is answered: http/gateway.py.
"""

from urllib.parse import quote, unquote_plus

from ...guids import normal
from ...http.call import URL_LIMIT, Call
from ...http.callers import Callers
from ...http.problems import Problem
from ...settings import Jss, JssKey
from ...settings.jss import ANY

PARAMETER = "sc_apikey"  # in the query, or the name of a header
HEADER = PARAMETER.encode()


class App:
    """One key: its *services*, and the pages that may use it."""

    def __init__(self, key: JssKey) -> None:
        self.services = set(key.services)
        self._every = ANY in key.listed
        self._callers = Callers([origin for origin in key.listed if origin != ANY])

    def opens(self, service: str) -> bool:
        """Whether the key is for *service*."""
        return ANY in self.services or service in self.services

    def allows(self, call: Call) -> bool:
        """Whether a page of the call's origin may use it; the edge's own pages may, and whoever is no page."""
        origin = call.header(b"origin")
        return not origin or self.takes(origin, call)

    def takes(self, origin: str, call: Call | None) -> bool:
        """Whether a page of *origin* may use it, by a request such as *call*."""
        if self._every:
            return True
        if call is None:
            return self._callers.may_call(origin, host="", scheme="", server="")
        return self._callers.allows(call, origin)


class Keys:
    """The apps of the settings."""

    def __init__(self, jss: Jss) -> None:
        self._enabled = jss.enabled
        self._apps = {normal(name): App(key) for name, key in jss.keys.items()}

    def find(self, name: str) -> App | None:
        """The app whose key is *name*, in any form of a GUID."""
        return self._apps.get(normal(name))

    def all(self) -> list[App]:
        """Every app."""
        return list(self._apps.values())

    def of(self, call: Call) -> App | None:
        """The app whose key a call brings, in its query or in a header."""
        return self.find(given(call))

    def known(self, call: Call) -> bool:
        """Whether pages of the call's origin may use some key; whoever is no page may."""
        return not call.header(b"origin") or any(one.allows(call) for one in self._apps.values())

    def stranger(self, call: Call) -> Problem | None:
        """The refusal of a page that may use no key at all."""
        return None if self.known(call) else _origin(call)

    def turns_away(self, call: Call, service: str) -> Problem | None:
        """Why *call* may not use *service*; None where it may.

        A preflight passes where the call behind it may be made, or where its refusal is for its page to read: the key may come
        in a header, of which a preflight brings the name alone.
        """
        app = self.of(call)
        asks = call.scope["method"] == "OPTIONS"
        known = self.known(call)
        if not self._enabled:
            off = "the service is off; switch it on by enabled = true under [jss] in pyrite.toml"
            return None if asks and known else Problem(404, "jss.off", off, hidden=not known)
        if app is None:
            if asks:
                return None if known else _origin(call)
            return Problem(401, "jss.key", _unknown(call), hidden=not known)
        if not app.allows(call):
            return _origin(call)
        if not app.opens(service) and not asks:
            detail = f"this key does not open {service!r}; list it under services of the key in [jss.keys]"
            return Problem(403, "jss.service", detail)
        return None


def given(call: Call) -> str:
    """The key that a call brings; '' where it brings none."""
    return call.query.get(PARAMETER, "") or call.header(HEADER)


def without_key(call: Call) -> str:
    """The path and query of a call as far as they are kept: without its key."""
    parameters = [
        pair
        for pair in call.scope["query_string"].decode("latin-1").split("&")
        if unquote_plus(pair.partition("=")[0]).strip() != PARAMETER
    ]
    return f"{quote(call.scope['path'])}?{'&'.join(parameters)}"[:URL_LIMIT]


def _origin(call: Call) -> Problem:
    shown = ascii(call.header(b"origin")[:200])
    detail = f"pages of {shown} may not call with this key; list the origin under its origins in [jss.keys]"
    return Problem(403, "jss.origin", detail, hidden=True)


def _unknown(call: Call) -> str:
    if not given(call):
        return f"expected a key as {PARAMETER!r} in the query, or in a header of that name"
    return "this key is not known; list it as a table under [jss.keys] in pyrite.toml"

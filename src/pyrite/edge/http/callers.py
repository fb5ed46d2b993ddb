"""Which pages may call an edge, and what is said of those that may not.

Not for how they are answered: gateway.py. Not for the form of an origin: origins.py.
"""

import logging
import re
from functools import lru_cache
from ipaddress import ip_address

from ...core.urls import is_loopback
from ..origins import LOCAL, PORTS, checked, normal
from .call import Call
from .problems import Problem

KNOWN = 1000  # answers that are remembered: each request of a page asks the same
# Characters of an origin and a host that are remembered: whoever calls may claim anything.
LONGEST = 1000
TOLD = 20  # origins that the log names: whoever calls may claim any number of them
_HOST = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?", re.ASCII)

log = logging.getLogger("pyrite.edge")


class Callers:
    """The pages that may call one edge: those of the origins *listed*, and of the edge's own host."""

    def __init__(self, listed: list[str]) -> None:
        self._listed = [checked(origin) for origin in listed]
        self._local = LOCAL in self._listed
        self._on_loopback = False
        self._told: set[str] = set()
        self._known: dict[tuple[str, str, str, str], bool] = {}

    def bind(self, address: str) -> None:
        """A server of ours listens on *address*: on loopback, only loopback names are the edge's own."""
        self._on_loopback = _is_loopback(address)
        self._known.clear()

    def may_call(self, origin: str, *, host: str, scheme: str, server: str) -> bool:
        """Whether pages of *origin* may call. The edge is asked as *host* by *scheme*, on its address *server*."""
        key = (origin, host, scheme, server)
        known = self._known.get(key)
        if known is None:
            known = self._may_call(*key)
            if len(origin) + len(host) <= LONGEST:
                if len(self._known) == KNOWN:
                    self._known.clear()
                self._known[key] = known
        return known

    def _may_call(self, origin: str, host: str, scheme: str, server: str) -> bool:
        normalized = normal(origin)
        if normalized in self._listed and normalized != LOCAL:
            return True
        page_scheme, separator, page = normalized.partition("://")
        if not separator:
            return False
        name = _name(page)
        if self._local and page_scheme == "http" and is_loopback(name):
            return True
        # The scheme may differ behind a proxy that ends TLS.
        if page != _own(host, scheme, page_scheme):
            return False
        return page_scheme == "https" or not self._may_be_rebound(name, server)

    def _may_be_rebound(self, name: str, server: str) -> bool:
        """Whether *name* may be a stranger's, who lets it point to this machine (DNS rebinding).

        Not asked for https: such a page reaches a plain edge only by a proxy that has a certificate for the name. Nobody
        can register a name under `.test` (RFC 6761), by which developers call their own machine.
        """
        if is_loopback(name):
            return False
        return self._on_loopback or (_is_loopback(server) and not name.endswith(".test"))

    def allows(self, call: Call, origin: str = "") -> bool:
        """Whether the page of the call's origin may call, or one of *origin*."""
        server = call.scope.get("server") or ("", 0)
        return self.may_call(
            origin or call.header(b"origin"),
            host=call.header(b"host"),
            scheme=call.scope.get("scheme", ""),
            server=server[0],
        )

    def turned_away(self, call: Call) -> Problem | None:
        """The refusal of a *call* by a page that may not; the log tells of its origin."""
        origin = call.header(b"origin")
        if not origin or self.allows(call):
            return None
        self.tell(origin)
        return Problem(403, "origin.unknown", self.refusal(origin))

    def refusal(self, origin: str) -> str:
        """The sentence for a page of *origin*, which may not call."""
        normalized = normal(origin)
        if normalized == "null":
            return (
                "pages of the origin 'null' (opened from a file, or in a sandboxed frame) may not send events here; "
                "open the page by http, and list its origin under [edge] origins in pyrite.toml"
            )
        shown = ascii(normalized or origin[:200])
        return f"pages of {shown} may not send events here; list the origin under [edge] origins in pyrite.toml"

    def tell(self, origin: str) -> None:
        """Log the refusal of *origin*, once for each, with the setting that would take it."""
        normalized = normal(origin)
        name = normalized or origin[:200]
        if name in self._told or len(self._told) >= TOLD:
            return
        self._told.add(name)
        line = self.refusal(origin)
        if normalized not in ("", "null", LOCAL):
            listed = ", ".join([f'"{one}"' for one in [*self._listed, normalized]])
            line += f": origins = [{listed}]"
        log.warning("%s", line)
        if len(self._told) == TOLD:
            log.warning("%d origins were refused; further ones are counted, not named", TOLD)


@lru_cache(1024)
def _own(host: str, scheme: str, page_scheme: str) -> str:
    """The header Host in small letters, without a port that is the default of either scheme."""
    match = _HOST.fullmatch(host.lower())
    if match is None:
        return ""
    name, port = match[1], match[2]
    return name if port in (None, PORTS.get(scheme), PORTS.get(page_scheme)) else f"{name}:{port}"


def _name(host: str) -> str:
    match = _HOST.fullmatch(host)
    return match[1] if match else ""


@lru_cache(1024)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return is_loopback(address)

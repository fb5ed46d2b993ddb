"""A relay: an address of the page's own site that takes its events, and passes them on to an edge from the server.

    app = relay({"upstream": "https://edge.example", "customer": "00000", "queue": "/var/lib/shop/relay.db", "key": "ID:SECRET"}, app)

No page waits for the edge, an outage of it loses nothing, and no word of the address says what it is for. `relay` is for ASGI and
`relay_wsgi` for WSGI; `[relay]` in `pyrite.toml` has `pyrite serve` run one.
"""

from .apps import relay, relay_wsgi
from .settings import RelaySettings

__all__ = ["RelaySettings", "relay", "relay_wsgi"]

"""Writes cookies.

Not for reading them: facts/.
"""

from ..core.effects import SetCookie
from .bridge import put, window


def write_cookie(effect: SetCookie) -> None:
    """Set the cookie of *effect* for the whole site."""
    pieces = [f"{effect.name}={effect.value}", "path=/", "SameSite=" + effect.same_site]
    if effect.domain:
        pieces.append("domain=" + effect.domain)
    if effect.max_age_s:
        pieces.append(f"max-age={effect.max_age_s}")
    if effect.same_site == "None" or window.location.protocol == "https:":
        pieces.append("Secure")
    put(window.document, "cookie", "; ".join(pieces))

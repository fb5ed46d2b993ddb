"""A visitor as decisions see them, from what the store knows.

Pure.
"""

from ...core.decisions.subject import Profile
from ...stores.contract import Visitor as Known


def build_profile(id: str, known: Known | None, *, now_ms: int) -> Profile:
    """The visitor with the key *id*, of whom the store knows *known*; a stranger is here for the first time *now_ms*."""
    if known is None:
        return Profile(id=id, first_ms=now_ms)
    return Profile(
        id=id,
        visits=known.visits,
        views=known.views,
        first_ms=known.first_seen_ms,
        previous_ms=known.previous_ms,
        shown={name: list(times) for name, times in known.shown.items()},
        consent=known.consent,
    )

"""Bad rows taken in again by the dialects of this edge; see ingest/replay.py."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..stores.contract import BadRow, Store
from .adobe.reader import Reader as Adobe
from .ibexa.conceal import Off
from .ingest.claims import Claim
from .ingest.dialect import Reader
from .ingest.replay import Replayed
from .ingest.replay import replay as replay_by
from .jss.arrival import JSS
from .jss.definitions.watched import Definitions
from .jss.pipeline.chain import chain
from .jss.reader import Reader as Jss
from .jss.sessions import Sessions
from .jss.tracked import Tracked
from .settings import Settings


def replay(
    store: Store, rows: Iterable[BadRow], settings: Settings, *, data: Path | None = None
) -> Iterator[Replayed]:
    """Take *rows* in, one after the other, as if they came now. *data* is the folder of the database, the settings' when left out.

    Raises StoreUnavailable, SettingsError; what was told by then is done.
    """
    definitions = Definitions(Path(settings.jss.definitions))
    # One that is off imports nothing of others.
    steps = chain(settings.jss.processors) if settings.jss.enabled else chain((), ())
    # What was kept was admitted.
    sessions = Sessions(settings.jss, store)
    jss = Jss(settings, definitions, steps, lambda call, caller: True, sessions)
    claims: dict[str, Claim] = {JSS: Tracked(settings.jss, definitions, steps, sessions)}
    readers: list[Reader[Any]] = [Adobe(settings, claims), jss]
    if settings.ibexa.enabled:
        # Its libraries cost time, which others need not spend.
        from .ibexa.reader import Reader as Ibexa
        from .ibexa.reader import reader_parts
        from .ibexa.tracked import Tracked as TrackedIbexa

        users, proofs = reader_parts(settings, data or Path(settings.edge.data))
        claims["ibexa"] = TrackedIbexa(settings, users, proofs)
        readers.append(Ibexa(settings, users, proofs))
    else:
        claims["ibexa"] = Off()
    return replay_by(store, rows, settings, readers)

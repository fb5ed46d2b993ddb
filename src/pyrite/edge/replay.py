"""Bad rows taken in again by the dialects of this edge; see ingest/replay.py."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..stores.contract import BadRow, Store
from .adobe.reader import Reader as Adobe
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
    adobe = Adobe(settings, {JSS: Tracked(settings.jss, definitions, steps, sessions)})
    readers: list[Reader[Any]] = [adobe, jss]
    if settings.ibexa.enabled:
        from .ibexa.reading import reader  # its libraries cost time, which others need not spend

        readers.append(reader(settings, data or Path(settings.edge.data)))
    return replay_by(store, rows, settings, readers)

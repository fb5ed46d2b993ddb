"""Bad rows taken in again by the dialects of this edge; see ingest/replay.py."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..stores.contract import BadRow, Store
from .adobe.reader import Reader as Adobe
from .ingest.replay import Replayed
from .ingest.replay import replay as replay_by
from .jss.arrival import JSS
from .jss.definitions import Definitions
from .jss.pipeline.chain import chain
from .jss.reader import Reader as Jss
from .jss.tracked import Tracked
from .settings import Settings


def replay(store: Store, rows: Iterable[BadRow], settings: Settings) -> Iterator[Replayed]:
    """Take *rows* in, one after the other, as if they came now. Raises StoreUnavailable, SettingsError; what was told by then is done."""
    definitions = Definitions(Path(settings.jss.definitions))
    steps = chain(settings.jss.processors)
    # What was kept was admitted.
    jss = Jss(settings, definitions, steps, lambda call, caller: True)
    adobe = Adobe(settings, {JSS: Tracked(settings.jss, definitions, steps)})
    return replay_by(store, rows, settings, [adobe, jss])

"""Bad rows taken in again by the dialects of this edge; see ingest/replay.py."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..stores.contract import BadRow, Store
from .adobe.reader import Reader as Adobe
from .ingest.replay import Replayed
from .ingest.replay import replay as replay_by
from .jss.definitions import Definitions
from .jss.pipeline.chain import chain
from .jss.reader import Reader as Jss
from .settings import Settings


def replay(store: Store, rows: Iterable[BadRow], settings: Settings) -> Iterator[Replayed]:
    """Take *rows* in, one after the other, as if they came now. Raises StoreUnavailable, SettingsError; what was told by then is done."""
    jss = Jss(
        settings,
        Definitions(Path(settings.jss.definitions)),
        chain(settings.jss.processors),
        lambda call, caller: True,  # what was kept was admitted
    )
    return replay_by(store, rows, settings, [Adobe(settings), jss])

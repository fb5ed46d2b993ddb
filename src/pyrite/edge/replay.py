"""Bad rows taken in again by the dialects of this edge; see ingest/replay.py."""

from collections.abc import Iterable, Iterator

from ..stores.contract import BadRow, Store
from .adobe.reader import Reader as Adobe
from .ingest.replay import Replayed
from .ingest.replay import replay as replay_by
from .settings import Settings


def replay(store: Store, rows: Iterable[BadRow], settings: Settings) -> Iterator[Replayed]:
    """Take *rows* in, one after the other, as if they came now. Raises StoreUnavailable, SettingsError; what was told by then is done."""
    return replay_by(store, rows, settings, [Adobe(settings)])

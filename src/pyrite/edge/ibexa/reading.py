"""What reads Ibexa's addresses, put together from the settings and the data folder: for an edge, and for replaying."""

from pathlib import Path

from ..experiences.preview import secret_in
from ..settings import Settings
from .keys import Keys
from .proofs import Proofs
from .reader import Reader
from .users import Users

SECRET_FILE = "ibexa-users.key"


def reader_parts(settings: Settings, folder: Path) -> tuple[Users, Proofs]:
    """What hashes users, and what checks proofs. Raises SettingsError, SecretTooShort, OSError."""
    wanted = settings.ibexa
    users = Users(wanted.user_secret or secret_in(folder, SECRET_FILE))
    return users, Proofs(wanted.customers, Keys(wanted.customers, folder))


def reader(settings: Settings, folder: Path) -> Reader:
    """Reads bad rows. Raises SettingsError."""
    return Reader(settings, *reader_parts(settings, folder))

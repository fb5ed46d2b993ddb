"""The keys of servers and page tokens: those in the settings, and those that `pyrite keys` has made in the data folder.

Several are good at once, so that one can be replaced without a gap. A running edge sees changes of the folder.
"""

import json
import logging
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ..settings import IbexaCustomer, SettingsError

FILE = "ibexa-keys.json"

log = logging.getLogger("pyrite.edge")


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key of *customer*, as the folder keeps it."""

    customer: str
    id: str
    secret: str
    made: str  # the day, in UTC


class Keys:
    """All keys that are good now."""

    def __init__(self, customers: dict[str, IbexaCustomer], folder: Path) -> None:
        """Raises SettingsError."""
        self._listed = {id: customer.live_keys() for id, customer in customers.items()}
        self._path = folder / FILE
        self._seen = (0, 0)
        self._kept: dict[str, dict[str, str]] = {}

    def of(self, customer: str) -> dict[str, str]:
        """The keys of *customer* by their ids. Where the folder's can't be read those of before stay good, and the log says so."""
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_ino)
        except FileNotFoundError:
            seen = (0, 0)
        if seen != self._seen:
            self._seen = seen
            try:
                found_keys = keys_in(self._path.parent)
            except SettingsError as error:
                log.warning("%s; the keys of before stay good", error)
            else:
                self._kept = {}
                for key in found_keys:
                    self._kept.setdefault(key.customer, {})[key.id] = key.secret
        return self._kept.get(customer, {}) | self._listed.get(customer, {})


def keys_in(folder: Path) -> list[Key]:
    """The keys that *folder* keeps, oldest first. Raises SettingsError."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Key])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        raise SettingsError(f"{path}: can't be read: {error}") from None


def add_key(folder: Path, *, customer: str, id: str = "") -> Key:
    """A new key of *customer*, kept in *folder*, which only its owner can read. Raises SettingsError, OSError."""
    keys = keys_in(folder)
    today = datetime.now(UTC).date().isoformat()
    key = Key(
        customer=customer,
        id=id or f"{today}-{secrets.token_hex(3)}",
        secret=secrets.token_urlsafe(32),
        made=today,
    )
    if any((one.customer, one.id) == (customer, key.id) for one in keys):
        raise SettingsError(
            f"{key.id!r}: there is such a key of {customer!r}; retire it, or name another"
        )
    _keep(folder, [*keys, key])
    return key


def retire_key(folder: Path, *, customer: str, id: str) -> None:
    """Forget a key: nothing that it signed is good any longer. Raises SettingsError where there is none, OSError."""
    keys = keys_in(folder)
    left = [key for key in keys if (key.customer, key.id) != (customer, id)]
    if len(left) == len(keys):
        known = ", ".join([f"{key.customer} {key.id}" for key in keys]) or "none"
        raise SettingsError(
            f"{id!r}: no such key of {customer!r} is kept in {folder}; there are {known}"
        )
    _keep(folder, left)


def _keep(folder: Path, keys: list[Key]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f"{FILE}.{os.getpid()}"
    records = [msgspec.structs.asdict(key) for key in keys]
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(records, indent=1) + "\n")
    beside.replace(folder / FILE)

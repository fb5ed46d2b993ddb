"""`[ibexa]`: what an edge that takes Ibexa's events can be told."""

import re
from typing import Annotated, Literal

import msgspec

from ...core.ibexa.events import KINDS, OLD_NAMES
from ...core.options.suggest import did_you_mean
from .keys import check_key, text_in
from .mistakes import SettingsError

Level = Literal["open", "page", "server"]
FROM_FILE = "file:"  # before the path of a file that holds a key
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
_CODE = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)
_PREFIX = re.compile(r"[\w~-]+(/[\w~-]+)*", re.ASCII)


class IbexaCustomer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[ibexa.customers."00000"]`: whose events are taken."""

    datastream: str = ""
    """The data stream that its events are filed under; the customer's id when empty."""
    licence_key: str = ""
    """For the vendor's MD5 signatures of back-dated buys, and Basic headers."""
    licence_key_file: str = ""
    """A file that holds it."""
    item_ids: Literal["numeric", "text"] = "numeric"
    """What ids of items are: numbers from 1 to 2147483647, or texts."""
    item_types: list[int] = []
    """The types of items that are taken; all when empty."""
    custom: list[str] = []
    """Codes of your own events about items, beside the fifteen."""
    level: Level = "open"
    """What an event has to prove: nothing, `page` (a page token), or `server` (a server's signature)."""
    levels: dict[str, Level] = {}
    """The same for single events, such as `{ buy = "server" }`."""
    keys: dict[str, str] = {}
    """Keys of servers and page tokens, by their ids; all of them are good. `file:PATH` is what a file holds. `pyrite keys new` makes others."""
    token_minutes: Annotated[float, msgspec.Meta(gt=0)] = 1440
    """Minutes that a page token is good for, whatever it says itself."""

    def __post_init__(self) -> None:
        """Raises SettingsError for codes that can't be, and keys that can be guessed."""
        for code in self.custom:
            if not _CODE.fullmatch(code) or code in (*KINDS, *OLD_NAMES):
                said = "is one of the fifteen" if code in KINDS else "is no code"
                remedy = "a code has small letters, digits and underscores"
                raise SettingsError(f"custom: {code!r:.100} {said}; {remedy}", key="custom")
        known = [*KINDS, *self.custom]
        for kind in self.levels:
            if kind not in known:
                hint = did_you_mean(kind, known)
                raise SettingsError(f"levels: unknown event {kind!r:.100}{hint}", key="levels")
        if self.licence_key and self.licence_key_file:
            raise SettingsError(
                "licence_key_file: expected nothing beside licence_key", key="licence_key_file"
            )
        for id, key in self.keys.items():
            if not _NAME.fullmatch(id):
                detail = f"keys: expected letters, digits and dashes as an id, got {id!r:.100}"
                raise SettingsError(detail, key="keys")
            if not key.startswith(FROM_FILE):
                check_key(key, f"keys.{id}", "keys")

    @property
    def licence(self) -> str:
        """The licence key, wherever it is kept; '' for none. Raises SettingsError."""
        return text_in(self.licence_key_file) if self.licence_key_file else self.licence_key

    def live_keys(self) -> dict[str, str]:
        """The keys by their ids, those in files read. Raises SettingsError."""
        keys = {}
        for id, key in self.keys.items():
            if key.startswith(FROM_FILE):
                key = text_in(key.removeprefix(FROM_FILE))
                check_key(key, f"keys.{id}", "keys")
            keys[id] = key
        return keys


class Ibexa(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[ibexa]`."""

    enabled: bool = False
    """Whether events are taken."""
    prefixes: list[str] = msgspec.field(default_factory=lambda: ["api", "ebl", "news"])
    """What addresses begin with."""
    user_secret: str = ""
    """What users are hashed with before anything is stored (16 bytes or more), for edges that don't share a data folder; else one is made and kept there. With another one everybody is a new user."""
    customers: dict[str, IbexaCustomer] = {}
    """Whose events are taken, by the customer's id."""

    def __post_init__(self) -> None:
        """Raises SettingsError for prefixes and ids that no address has, and a secret that can be guessed."""
        for prefix in self.prefixes:
            if not _PREFIX.fullmatch(prefix):
                detail = f"prefixes: expected a path such as 'api' or 't/e', got {prefix!r:.100}"
                raise SettingsError(detail, key="prefixes")
        if self.enabled and not self.prefixes:
            raise SettingsError("prefixes: expected at least one", key="prefixes")
        for id in self.customers:
            if not (id.isascii() and id.isalnum()):
                detail = f"customers.{id}: expected letters and digits as an id, got {id!r:.100}"
                raise SettingsError(detail, key=f"customers.{id}")
        if self.user_secret:
            check_key(self.user_secret, "user_secret", "user_secret")

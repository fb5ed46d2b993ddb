"""What an edge can be told, and the file that tells it."""

from .file import converted, read, settings_file
from .form import Datastream, Edge, Limits, Personalization, Settings, Store
from .ibexa import Ibexa, IbexaCustomer
from .jss import Jss, JssKey, JssProcessor
from .keys import SECRET_BYTES
from .mistakes import SettingsError, line_of

__all__ = [
    "SECRET_BYTES",
    "Datastream",
    "Edge",
    "Ibexa",
    "IbexaCustomer",
    "Jss",
    "JssKey",
    "JssProcessor",
    "Limits",
    "Personalization",
    "Settings",
    "SettingsError",
    "Store",
    "converted",
    "line_of",
    "read",
    "settings_file",
]

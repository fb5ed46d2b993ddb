"""Keys in settings: never so short that they can be guessed, and in files of their own where they are to be kept apart."""

from pathlib import Path

from .mistakes import SettingsError

SECRET_BYTES = 16  # of what something is signed with, at least: shorter ones can be guessed


def text_in(path: str) -> str:
    """What the file at *path* holds, without the spaces around it. Raises SettingsError."""
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: can't be read: {error}") from None


def check_key(key: str, name: str, place: str) -> None:
    """Raises SettingsError for a *key* that can be guessed."""
    size = len(key.encode())
    if size < SECRET_BYTES:
        remedy = "python -c 'import secrets; print(secrets.token_urlsafe(32))' makes one"
        raise SettingsError(
            f"{name}: expected at least {SECRET_BYTES} bytes, got {size}; {remedy}", key=place
        )

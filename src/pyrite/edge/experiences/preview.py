"""Preview links: signed, they show one variant to whoever opens them, whatever stands against it, and count for nothing.

Pure but for the clock. Not for deciding: core/decisions/rules.py takes what `read` gives.
"""

import os
import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from ...core.personalization.on_device import PREVIEW_PARAMETER
from ..settings import SECRET_BYTES

COOKIE_MAX_AGE_S = 1800
KEY_FILE = "preview.key"
OFF = "off"


class PreviewRefused(ValueError):
    """A token is no good; the message says why."""


class SecretTooShort(ValueError):
    """The secret that preview links are signed with can be guessed; the message says what to do."""


class Previews:
    """Links signed with what *secret* gives when it is first needed, good for *hours*."""

    def __init__(self, secret: Callable[[], str], *, hours: float) -> None:
        self._secret = secret
        self._max_age_s = int(hours * 3600)

    @cached_property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret(), salt="pyrite.preview")

    def link(self, url: str, *, experience: str, variant: str) -> str:
        """*url* with the token that shows *variant* of *experience*; other parameters stay."""
        parts = urlsplit(url)
        pairs = [
            (name, value)
            for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            for value in values
            if name != PREVIEW_PARAMETER
        ]
        token = self._signer.dumps([experience, variant])
        query = urlencode([*pairs, (PREVIEW_PARAMETER, str(token))])
        return urlunsplit(parts._replace(query=query))

    def read(self, token: str) -> dict[str, str]:
        """`{experience: variant}` of a token. Raises PreviewRefused."""
        try:
            signer = self._signer
        except (SecretTooShort, OSError) as error:
            raise PreviewRefused(str(error)) from None
        try:
            experience, variant = signer.loads(token, max_age=self._max_age_s)
        except SignatureExpired:
            raise PreviewRefused(
                "the preview link has expired; make another with `pyrite preview`"
            ) from None
        except (BadSignature, ValueError, TypeError):
            raise PreviewRefused(
                "the preview link was not signed by this edge; make one with `pyrite preview`"
            ) from None
        return {str(experience): str(variant)}


def secret_in(folder: Path, name: str = KEY_FILE) -> str:
    """The secret that *folder* keeps as *name*, made at first; only its owner can read it. Raises SecretTooShort, OSError."""
    path = folder / name
    secret = _kept(path)
    if secret:
        return secret
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # an empty one: anybody could sign with it
    fresh = secrets.token_urlsafe(32)
    try:
        # Written whole before it has its name, so that of two processes that start together one wins.
        handle = os.open(path.with_suffix(f".{os.getpid()}"), os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(fresh)
        os.link(path.with_suffix(f".{os.getpid()}"), path)
    except FileExistsError:
        return _kept(path)
    finally:
        path.with_suffix(f".{os.getpid()}").unlink(missing_ok=True)
    return fresh


def check_secret_in(folder: Path) -> None:
    """Raises SecretTooShort where the secret in *folder* is one that can be guessed; one that is missing or empty is made later."""
    _kept(folder / KEY_FILE)


def _kept(path: Path) -> str:
    """The secret in the file at *path*; '' where there is none, or nothing in it."""
    try:
        secret = path.read_text("utf-8").strip()
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise SecretTooShort(f"{path}: expected a text; remove it, and a secret is made") from None
    size = len(secret.encode())
    if 0 < size < SECRET_BYTES:
        raise SecretTooShort(
            f"{path}: expected a secret of at least {SECRET_BYTES} bytes, got {size}; remove it, and one is made"
        )
    return secret

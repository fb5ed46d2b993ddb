"""Debug lines for the console.

Pure. Not for warnings, which everybody sees: those are Log effects of their own.
"""

from .effects import Effect, Log


class Notes:
    """Whether one tracker writes such lines; *debug* is None until setDebug, the page's address or the configuration says."""

    def __init__(self) -> None:
        self.debug: bool | None = None

    def note(self, message: str) -> list[Effect]:
        """Effects that log *message*; none unless debugging is on."""
        return [Log(level="info", message=message)] if self.debug else []

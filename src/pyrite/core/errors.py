"""What a command can be refused with, each with a stable code.

TrackerError
    WireError           a value has no JSON form, or a text is not JSON
    OptionsError        options that are unknown or of the wrong type, all reported at once
    UnknownCommand      a command that this build does not have
    NotConfigured       a command came although configuring failed
    Disconnected        a command that would send, on a page that is configured not to
    ConfigureMissing    a command came, and no configuration for half a minute
    AlreadyConfigured   configure was called a second time
    ConsentError        a consent that can't be read
    NetworkFailed       the request did not reach the edge, or its answer did not reach us
    EdgeRefused         the edge answered with a status outside 2xx
    BadAnswer           the edge answered 2xx with something that is not an answer
    EventDropped        the outbox let an event go
    HookFailed          a callback of the page threw
    SelectorError       a selector that can't be read
"""


class TrackerError(Exception):
    """The base of all; `path` names the option concerned, or is empty."""

    code = "tracker"

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def as_record(self) -> dict[str, object]:
        """`{code, message, path}`: what the page's promise is rejected with."""
        return {"code": self.code, "message": self.message, "path": self.path}


class WireError(TrackerError):
    """A value has no JSON form, or a text is not JSON."""

    code = "wire.invalid"


class OptionsError(TrackerError):
    """Options are unknown, missing or of the wrong type; the message lists every problem."""

    code = "options.invalid"


class UnknownCommand(TrackerError):
    """The page called a command that this build does not have."""

    code = "command.unknown"


class NotConfigured(TrackerError):
    """A command needs a configuration, and configuring failed."""

    code = "command.unconfigured"


class Disconnected(TrackerError):
    """The page is configured with `disconnected`: nothing leaves it."""

    code = "tracker.disconnected"


class ConfigureMissing(TrackerError):
    """A command timed out waiting for a configuration."""

    code = "configure.missing"


class AlreadyConfigured(TrackerError):
    """One instance is configured once."""

    code = "command.configured_twice"


class ConsentError(TrackerError):
    """A consent in a form that can't be read."""

    code = "consent.invalid"


class NetworkFailed(TrackerError):
    """No answer: a network failure or a timeout."""

    code = "network.failed"


class EdgeRefused(TrackerError):
    """A status outside 2xx. *about* says what the edge refuses: `event`, `caller` (whatever this page sends), `body` where it
    may be either; it is empty where something in between has spoken, which knows nothing of events."""

    code = "edge.refused"

    def __init__(
        self, message: str, *, status: int, about: str = "", reason: str = "", path: str = ""
    ) -> None:
        super().__init__(message, path=path)
        self.status = status
        self.about = about
        self.reason = reason  # the edge's own code

    def as_record(self) -> dict[str, object]:
        """`{code, message, path, status}`, and `reason` where the edge has given one."""
        record: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "path": self.path,
            "status": self.status,
        }
        if self.reason:
            record["reason"] = self.reason
        return record


class BadAnswer(TrackerError):
    """The edge answered 2xx, and the body is not an answer of the protocol."""

    code = "edge.answer"


class EventDropped(TrackerError):
    """The outbox let the event go; its code ends with the reason: full, too_large, too_old, consent."""

    code = "outbox"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason

    def as_record(self) -> dict[str, object]:
        """`{code, message, path}`."""
        return {"code": "outbox." + self.reason, "message": self.message, "path": ""}


class HookFailed(TrackerError):
    """A callback that the page gave (onBeforeEventSend, …) threw."""

    code = "hook.failed"


class SelectorError(TrackerError):
    """A selector can't be read."""

    code = "selector.invalid"


def as_error(error: Exception) -> TrackerError:
    """*error* as a TrackerError; an unexpected one gets the base's code."""
    if isinstance(error, TrackerError):
        return error
    return TrackerError(f"{type(error).__name__}: {error}")

"""What an event of Ibexa can be refused with."""

from ..errors import TrackerError


class Refused(TrackerError):
    """An address, or what it should say, is no event; its code ends with the reason: address, event, user, item, parameter,
    callback. `path` names the piece or parameter."""

    code = "ibexa"

    def __init__(self, message: str, *, path: str, reason: str = "address") -> None:
        super().__init__(f"{path}: {message}" if path else message, path=path)
        self.reason = reason

    def as_record(self) -> dict[str, object]:
        """`{code, message, path}`."""
        return {"code": "ibexa." + self.reason, "message": self.message, "path": self.path}

"""Deciding in the page: the rules that an edge has handed out, what is known of the visitor since then, what to ask the rules.

Pure, and only for `decisioningMethod: "on-device"`. Not for the deciding itself: core/decide.py comes in a script of its own.
"""

from .config import Config
from .event import PAGE_VIEW, Draft, part
from .identity import cookies
from .moment import Moment
from .personalization import shown_in
from .wire import encode

METHOD = "on-device"
PREVIEW_PARAMETER = "pyrite_preview"
VISIT_PAUSE_MS = 1800000  # without an event, after which another visit begins
SHOWN_LIMIT = 100  # displays of an experience that are kept


class OnDevice:
    """The rules of one tracker, once it has them."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._wanted = config.text("decisioningMethod") == METHOD
        self._rules = ""
        self._script = ""
        self._until_ms = 0
        self._visitor: dict[str, object] = {}
        self._views = 0
        self._visits = 1
        self._last_ms = 0
        self._previous_ms = 0
        self._shown: dict[str, list[int]] = {}

    @property
    def script(self) -> str:
        """The path of the script that decides."""
        return self._script

    @property
    def rules(self) -> str:
        """The rules as a JSON text."""
        return self._rules

    def asks(self, moment: Moment) -> bool:
        """Whether the next request should bring the rules."""
        return self._wanted and not self.is_ready(moment)

    def is_ready(self, moment: Moment) -> bool:
        """Whether this page can decide now. A preview is the edge's to decide: its link is signed."""
        if not self._rules or moment.now_ms > self._until_ms:
            return False
        kept = cookies(moment.text("cookie")).get(self._config.cookie_prefix + "preview", "")
        return kept in ("", "off") and PREVIEW_PARAMETER + "=" not in moment.text("url")

    def learn(self, payloads: list[dict[str, object]], moment: Moment) -> None:
        """Take the rules from the payloads of a `personalization:rules` handle."""
        for payload in payloads:
            script, age = payload.get("decider"), payload.get("maxAgeS")
            visitor = part(payload, "visitor")
            if not isinstance(script, str) or not script.startswith("/") or not visitor:
                continue
            self._rules = encode(
                {"experiences": payload.get("experiences"), "holdout": payload.get("holdout")}
            )
            self._script = script
            self._until_ms = moment.now_ms + _whole(age) * 1000
            self._visitor = visitor
            self._views = _whole(visitor.get("views"))
            self._visits = _whole(visitor.get("visits"))
            self._previous_ms = _whole(visitor.get("previous_ms"))
            self._last_ms = moment.now_ms
            shown = part(visitor, "shown")
            self._shown = {}
            for name in shown:
                times = shown[name]
                self._shown[name] = (
                    [_whole(time) for time in times] if isinstance(times, list) else []
                )

    def give_up(self) -> None:
        """The script can't be had: from now on the edge decides."""
        self._wanted = False
        self._rules = ""

    def sent(self, xdm: dict[str, object], moment: Moment) -> None:
        """Count what an event that leaves means for the visitor, as the edge's store does."""
        if not self._rules:
            return
        for name in shown_in(xdm):
            self._shown[name] = (self._shown.get(name, []) + [moment.now_ms])[-SHOWN_LIMIT:]
        self._views += _is_view(xdm)
        self._pause(moment)
        self._last_ms = moment.now_ms

    def question(self, event: Draft, moment: Moment) -> dict[str, object]:
        """What the rules are asked for *event*: `{event, query, visitor, now}`; this event counts already, as on the edge."""
        self._pause(moment)
        visitor = dict(self._visitor)
        visitor["views"] = self._views + _is_view(event.xdm)
        visitor["visits"] = self._visits
        visitor["previous_ms"] = self._previous_ms
        visitor["shown"] = self._shown
        return {
            "event": {"xdm": event.xdm, "data": event.data},
            "query": part(event.query, "personalization"),
            "visitor": visitor,
            "now": moment.now_ms,
        }

    def _pause(self, moment: Moment) -> None:
        if moment.now_ms - self._last_ms > VISIT_PAUSE_MS:
            self._visits += 1
            self._previous_ms = self._last_ms
            self._last_ms = moment.now_ms


def _is_view(xdm: dict[str, object]) -> int:
    return 1 if xdm.get("eventType") == PAGE_VIEW else 0


def _whole(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0

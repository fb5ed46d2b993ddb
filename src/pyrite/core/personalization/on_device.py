"""On-device decisions: the rules from the edge, and the events sent since.

Pure, and only for `decisioningMethod: "on-device"`. Not for the deciding itself: browser/entry/decider.py comes in a script of its own.
"""

from ..event import Draft, part
from ..moment import Moment
from ..options.configure import Config
from ..visitor.identity import cookies
from ..wire import decode, encode

PREVIEW = "preview"  # the cookie, behind the organisation's prefix, that takes a preview along to other pages
PREVIEW_PARAMETER = "pyrite_preview"  # the parameter of a link that begins or ends one
HISTORY_LIMIT = 500  # events that left


class OnDevice:
    """The rules of one tracker, once it has them."""

    def __init__(self, config: Config) -> None:
        self._preview = config.cookie_prefix + PREVIEW
        self._wanted = config.text("decisioningMethod") == "on-device"
        self.rules = ""  # as a JSON text, with what is known of the visitor
        self.script = ""  # the path of the script that decides
        self._until_ms = 0
        self._history: list[object] = []

    def asks(self, moment: Moment) -> bool:
        """Whether the next request should bring the rules."""
        return self._wanted and not self.is_ready(moment)

    def is_ready(self, moment: Moment) -> bool:
        """Whether this page can decide now. A preview is the edge's to decide: its link is signed."""
        if not self.rules or moment.now_ms >= self._until_ms:
            return False
        preview = cookies(moment.text("cookie")).get(self._preview, "off")
        previews = preview != "off" or PREVIEW_PARAMETER + "=" in moment.text("url")
        return not previews

    def learn(self, payloads: list[dict[str, object]], moment: Moment) -> None:
        """Take the rules from the payloads of a `personalization:rules` handle."""
        for payload in payloads:
            script = payload.get("decider")
            age_s = payload.get("maxAgeS")
            if isinstance(script, str) and script.startswith("/") and isinstance(age_s, int):
                self.rules = encode(payload)
                self.script = script
                self._until_ms = moment.now_ms + age_s * 1000
                self._history = [[moment.now_ms, {}]]

    def give_up(self) -> None:
        """Let the edge decide from now on: the script could not be loaded."""
        self._wanted = False
        self.rules = ""

    def sent(self, xdm: dict[str, object], moment: Moment) -> None:
        """Add a sent event to the history: it may be a view or a display report."""
        if self.rules:
            fields = {name: xdm[name] for name in ("eventType", "_experience") if name in xdm}
            self._history = self._history[-HISTORY_LIMIT:] + [[moment.now_ms, fields]]

    def question(self, event: Draft, moment: Moment) -> str:
        """What the part is asked for *event*: `{event, query, now, history}` in a line, then the rules."""
        question = {
            "event": {"xdm": event.xdm, "data": event.data},
            "query": part(event.query, "personalization"),
            "now": moment.now_ms,
            "history": self._history,
        }
        return f"{encode(question)}\n{self.rules}"


def propositions_in(text: str) -> list[dict[str, object]]:
    """The propositions in an answer of the part."""
    answer = decode(text)
    return [one for one in answer if isinstance(one, dict)] if isinstance(answer, list) else []

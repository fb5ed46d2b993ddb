"""The commands, as a table: a new one is a file beside this one, and a row here.

Pure. configure is not among them: it makes what they work with (configure.py).
"""

from ..errors import UnknownCommand
from ..options.suggest import did_you_mean
from ..parts import IBEXA, JSS
from .command import Command
from .consent import SET_CONSENT, ConsentCommand
from .event import EVENT, SEND_EVENT, EventCommand
from .identity import APPEND_IDENTITY, GET_IDENTITY, IdentityCommand
from .library import SET_DEBUG, DeliveryCommand, LibraryCommand, MergeIdCommand, SetDebugCommand
from .personalization import (
    APPLY_PROPOSITIONS,
    APPLY_RESPONSE,
    ApplyPropositionsCommand,
    ApplyResponseCommand,
)
from .track_event import TRACK_EVENT, TrackEventCommand

COMMANDS: "dict[str, Command]" = {
    "event": EventCommand(EVENT),
    "sendEvent": EventCommand(SEND_EVENT),
    "applyPropositions": ApplyPropositionsCommand(APPLY_PROPOSITIONS),
    "applyResponse": ApplyResponseCommand(APPLY_RESPONSE),
    "trackEvent": TrackEventCommand(TRACK_EVENT, JSS),
    "ibexa": TrackEventCommand((), IBEXA),
    "setConsent": ConsentCommand(SET_CONSENT),
    "getIdentity": IdentityCommand(GET_IDENTITY),
    "appendIdentityToUrl": IdentityCommand(APPEND_IDENTITY),
    "setDebug": SetDebugCommand(SET_DEBUG),
    "createEventMergeId": MergeIdCommand(),
    "getDelivery": DeliveryCommand(),
    "getLibraryInfo": LibraryCommand(),
}

# Commands that the Web SDK 2.35 has besides.
ALLOYS = [
    "createMediaSession",
    "evaluateRulesets",
    "getMediaAnalyticsTracker",
    "sendConversationEvent",
    "sendMediaEvent",
    "sendPushSubscription",
    "subscribeRulesetItems",
]


def known() -> list[str]:
    """The names of all commands."""
    return ["configure"] + sorted(COMMANDS)


def named(name: str) -> Command:
    """The command *name*. Raises UnknownCommand."""
    if name in COMMANDS:
        return COMMANDS[name]
    if name in ALLOYS:
        raise UnknownCommand(f"{name}: alloy has it, this build does not")
    names = known()
    hint = did_you_mean(name, names)
    raise UnknownCommand(f"unknown command {name!r}; commands are {', '.join(names)}{hint}")

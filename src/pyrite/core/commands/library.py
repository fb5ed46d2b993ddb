"""What pages ask of the tracker itself: getLibraryInfo, setDebug, createEventMergeId, getDelivery.

Pure. Not for visitors or events.
"""

from ..collect.context import VERSION
from ..effects import Effect, resolved
from ..moment import Moment
from ..notes import Notes
from ..options.check import read
from .command import Command, Configured, Invocation

SET_DEBUG = (("enabled", "bool!", None, "write what happens to the console"),)

APPLY_PROPOSITIONS = (
    ("propositions", "objects", None, "propositions that an earlier command has returned"),
    (
        "metadata",
        "object",
        None,
        "where to render content of a scope: {SCOPE: {selector, actionType}}",
    ),
    ("viewName", "text", None, "render what is kept for this view as well"),
)


class SetDebugCommand(Command):
    """`setDebug`, which needs no configuration."""

    def run_at_once(self, invocation: Invocation, notes: Notes) -> list[Effect]:
        """Effects: none but the promise's."""
        options = read(invocation.given, self.options, of=invocation.name)
        notes.debug = options["enabled"] is True
        return [resolved(invocation.call, {})]


class MergeIdCommand(Command):
    """`createEventMergeId`."""

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects that hand out `{eventMergeId}`."""
        return [resolved(invocation.call, {"eventMergeId": moment.new_id()})]


class DeliveryCommand(Command):
    """`getDelivery` (ours)."""

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects that hand out the counts of this page's events; see Outbox.report."""
        return [resolved(invocation.call, ready.outbox.report())]


class LibraryCommand(Command):
    """`getLibraryInfo`."""

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects that hand out `{libraryInfo: {name, version, commands, configs}}`."""
        info: dict[str, object] = {
            "name": "pyrite",
            "version": VERSION,
            "commands": ready.commands,
            "configs": ready.config.values,
        }
        return [resolved(invocation.call, {"libraryInfo": info})]

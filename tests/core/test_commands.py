"""The seam for commands: what one has to be, and that a new one takes a file and a row."""

from given import all_of, answer, configured, moment, only, settled

from pyrite.core.commands.command import Command
from pyrite.core.commands.table import COMMANDS
from pyrite.core.effects import rejected, resolved

GREET = (("name", "text!", None, "whom"),)


class GreetCommand(Command):
    """Asks the edge to greet somebody: what a new command's file would hold."""

    def run(self, ready, invocation, moment):
        """Send a request."""
        body = {"name": invocation.options["name"]}
        effects, head = ready.builder.head({}, moment)
        request = ready.builder.request("greet", body, head, moment, meta={})
        return effects + ready.send(request, invocation, moment)

    def on_outcome(self, ready, invocation, outcome, moment):
        """Settle the promise."""
        if outcome.error:
            return [rejected(invocation.call, outcome.error)]
        return [resolved(invocation.call, {"greeted": invocation.options["name"]})]


def with_greet(test):
    """Run *test* with the row `greet` in the table."""
    COMMANDS["greet"] = GreetCommand(GREET)
    try:
        test()
    finally:
        COMMANDS.pop("greet")


def test_a_new_command_is_one_class_and_one_row():
    def test():
        tracker = configured()
        send = only(tracker.command(1, "greet", {"name": "Ada"}, moment()), "Send")

        assert "/v1/greet?" in send.url
        assert '"name":"Ada"' in send.body
        assert settled(answer(tracker, send), 1) == (True, {"greeted": "Ada"})

    with_greet(test)


def test_a_new_command_has_its_options_checked_and_its_failures_told():
    def test():
        tracker = configured()
        unnamed = settled(tracker.command(1, "greet", {}, moment()), 1)
        send = only(tracker.command(2, "greet", {"name": "Ada"}, moment()), "Send")
        refused = settled(answer(tracker, send, status=400, text='{"report": {}}'), 2)

        assert unnamed[1]["message"].startswith("greet: options.name: missing")
        assert (refused[0], refused[1]["code"]) == (False, "edge.refused")

    with_greet(test)


def test_a_new_command_is_among_the_known_ones():
    def test():
        tracker = configured()
        unknown = settled(tracker.command(1, "greett", {}, moment()), 1)
        library = settled(tracker.command(2, "getLibraryInfo", {}, moment()), 2)

        assert "greet, ibexa, sendEvent" in unknown[1]["message"]
        assert "(did you mean 'greet'?)" in unknown[1]["message"]
        assert "greet" in library[1]["libraryInfo"]["commands"]

    with_greet(test)


def test_commands_have_no_state_so_that_trackers_share_none():
    one, other = configured(), configured()
    send = only(one.command(1, "getIdentity", {}, moment()), "Send")

    assert all_of(answer(other, send), "Settle") == []
    assert settled(answer(one, send), 1)[0] is True

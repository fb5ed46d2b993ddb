"""Refusals speak as the caller does."""

import pytest

from pyrite.browser.entry.spelling import Spelling, alloys, pythons
from pyrite.core.commands.table import COMMANDS
from pyrite.core.errors import OptionsError
from pyrite.core.options.check import read
from pyrite.core.options.configure import CONFIGURE


def refused(command: str, **options: object) -> tuple[str, str]:
    """What is said of *options* that are refused: path and message."""
    table = CONFIGURE if command == "configure" else COMMANDS[command].options
    with pytest.raises(OptionsError) as raised:
        read({alloys(name): options[name] for name in options}, table, of=command)
    spelling = Spelling(command, list(options))
    return spelling.of_path(raised.value.path), spelling.of_message(
        f"[alloy] {raised.value.message}"
    )


def test_every_option_and_command_comes_back_from_python() -> None:
    names = [
        *COMMANDS,
        *[
            row[0]
            for table in [*[one.options for one in COMMANDS.values()], CONFIGURE]
            for row in table
        ],
    ]

    assert [alloys(pythons(name)) for name in names] == names
    assert pythons("appendIdentityToUrl") == "append_identity_to_url"


def test_a_misspelt_option_is_named_as_it_was_written_and_so_are_the_known_ones() -> None:
    path, message = refused("event", view_strt=True)

    assert path == "view_strt"
    assert message.startswith(
        "[alloy] event: options.view_strt: unknown (did you mean 'view_start'?); known are "
    )
    assert "document_unloading" in message
    assert "documentUnloading" not in message


def test_every_problem_of_a_command_is_spelled() -> None:
    _, message = refused("sendEvent", render_decision=1, document_unloading="x", datasetid="y")

    assert "send_event: options.datasetid: unknown (did you mean 'dataset_id'?)" in message
    assert (
        "send_event: options.render_decision: unknown (did you mean 'render_decisions'" in message
    )
    assert "send_event: options.document_unloading: expected true or false, got 'x'" in message
    assert "sendEvent" not in message


def test_what_is_inside_an_option_keeps_its_names() -> None:
    path, message = refused("event", personalization={"decisionScopes": "viewStart"})
    _, unknown = refused("event", personalization={"surface": []})
    _, values = refused("configure", datastream_id="shop", context=["placeContxt"])

    assert path == "personalization.decisionScopes"
    assert "got 'viewStart'" in message
    assert "known are decisionScopes, surfaces" in unknown
    assert "placeContext, highEntropyUserAgentHints" in values


def test_a_caller_who_writes_alloys_names_is_answered_with_them() -> None:
    path, message = refused("event", viewStrt=True)

    assert path == "viewStrt"
    assert "(did you mean 'viewStart'?)" in message


def test_a_caller_whose_names_are_in_either_spelling_is_told_of_both() -> None:
    _, message = refused("event", viewstart=True)

    assert "(did you mean 'view_start' or 'viewStart'?); known are view_start," in message


def test_a_configuration_that_was_refused_is_spelled_in_what_other_commands_say() -> None:
    spelling = Spelling("sendEvent", [])
    said = "[alloy] sendEvent: configure was refused: configure: options.datastreamId: missing; expected a non-empty string"

    assert spelling.of_message(said) == (
        "[alloy] send_event: configure was refused: configure: options.datastream_id: missing; expected a non-empty string"
    )
    assert spelling.of_message("set edgeDomain: no edge at x") == "set edge_domain: no edge at x"

"""How an entry of the outbox ended is told to whoever put it there."""

from given import moment

from pyrite.core.delivery.entry import Entry, Request
from pyrite.core.delivery.outbox import Outbox
from pyrite.core.delivery.request_builder import Outgoing
from pyrite.core.notes import Notes
from pyrite.core.options.configure import configure
from pyrite.core.visitor.visitor import Visitor


class Owner:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def ended(self, outcome, moment):
        """No effects."""
        self.told.append(outcome.entry.id)
        return []


def hand_on(outcomes, answer, now):
    """What a tracker does with outcomes."""
    effects = []
    for outcome in outcomes:
        effects = effects + outcome.entry.owner.ended(outcome, now)
    return effects


def request(id, owner):
    """An entry that is a request of its own."""
    made = Request(id=id, action="collect", url="https://edge.site.test/", body={}, text="{}")
    return Entry(id, head={}, group="", text="", made_ms=0, made=made, owner=owner)


def test_an_outcome_is_told_to_the_owner_of_its_entry_alone():
    config = configure({"datastreamId": "shop", "edgeDomain": "edge.site.test"})
    outbox = Outbox(config, Outgoing(config, Visitor(config)), Notes(), hand_on, "page")
    one, other = Owner(), Owner()
    outbox.add(request("a", one), moment())
    outbox.add(request("b", other), moment())

    outbox.answered("b", status=204, text="", retry_after="", moment=moment())

    assert (one.told, other.told) == ([], ["b"])

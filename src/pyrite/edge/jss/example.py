"""An extension, as an example: a page says who a contact is, by a signed-in person's number elsewhere.

    [[jss.processors]]
    use = "pyrite.edge.jss.example:Identify"

Whoever can call may claim to be anybody: where that matters, let the page send a token, and check it here.
"""

import msgspec

from . import TrackEvent, TrackEventArgs


class Person(msgspec.Struct):
    """`{"identify": "4711", "source": "crm"}`."""

    identify: str
    source: str = "crm"


class Identify(TrackEvent[Person]):
    """All contacts that are the same person become one profile; `pyrite unlink` undoes it."""

    def track_event(self, body: Person, args: TrackEventArgs) -> None:
        """See TrackEvent."""
        if not body.identify.strip():
            args.report_error("identify: expected the number of a person, got nothing")
            return
        args.identify(body.source, body.identify.strip())
        args.record("identify", without=("identify",))
        args.has_been_tracked()

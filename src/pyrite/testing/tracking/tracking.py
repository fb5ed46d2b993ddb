"""The fixture `tracking` of tests with sync Playwright, and of tests without a browser."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from . import scripts
from .base import Base, Fields, Type, Where
from .expectation import Events, Expectation
from .matching import Wanted
from .steps import Steps, play

if TYPE_CHECKING:
    from starlette.testclient import TestClient


class Tracking(Base):
    """The fixture `tracking` of a test with sync Playwright, or without a browser."""

    def __init__(self, settings: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(settings, **options)
        self._open: list[Expectation] = []

    def expect_event(
        self,
        type: Type = None,
        *,
        data: Fields = None,
        xdm: Fields = None,
        where: Where = None,
        source: str | None = None,
        count: int | None = 1,
        within: float = 5,
    ) -> Expectation:
        """Expects *count* events, no more and no fewer (None: at least one), within so many seconds; gives them as a sequence.

        *data* and *xdm* name the fields that count; a value may be equal, a compiled pattern, a type, or a function that is given
        it. *where* is given the event.
        """
        filters = Wanted(type=type, data=data, xdm=xdm, where=where, source=source)
        return self._expect(partial(self._arrived, filters, count, within))

    def expect_no_event(
        self,
        type: Type = None,
        *,
        data: Fields = None,
        xdm: Fields = None,
        where: Where = None,
        source: str | None = None,
        within: float = 5,
    ) -> Expectation:
        """Expects that no such event comes. Ends before *within* seconds as soon as pages have loaded and hold no event."""
        filters = Wanted(type=type, data=data, xdm=xdm, where=where, source=source)
        return self._expect(partial(self._none, filters, within))

    def matches_snapshot(self, name: str = "") -> None:
        """Raises AssertionError where the events of this test are not as in the file `__tracking__/NAME.json` beside it.

        The test's own name is NAME when empty. `pytest --update-tracking` writes the file.
        """
        self.check()
        self._play(self._same(name))

    def no_more_events(self) -> None:
        """Raises AssertionError where events came that no expectation of this test was about."""
        self.check()
        self._play(self._unexpected())

    @property
    def lost(self) -> list[dict[str, Any]]:
        """What lies in some page's outbox, or was left there, and is not at the edge."""
        pending: list[dict[str, Any]] = self._play(self._held())
        return pending

    def asgi(self, app: Any, *, base_url: str = "http://testserver") -> "TestClient":
        """A client of the ASGI app *app* (Starlette's TestClient, whose lifespan has begun); what its senders send comes here."""
        self.senders()
        return self._servers.asgi(app, base_url)

    def offline(self) -> None:
        """The browser has no network at all, until `back`."""
        for context in self._watching.contexts:
            context.set_offline(True)
        self._is_offline = True

    def back(self) -> None:
        """Everything works again."""
        self._gate.trouble = None
        if self._is_offline:
            for context in self._watching.contexts:
                context.set_offline(False)
        self._is_offline = False

    def consent(self, choice: str, *, org: str = "") -> None:
        """The visitor has chosen `in` or `out`, or (`pending`) nothing yet, when a page begins from now on.

        *org* is the orgId that the page configures, or its datastreamId where it has none; those of the settings' data streams
        when empty.
        """
        self._begin_with(scripts.consent(choice, self._orgs(org)))

    def gpc(self) -> None:
        """Global Privacy Control is on when a page begins from now on."""
        self._gate.added["sec-gpc"] = "1"
        self._begin_with(scripts.GPC)

    def identify(self, *, fpid: str) -> None:
        """The visitor comes with the device id *fpid* (a UUID) when a page begins from now on."""
        self._begin_with(scripts.identity(fpid))

    def _begin_with(self, script: str) -> None:
        for context in self._watching.contexts:
            context.add_init_script(script)

    def check(self) -> None:
        """Wait for every expectation that nobody has looked at."""
        waiting, self._open = self._open, []
        for expectation in waiting:
            if expectation.is_open:
                expectation.check()

    def finish(self) -> None:
        """What the test's end says: every expectation, and that nothing was missed."""
        self.check()
        self._play(self._all_seen())

    def _expect(self, find: Callable[[int], Steps[Events]]) -> Expectation:
        self.check()
        expectation = Expectation(find, self._play, self._store.last_seq)
        self._open.append(expectation)
        return expectation

    def _play(self, steps: Steps[Any]) -> Any:
        return play(steps, self._watching, self._gate)

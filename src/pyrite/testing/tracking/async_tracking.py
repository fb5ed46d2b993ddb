"""The fixture `tracking` of coroutine tests, with async Playwright. Not for what is the same in sync tests: base.py."""

from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from . import scripts
from .base import Base, Fields, Type, Where
from .expectation import AsyncExpectation, Events
from .matching import Wanted
from .steps import Steps, play, play_async
from .watching import Watching

if TYPE_CHECKING:
    import httpx2


class AsyncTracking(Base):
    """The fixture `tracking` of a coroutine test, with async Playwright."""

    def __init__(self, settings: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(settings, **options)
        self._open: list[AsyncExpectation] = []

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
    ) -> AsyncExpectation:
        """See Tracking.expect_event."""
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
    ) -> AsyncExpectation:
        """See Tracking.expect_no_event."""
        filters = Wanted(type=type, data=data, xdm=xdm, where=where, source=source)
        return self._expect(partial(self._none, filters, within))

    async def matches_snapshot(self, name: str = "") -> None:
        """Raises AssertionError where the events of this test are not as in the file `__tracking__/NAME.json` beside it.

        The test's own name is NAME when empty. `pytest --update-tracking` writes the file.
        """
        await play_async(self._same(name), self._watching, self._gate)

    async def no_more_events(self) -> None:
        """See Tracking.no_more_events."""
        await play_async(self._unexpected(), self._watching, self._gate)

    async def lost(self) -> list[dict[str, Any]]:
        """See Tracking.lost."""
        return await play_async(self._held(), self._watching, self._gate)

    def asgi(self, app: Any, *, base_url: str = "http://testserver") -> "httpx2.AsyncClient":
        """A client of the ASGI app *app*, whose lifespan is not run; what its senders send comes here."""
        self.senders()
        return self._servers.asgi_async(app, base_url)

    async def offline(self) -> None:
        """See Tracking.offline."""
        for context in self._watching.contexts:
            await context.set_offline(True)
        self._is_offline = True

    async def back(self) -> None:
        """See Tracking.back."""
        self._gate.trouble = None
        if self._is_offline:
            for context in self._watching.contexts:
                await context.set_offline(False)
        self._is_offline = False

    async def consent(self, choice: str, *, org: str = "") -> None:
        """The visitor has chosen `in` or `out`, or (`pending`) nothing yet, when a page begins from now on.

        *org* is the orgId that the page configures, or its datastreamId where it has none; those of the settings' data streams
        when empty.
        """
        await self._begin_with(scripts.consent(choice, self._orgs(org)))

    async def gpc(self) -> None:
        """Global Privacy Control is on when a page begins from now on."""
        self._gate.added["sec-gpc"] = "1"
        await self._begin_with(scripts.GPC)

    async def identify(self, *, fpid: str) -> None:
        """The visitor comes with the device id *fpid* (a UUID) when a page begins from now on."""
        await self._begin_with(scripts.identity(fpid))

    async def _begin_with(self, script: str) -> None:
        for context in self._watching.contexts:
            await context.add_init_script(script)

    def finish(self) -> None:
        """What the test's end says: no expectation was left unawaited, and nothing was missed."""
        unused = [one for one in self._open if one.is_open]
        assert not unused, (
            "an expectation was never awaited; write 'await tracking.expect_event(…)' or 'async with'"
        )
        play(self._all_seen(), Watching(None), self._gate)

    def _expect(self, find: Callable[[int], Steps[Events]]) -> AsyncExpectation:
        def playing(steps: Steps[Events]) -> Generator[object, None, Events]:
            return play_async(steps, self._watching, self._gate).__await__()

        expectation = AsyncExpectation(find, playing, self._store.last_seq)
        self._open.append(expectation)
        return expectation

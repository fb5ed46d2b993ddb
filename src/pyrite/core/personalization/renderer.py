"""Answers rendered: plans begun and ended, views kept, what was shown reported, redirects, nothing rendered that came too late.

Pure. Not for the events that ask: tracking/events.py. Not for what a proposition becomes: plan.py and actions.py say.
"""

from ..effects import (
    Abandon,
    Effect,
    Later,
    Log,
    Redirect,
    Render,
    SetCookie,
    Show,
    Stay,
    Watch,
    resolved,
)
from ..event import DISPLAY, Draft, part
from ..moment import Moment
from ..options.configure import Config
from .interactions import Interactions
from .plan import Plan
from .propositions import Views, display, fetches_page, page_surface
from .redirects import COOKIE, MEMORY_S, noted, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PLAN_MS = 20000  # after which a plan has ended, though a script of it may still be loading: it holds nothing up
REDIRECT_LIMIT_MS = 5000  # a page that is still there by then was not replaced: it is shown again


class Renderings:
    """Every plan of one tracker. *own* gives the effects of an event of ours, *go* those that send an event which a plan
    has held up, *freed* those of events that waited for plans to end; *allow* says whether a cookie may be stored."""

    def __init__(
        self,
        config: Config,
        *,
        own: "Callable[[dict[str, object], Moment], list[Effect]]",
        go: "Callable[[Draft, Moment], list[Effect]]",
        freed: "Callable[[Moment], list[Effect]]",
        allow: "Callable[[Moment], bool]",
        place: int,
    ) -> None:
        self._own = own
        self._go = go
        self._freed = freed
        self._allow = allow
        self.views = Views()
        self.interactions = Interactions(
            config.group("autoCollectPropositionInteractions"), place=place
        )
        self._plans: dict[str, Plan] = {}
        self._unreported: list[dict[str, object]] = []
        self._view = ""  # the newest, of events that render
        self._surface = ""  # of the newest page that was asked for

    # ---- begun ------------------------------------------------------------------------------------------------------

    def begun(self, event: Draft) -> list[Effect]:
        """Effects of *event* beginning a view: what still waits for elements of another one is given up."""
        if event.view:
            self._view = event.view
        if fetches_page(event):
            self._surface = page_surface(event.page_url)
        effects: list[Effect] = []
        for id in sorted(self._plans):
            keys = self._plans[id].outdated(self._view, self._surface)
            if keys:
                effects.append(Abandon(plan=id, keys=keys, why="another view has begun"))
        return effects

    def answered(
        self,
        event: Draft,
        id: str,
        propositions: list[dict[str, object]],
        finish: "Callable[[list[dict[str, object]]], dict[str, object]]",
        moment: Moment,
    ) -> list[Effect]:
        """Effects that render what came for *event*; *finish* makes its promise's value of what is returned to the caller."""
        plan, effects, returned = self._planned(event, id, propositions, moment)
        if not event.decided:
            self._note_empty_view(plan)
        plan.answer = finish(returned)
        return effects + self._start(plan, moment)

    def view(self, event: Draft, moment: Moment) -> list[Effect]:
        """Effects that render a view from what earlier answers brought; see `decided`."""
        propositions = self.views.of(event.view_name)
        return self.decided(event, [found for found in propositions if "items" in found], moment)

    def decided(
        self, event: Draft, propositions: list[dict[str, object]], moment: Moment
    ) -> list[Effect]:
        """Effects that render what the page has already; the event leaves after the first pass and reports it."""
        event.decided = True
        plan, effects, event.kept = self._planned(event, moment.new_id(), propositions, moment)
        self._note_empty_view(plan)
        return effects + self._start(plan, moment)

    def _planned(
        self, event: Draft, id: str, propositions: list[dict[str, object]], moment: Moment
    ) -> "tuple[Plan, list[Effect], list[dict[str, object]]]":
        """The plan for *propositions*, effects of looking for a redirect, and what is returned to the caller."""
        self.views.keep(propositions)
        plan = Plan(id, event, self.interactions)
        # What belongs to a view or a page that the visitor has left is returned, and not rendered.
        plan.renders_page = not fetches_page(event) or self._is_here(event)
        plan.renders_view = event.view in ("", self._view)
        return plan, self._guard(plan, propositions, moment), plan.take(propositions)

    def _note_empty_view(self, plan: Plan) -> None:
        event = plan.event
        asked = fetches_page(event) or not event.query
        if event.renders and event.view and plan.renders_view and asked:
            plan.note_empty(self.views.of(event.view_name))

    def apply(self, event: Draft, options: dict[str, object], moment: Moment) -> list[Effect]:
        """Effects of `applyPropositions`; what is shown waits for an event that includes rendered propositions."""
        plan = Plan(moment.new_id(), event, self.interactions)
        plan.reports = False
        found = plan.apply(options)
        if event.view:
            kept = self.views.of(event.view_name)
            found = found + plan.take([one for one in kept if "items" in one])
            plan.note_empty(kept)
        plan.answer = {"propositions": found}
        return self._start(plan, moment)

    def _is_here(self, event: Draft) -> bool:
        return self._surface in ("", page_surface(event.page_url))

    def _start(self, plan: Plan, moment: Moment) -> list[Effect]:
        self._plans[plan.id] = plan
        effects: list[Effect] = [Log(level="warn", message=line) for line in plan.warnings]
        if self.interactions.any:
            effects.append(Watch(what="clicks"))
        if plan.redirect:
            return effects + self._leave_for(plan, moment)
        if plan.steps:
            late = Later(timer=("events", "plan", plan.id), delay_ms=PLAN_MS)
            return effects + [Render(plan=plan.id, steps=plan.steps), late]
        return effects + self.rendering(plan.id, [], moment) + self.rendered(plan.id, [], moment)

    # ---- redirects --------------------------------------------------------------------------------------------------

    def _guard(
        self, plan: Plan, propositions: list[dict[str, object]], moment: Moment
    ) -> list[Effect]:
        """Look for a redirect in *propositions*; effects that say why one is refused."""
        effects: list[Effect] = []
        for found in plan.redirects(propositions):
            problem = refusal(found.item, found.url, moment, allowed=self._allow(moment))
            if not problem:
                plan.redirect = found
                return effects
            line = f"item {found.item!r} does not redirect to {found.url!r}: {problem}"
            effects.append(Log(level="warn", message=line))
        return effects

    def _leave_for(self, plan: Plan, moment: Moment) -> list[Effect]:
        """Hide the body, report the redirect so that it survives the page, go; the promise is held until the page is gone."""
        found = plan.redirect
        if found is None:
            return []
        cookie: Effect = SetCookie(
            name=COOKIE,
            value=noted(found.item, found.url, moment),
            max_age_s=MEMORY_S,
            domain=moment.text("topDomain"),
            same_site="Lax",
        )
        plan.note(found.proposition)
        effects = [cookie] + self._report(plan, moment, unloading=True)
        if not plan.answer:  # a view's own event leaves as well
            plan.event.unloading = True
            effects.extend(self._go(plan.event, moment))
        effects.append(Redirect(url=found.url))
        return effects + [Later(timer=("events", "redirect", plan.id), delay_ms=REDIRECT_LIMIT_MS)]

    def stayed(self, id: str, moment: Moment) -> list[Effect]:
        """Effects where a redirect has come to nothing (a download, a blocked address): the page is shown again."""
        effects: list[Effect] = [Stay()]
        return effects + self.rendering(id, [], moment) + self.rendered(id, [], moment)

    # ---- ended ------------------------------------------------------------------------------------------------------

    def rendering(self, id: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects after the first pass over a plan: *results* has a word for each step: shown, waiting or what failed."""
        plan = self._plans.get(id)
        if plan is None:
            return []
        plan.finish(results)
        effects: list[Effect] = [Show()] if plan.event.renders or plan.event.query else []
        if plan.event.until_rendered and "waiting" in results:
            return effects
        return effects + self._settle(plan, moment)

    def rendered(self, id: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects at the end of a plan: one display event for all that was shown and nothing that was not."""
        plan = self._plans.pop(id, None)
        if plan is None:
            return []
        plan.finish(results)
        effects: list[Effect] = []
        for problem in plan.problems(results):
            effects.append(Log(level="warn", message=problem))
        effects.extend(self._settle(plan, moment))
        return effects + self._report(plan, moment, unloading=False) + self._freed(moment)

    def _settle(self, plan: Plan, moment: Moment) -> list[Effect]:
        """Once for a plan: its promise resolves, or the event that it has held up leaves and reports what was shown."""
        if plan.settled:
            return []
        plan.settled = True
        event = plan.event
        if plan.answer:
            return [resolved(event.call, plan.answer)] if event.call is not None else []
        if plan.redirect:
            return []
        if plan.reports:
            event.shown = plan.due()
        return self._go(event, moment)

    def _report(self, plan: Plan, moment: Moment, *, unloading: bool) -> list[Effect]:
        """Effects that tell the edge what *plan* has shown and no event has told yet."""
        shown = plan.due()
        if not shown:
            return []
        if not plan.reports and not plan.redirect:
            self._unreported = self._unreported + shown
            return []
        xdm: dict[str, object] = {"eventType": DISPLAY, "_experience": display(shown)}
        if plan.event.view:
            xdm["web"] = {"webPageDetails": {"viewName": plan.event.view_name}}
        identities = part(plan.event.xdm, "identityMap")
        if identities:
            xdm["identityMap"] = identities
        return self._own({"xdm": xdm, "documentUnloading": unloading}, moment)

    def holds_back(self) -> bool:
        """Whether a plan is open whose report waits for an event that includes rendered propositions."""
        return any([not self._plans[id].reports for id in self._plans])

    def unreported(self) -> list[dict[str, object]]:
        """What was shown and no event has told; from now on it counts as told."""
        shown, self._unreported = self._unreported, []
        return shown

    def leaving(self, moment: Moment) -> list[Effect]:
        """Effects of the page going away: what was shown is reported now."""
        effects: list[Effect] = []
        for id in sorted(self._plans):
            plan = self._plans[id]
            if not plan.answer:  # its event waits for its first pass
                plan.event.unloading = True
                effects.extend(self._settle(plan, moment))
            effects.extend(self._report(plan, moment, unloading=True))
        return effects

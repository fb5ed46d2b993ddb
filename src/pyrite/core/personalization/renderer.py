"""Answers rendered: plans begun and ended, views kept, what was shown reported, redirects, nothing rendered that came too late.

Pure. Not for the events that ask: tracking/events.py. What a proposition becomes, planner.py says: it comes in a part, which a page
without offers never loads.
"""

from ..effects import (
    Abandon,
    Effect,
    Foresee,
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
from ..event import DISPLAY, Draft, part, text_of
from ..moment import Moment
from ..options.configure import Config
from ..parts import RENDER, Parts
from ..wire import decode_object, encode
from .propositions import (
    Views,
    display,
    fetches_page,
    is_for,
    items_of,
    page_surface,
    returned,
    scope_kind,
    short,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..parts import Run

    Finish = Callable[[list[dict[str, object]]], dict[str, object]]

PLAN_MS = 20000  # after which a plan has ended, though a script of it may still be loading: it holds nothing up
REDIRECT_LIMIT_MS = 5000  # a page that is still there by then was not replaced: it is shown again


class Plan:
    """The rendering of one answer for *event*. *finish* makes its promise's value of what is returned to the caller; None where
    the event has not been sent: it leaves after the first pass."""

    def __init__(self, id: str, event: Draft, finish: "Finish | None") -> None:
        self.id = id
        self.event = event
        self.finish = finish
        self.reports = event.personalization().get("sendDisplayEvent") is not False
        self.settled = False
        self.planned = False  # the part knows it
        self.redirects = False
        self.returned: list[dict[str, object]] = []
        self.shown: list[dict[str, object]] = []  # and not told yet

    def due(self) -> list[dict[str, object]]:
        """What was shown and has not been told; from now on it counts as told."""
        shown, self.shown = self.shown, []
        return shown

    def take(self, answer: dict[str, object]) -> None:
        """Note what the part says is returned, and was shown."""
        self.returned = _records(answer, "returned")
        self.shown = self.shown + _records(answer, "shown")


class Renderings:
    """Every plan of one tracker. *own* gives the effects of an event of ours, *go* those that send an event which a plan
    has held up, *freed* those of events that waited for plans to end; *allow* says whether a cookie may be stored; *parts* are
    the tracker's."""

    def __init__(
        self,
        config: Config,
        *,
        own: "Callable[[dict[str, object], Moment], list[Effect]]",
        go: "Callable[[Draft, Moment], list[Effect]]",
        freed: "Callable[[Moment], list[Effect]]",
        allow: "Callable[[Moment], bool]",
        parts: Parts,
        place: int,
    ) -> None:
        self._config = config
        self._parts = parts
        self._place = place
        self._run: Run | None = None  # the part, once it was needed
        self._own = own
        self._go = go
        self._freed = freed
        self._allow = allow
        self.views = Views()
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
        if self._run is None:
            return []
        found = self._told("outdated", {"view": self._view, "surface": self._surface})
        effects: list[Effect] = []
        for id in sorted(self._plans):
            keys: object = found.get(id)
            if isinstance(keys, list):
                effects.append(Abandon(plan=id, keys=keys, why="another view has begun"))
        return effects

    def foreseen(self, moment: Moment) -> list[Effect]:
        """Effects of an event leaving whose answer may have to be rendered."""
        if self._parts.has(RENDER):
            return []
        return [Foresee(part=RENDER, url=self._folder(moment))]

    def answered(
        self,
        event: Draft,
        id: str,
        propositions: list[dict[str, object]],
        finish: "Finish",
        moment: Moment,
    ) -> list[Effect]:
        """Effects that render what came for *event*; *finish* makes its promise's value of what is returned to the caller."""
        plan = self._begin(event, id, finish)
        return self._take(plan, propositions, moment, notes=not event.decided)

    def view(self, event: Draft, moment: Moment) -> list[Effect]:
        """Effects that render a view from what earlier answers brought; see `decided`."""
        propositions = self.views.of(event.view_name)
        return self.decided(event, [found for found in propositions if "items" in found], moment)

    def decided(
        self, event: Draft, propositions: list[dict[str, object]], moment: Moment
    ) -> list[Effect]:
        """Effects that render what the page has already; the event leaves after the first pass and reports it."""
        event.decided = True
        return self._take(self._begin(event, moment.new_id(), None), propositions, moment)

    def apply(self, event: Draft, options: dict[str, object], moment: Moment) -> list[Effect]:
        """Effects of `applyPropositions`; what is shown waits for an event that includes rendered propositions."""

        def finish(found: list[dict[str, object]]) -> dict[str, object]:
            return {"propositions": found}

        plan = self._begin(event, moment.new_id(), finish)
        plan.reports = False
        kept = self.views.of(event.view_name) if event.view else []
        plan.shown = _markers(kept)
        return self._plan(plan, [one for one in kept if "items" in one], options, moment)

    def _begin(self, event: Draft, id: str, finish: "Finish | None") -> Plan:
        plan = self._plans[id] = Plan(id, event, finish)
        return plan

    def _take(
        self,
        plan: Plan,
        propositions: list[dict[str, object]],
        moment: Moment,
        *,
        notes: bool = True,
    ) -> list[Effect]:
        """Effects that render *propositions* by *plan*; it *notes* a view without any."""
        event = plan.event
        self.views.keep(propositions)
        asked = fetches_page(event) or not event.query
        if notes and event.renders and event.view and self._is_in_view(event) and asked:
            plan.shown = _markers(self.views.of(event.view_name))
        mine = [one for one in propositions if is_for(one, event.view)]
        return self._plan(plan, mine, {}, moment)

    def _is_in_view(self, event: Draft) -> bool:
        return event.view in ("", self._view)

    def _plan(
        self,
        plan: Plan,
        propositions: list[dict[str, object]],
        applied: dict[str, object],
        moment: Moment,
    ) -> list[Effect]:
        """Effects that have the part make *plan*, where there is anything to render."""
        event = plan.event
        kinds = [scope_kind(proposition) for proposition in propositions]
        rest = [returned(one, items_of(one), attempted=False) for one in propositions]
        if not applied.get("propositions") and (
            not event.renders or all([kind == "scope" for kind in kinds])
        ):
            plan.returned = rest
            return self._start(plan, {}, moment)

        def go(run: "Run | None", why: str, now: Moment) -> list[Effect]:
            if plan.id not in self._plans:
                return []
            answer: dict[str, object] = {}
            effects: list[Effect] = []
            plan.returned = rest
            if run is not None:
                self._run = run
                try:
                    answer = self._ask("plan", self._question(plan, propositions, applied, now))
                    plan.planned = True
                    plan.take(answer)
                except Exception as error:
                    # An answer of a shape that nobody foresaw: the caller gets it as it came.
                    line = f"what came can't be rendered: {error}"
                    effects.append(Log(level="warn", message=line))
            return effects + self._start(plan, answer, now)

        return self._parts.use(RENDER, self._folder(moment), go, moment)

    def _question(
        self,
        plan: Plan,
        propositions: list[dict[str, object]],
        applied: dict[str, object],
        moment: Moment,
    ) -> dict[str, object]:
        """What the part is asked for *plan*; see Planner."""
        event = plan.event
        surface = page_surface(event.page_url)
        return {
            "plan": plan.id,
            "modes": self._config.group("autoCollectPropositionInteractions"),
            # What belongs to a view or a page that the visitor has left is returned, and not rendered.
            "asked": {
                "renders": event.renders,
                "view": event.view,
                "surface": surface if fetches_page(event) else "",
                "page": not fetches_page(event) or self._surface in ("", surface),
                "here": self._is_in_view(event),
                "lasts": event.decided or bool(event.query),
            },
            "propositions": propositions,
            "applied": applied,
            "facts": {name: moment.facts.get(name) for name in ("url", "cookie", "cookiesEnabled")},
            "allowed": self._allow(moment),
        }

    def _ask(self, do: str, question: dict[str, object]) -> dict[str, object]:
        """What the part answers; see Planner."""
        question["do"] = do
        question["place"] = self._place
        return decode_object(self._run(encode(question))) if self._run else {}

    def _told(self, do: str, question: dict[str, object]) -> dict[str, object]:
        """The same where an event or a promise waits for it: a script of the page may have taken the part away."""
        try:
            return self._ask(do, question)
        except Exception as error:
            return {"problems": [f"the part that renders can't be asked: {error}"]}

    def _folder(self, moment: Moment) -> str:
        return self._config.edge_folder(moment.site())

    def _start(self, plan: Plan, answer: dict[str, object], moment: Moment) -> list[Effect]:
        effects: list[Effect] = []
        warnings = answer.get("warnings")
        for line in warnings if isinstance(warnings, list) else []:
            effects.append(Log(level="warn", message=line))
        if answer.get("clicks") is True:
            effects.append(Watch(what="clicks"))
        redirect = part(answer, "redirect")
        if redirect:
            return effects + self._leave_for(plan, redirect, moment)
        if answer.get("steps"):
            late = Later(timer=("events", "plan", plan.id), delay_ms=PLAN_MS)
            return effects + [Render(plan=plan.id), late]
        return effects + self.rendering(plan.id, [], moment) + self.rendered(plan.id, [], moment)

    # ---- redirects --------------------------------------------------------------------------------------------------

    def _leave_for(self, plan: Plan, redirect: dict[str, object], moment: Moment) -> list[Effect]:
        """Hide the body, report the redirect so that it survives the page, go; the promise is held until the page is gone."""
        plan.redirects = True
        age_s = redirect.get("maxAgeS")
        cookie: Effect = SetCookie(
            name=text_of(redirect, "name"),
            value=text_of(redirect, "value"),
            max_age_s=age_s if isinstance(age_s, int) else 0,
            domain=moment.text("topDomain"),
            same_site="Lax",
        )
        effects = [cookie] + self._report(plan, moment, unloading=True)
        if plan.finish is None:  # a view's own event leaves as well
            plan.event.unloading = True
            effects.extend(self._go(plan.event, moment))
        effects.append(Redirect(url=text_of(redirect, "url")))
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
        self._finish(plan, results, end=False)
        effects: list[Effect] = [Show()] if plan.event.renders or plan.event.query else []
        if plan.event.until_rendered and "waiting" in results:
            return effects
        return effects + self._settle(plan, moment)

    def rendered(self, id: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects at the end of a plan: one display event for all that was shown and nothing that was not."""
        plan = self._plans.pop(id, None)
        if plan is None:
            return []
        effects: list[Effect] = []
        for problem in self._finish(plan, results, end=True):
            effects.append(Log(level="warn", message=problem))
        effects.extend(self._settle(plan, moment))
        return effects + self._report(plan, moment, unloading=False) + self._freed(moment)

    def _finish(self, plan: Plan, results: list[str], *, end: bool) -> list[str]:
        """Take over what came of *plan*; the lines of what came to nothing."""
        if plan.planned:
            answer = self._told("finish", {"plan": plan.id, "results": results, "end": end})
            problems = answer.get("problems")
            if "returned" in answer:
                plan.take(answer)
        else:
            problems = []
        if plan.finish is None:
            plan.event.kept = plan.returned
        return problems if isinstance(problems, list) else []

    def _settle(self, plan: Plan, moment: Moment) -> list[Effect]:
        """Once for a plan: its promise resolves, or the event that it has held up leaves and reports what was shown."""
        if plan.settled:
            return []
        plan.settled = True
        event = plan.event
        if plan.finish is not None:
            if event.call is None:
                return []
            return [resolved(event.call, plan.finish(plan.returned))]
        if plan.redirects:
            return []
        if plan.reports:
            event.shown = plan.due()
        return self._go(event, moment)

    def _report(self, plan: Plan, moment: Moment, *, unloading: bool) -> list[Effect]:
        """Effects that tell the edge what *plan* has shown and no event has told yet."""
        shown = plan.due()
        if not shown:
            return []
        if not plan.reports and not plan.redirects:
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
            if plan.finish is None:  # its event waits for its first pass
                plan.event.unloading = True
                effects.extend(self._settle(plan, moment))
            effects.extend(self._report(plan, moment, unloading=True))
        return effects


def _markers(propositions: list[dict[str, object]]) -> list[dict[str, object]]:
    """Those that only stand for a view without offers, as they are reported."""
    return [short(proposition) for proposition in propositions if "items" not in proposition]


def _records(answer: dict[str, object], name: str) -> list[dict[str, object]]:
    found = answer.get(name)
    return found if isinstance(found, list) else []

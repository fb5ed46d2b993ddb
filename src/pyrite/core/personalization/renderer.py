"""Runs the renderings of one tracker: plans, the cache of views, display reports, redirects.

Pure. Not for the events that ask: tracking/lifecycle.py. What a proposition becomes: planner.py, in a part.
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
    Tell,
    Watch,
)
from ..event import Draft, list_at, part, text_at
from ..moment import Moment
from ..options.configure import Config
from ..wire import decode_object, encode
from .propositions import (
    Views,
    fetches_page,
    is_for,
    items_in,
    page_surface,
    promised,
    returned,
    scope_kind,
    short,
)
from .rendering import Released, Rendering

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..parts import Run
    from .rendering import Steps

PLAN_MS = 20000  # after which a plan has ended, though a script of it may still be loading: it holds nothing up
REDIRECT_LIMIT_MS = 5000  # a page that is still there by then was not replaced: it is shown again


class Renderings:
    """The renderings of one tracker. Methods return effects and follow-ups; see rendering.py."""

    def __init__(self, config: Config, *, place: int) -> None:
        self._config = config
        self._place = place
        self._run: Run | None = None  # the part, once it was needed
        self.views = Views()
        self._plans: dict[str, Rendering] = {}
        self._unreported: list[dict[str, object]] = []
        self._view = ""  # the newest, of events that render
        self._surface = ""  # of the newest page that was asked for

    def begun(self, event: Draft) -> list[Effect]:
        """Note the view and page of *event*, and abandon steps that wait for elements of an earlier one."""
        if event.view:
            self._view = event.view
        if fetches_page(event):
            self._surface = page_surface(event.page_url)
        if self._run is None:
            return []
        keys_by_plan = self._told("outdated", {"view": self._view, "surface": self._surface})
        effects: list[Effect] = []
        for id in sorted(self._plans):
            keys: object = keys_by_plan.get(id)
            if isinstance(keys, list):
                effects.append(Abandon(plan=id, keys=keys, why="another view has begun"))
        return effects

    def answered(
        self, event: Draft, id: str, propositions: list[dict[str, object]], moment: Moment
    ) -> "Steps":
        """Render the answer to *event* and settle its promise."""
        plan = Rendering(id, event)
        steps: Steps = []
        if event.query and not propositions:
            steps.append(Tell(status="no-offers", payload={"query": event.query}))
        return steps + self._take(plan, propositions, moment, notes=not event.decided)

    def view(self, event: Draft, moment: Moment) -> "Steps":
        """Render a view from the cache; see `decided`."""
        propositions = self.views.of(event.view_name)
        return self.decided(event, [one for one in propositions if "items" in one], moment)

    def decided(
        self, event: Draft, propositions: list[dict[str, object]], moment: Moment
    ) -> "Steps":
        """Render *propositions*; then send the event, which reports what was shown."""
        event.decided = True
        plan = Rendering(moment.new_id(), event, leaves=True)
        return self._take(plan, propositions, moment)

    def apply(self, event: Draft, options: dict[str, object], moment: Moment) -> "Steps":
        """Render for `applyPropositions`. The next event that includes rendered propositions reports what was shown."""
        plan = Rendering(moment.new_id(), event, applied=options)
        propositions = self.views.of(event.view_name) if event.view else []
        plan.shown = _markers(propositions)
        return self._plan(plan, [one for one in propositions if "items" in one], moment)

    def _take(
        self,
        plan: Rendering,
        propositions: list[dict[str, object]],
        moment: Moment,
        *,
        notes: bool = True,
    ) -> "Steps":
        """Render *propositions* by *plan*. *notes*: report a view without offers, too."""
        event = plan.event
        self.views.keep(propositions)
        fetches = fetches_page(event) or not event.query
        if notes and event.renders and event.view and event.is_in(self._view) and fetches:
            plan.shown = _markers(self.views.of(event.view_name))
        mine = [one for one in propositions if is_for(one, event.view)]
        return self._plan(plan, mine, moment)

    def _plan(
        self, plan: Rendering, propositions: list[dict[str, object]], moment: Moment
    ) -> "Steps":
        """Have the part make *plan* if there is anything to render."""
        event = plan.event
        self._plans[plan.id] = plan
        plan.propositions = propositions
        plan.returned = [returned(one, items_in(one), attempted=False) for one in propositions]
        kinds = [scope_kind(proposition) for proposition in propositions]
        if (plan.applied and plan.applied.get("propositions")) or (
            event.renders and not all([kind == "scope" for kind in kinds])
        ):
            return _started(event, propositions) + [plan]
        return self._start(plan, {}, moment)

    def prepared(
        self, plan: Rendering, run: "Run | None", moment: Moment, *, allowed: bool
    ) -> "Steps":
        """Render *plan* with the part *run*, None if it could not be loaded. *allowed*: cookies may be stored."""
        if plan.id not in self._plans:
            return []
        answer: dict[str, object] = {}
        steps: Steps = []
        if run is not None:
            self._run = run
            try:
                question = plan.question(moment, surface=self._surface, view=self._view)
                question["modes"] = self._config.group("autoCollectPropositionInteractions")
                question["allowed"] = allowed
                answer = self._ask("plan", question)
                plan.planned = True
                plan.take(answer)
            except Exception as error:
                # An answer of a shape that nobody foresaw: the caller gets it as it came.
                steps.append(Log(level="warn", message=f"what came can't be rendered: {error}"))
        return steps + self._start(plan, answer, moment)

    def _ask(self, do: str, question: dict[str, object]) -> dict[str, object]:
        """What the part answers; see Planner."""
        question["do"] = do
        question["place"] = self._place
        return decode_object(self._run(encode(question))) if self._run else {}

    def _told(self, do: str, question: dict[str, object]) -> dict[str, object]:
        """The same, without raising: a script of the page may have removed the part, and an event or promise waits."""
        try:
            return self._ask(do, question)
        except Exception as error:
            return {"problems": [f"the part that renders can't be asked: {error}"]}

    def _start(self, plan: Rendering, answer: dict[str, object], moment: Moment) -> "Steps":
        steps: Steps = []
        for line in list_at(answer, "warnings"):
            steps.append(Log(level="warn", message=line))
        if answer.get("clicks") is True:
            steps.append(Watch(what="clicks"))
        redirect = part(answer, "redirect")
        if redirect:
            return steps + self._leave_for(plan, redirect, moment)
        if answer.get("steps"):
            late = Later(timer=("events", "plan", plan.id), delay_ms=PLAN_MS)
            return steps + [Render(plan=plan.id), late]
        return steps + self._end(plan.id)

    def _leave_for(self, plan: Rendering, redirect: dict[str, object], moment: Moment) -> "Steps":
        """Report the redirect by a request that outlives the page, then redirect. The promise stays open."""
        plan.redirects = True
        age_s = redirect.get("maxAgeS")
        cookie = SetCookie(
            name=text_at(redirect, "name"),
            value=text_at(redirect, "value"),
            max_age_s=age_s if isinstance(age_s, int) else 0,
            domain=moment.text("topDomain"),
            same_site="Lax",
        )
        steps: Steps = [cookie]
        details = plan.shown[0] if plan.shown else {}
        to = text_at(redirect, "url")
        steps.extend(self._report(plan, unloading=True))
        if plan.leaves:
            plan.event.unloading = True
            steps.append(self._dispatch(plan.event))
        about: dict[str, object] = {"propositionDetails": details, "redirect": to}
        steps.append(Tell(status="rendering-redirect", payload=about))
        steps.append(Redirect(url=to))
        steps.append(Later(timer=("events", "redirect", plan.id), delay_ms=REDIRECT_LIMIT_MS))
        return steps

    def stayed(self, id: str) -> "Steps":
        """Show the page again: the redirect did not leave it (a download, a blocked address)."""
        steps: Steps = [Stay()]
        return steps + self._end(id)

    def _end(self, id: str) -> "Steps":
        """End a plan that has no steps in the page."""
        return self.rendering(id, []) + self.rendered(id, [])

    def rendering(self, id: str, results: list[str]) -> "Steps":
        """Process the first pass over a plan. *results* has a word per step: shown, waiting, or the error."""
        plan = self._plans.get(id)
        if plan is None:
            return []
        self._finish(plan, results, end=False)
        steps: Steps = [Show()] if plan.event.renders or plan.event.query else []
        if plan.event.until_rendered and "waiting" in results:
            return steps
        return steps + self._settle(plan)

    def rendered(self, id: str, results: list[str]) -> "Steps":
        """Process the end of a plan: one display event reports what was shown, and nothing else."""
        plan = self._plans.pop(id, None)
        if plan is None:
            return []
        steps: Steps = []
        for problem in self._finish(plan, results, end=True):
            steps.append(Log(level="warn", message=problem))
            steps.append(Tell(status="rendering-failed", payload={"message": problem}))
        if results and plan.shown:
            steps.append(Tell(status="rendering-succeeded", payload=_by_scope(plan.shown)))
        steps.extend(self._settle(plan))
        steps.extend(self._report(plan, unloading=False))
        return steps + [Released()]

    def _finish(self, plan: Rendering, results: list[str], *, end: bool) -> list[str]:
        """Take over the results of *plan*; returns a log line per failed step."""
        problems: list[str] = []
        if plan.planned:
            answer = self._told("finish", {"plan": plan.id, "results": results, "end": end})
            problems = list_at(answer, "problems")
            if "returned" in answer:
                plan.take(answer)
        if plan.leaves:
            plan.event.kept = plan.returned
        return problems

    def _settle(self, plan: Rendering) -> "Steps":
        """Resolve the promise of *plan*, or dispatch the event that it held; once."""
        if plan.settled:
            return []
        plan.settled = True
        event = plan.event
        steps: Steps = []
        if not plan.leaves:
            value = promised(event, plan.returned)
            if plan.applied is not None:
                value.pop("decisions")
            steps.extend(event.resolved(value))
        elif not plan.redirects:
            if plan.reports:
                event.shown = plan.due()
            steps.append(self._dispatch(event))
        return steps

    def _dispatch(self, event: Draft) -> Draft:
        self.include_rendered(event)
        return event

    def include_rendered(self, event: Draft) -> None:
        """Add the unreported displays to *event* if it includes rendered propositions."""
        if event.includes_rendered:
            event.shown = event.shown + self._unreported
            self._unreported = []

    def _report(self, plan: Rendering, *, unloading: bool) -> "Steps":
        """Report the unreported displays of *plan*."""
        records = plan.due()
        if not records:
            return []
        if not plan.reports and not plan.redirects:
            self._unreported = self._unreported + records
            return []
        return [plan.report(records, unloading=unloading)]

    def holds_back(self) -> bool:
        """Whether an open plan leaves its report to an event that includes rendered propositions."""
        return any([not self._plans[id].reports for id in self._plans])

    def leaving(self) -> "Steps":
        """Report what was shown: the page is being left."""
        steps: Steps = []
        for id in sorted(self._plans):
            plan = self._plans[id]
            if plan.leaves:
                plan.event.unloading = True
                steps.extend(self._settle(plan))
            steps.extend(self._report(plan, unloading=True))
        return steps


def _started(event: Draft, propositions: list[dict[str, object]]) -> "Steps":
    """What monitors are told before offers of the page and of a view are rendered, as Alloy tells it."""
    steps: Steps = []
    for kind, scope in (("page", "__view__"), ("view", event.view_name)):
        group = [one for one in propositions if scope_kind(one) == kind]
        if group:
            payload: dict[str, object] = {"scope": scope, "propositions": group}
            steps.append(Tell(status="rendering-started", payload=payload))
    return steps


def _by_scope(records: list[dict[str, object]]) -> dict[str, object]:
    groups: dict[str, object] = {}
    for record in records:
        group = groups.setdefault(text_at(record, "scope"), [])
        if isinstance(group, list):
            group.append(record)
    return groups


def _markers(propositions: list[dict[str, object]]) -> list[dict[str, object]]:
    """The reports of the views without offers among *propositions*."""
    return [short(proposition) for proposition in propositions if "items" not in proposition]

"""What a tracker asks of the part that renders, while it decides: plans for answers, what came of them, clicks on what they show.

Pure: text in, text out, and one Planner for each tracker of a page. renderer.py asks; not for carrying steps out:
browser/rendering.
"""

from ..event import part, text_at
from ..moment import Given, Moment
from ..wire import decode_object, encode
from .interactions import Interactions
from .plan import Plan
from .redirects import COOKIE, MEMORY_S, noted, refusal


class Planner:
    """The open plans of the tracker at *place* on its page."""

    def __init__(self, place: int) -> None:
        self.interactions = Interactions({}, place=place)
        self.plans: dict[str, Plan] = {}
        self.ended: dict[str, Plan] = {}  # those whose offers the page keeps; it forgets them

    def run(self, text: str) -> str:
        """The answer to a question of renderer.py: `do` names the method, the rest is its argument; both are JSON texts."""
        question = decode_object(text)
        do = question.get("do")
        if do == "finish":
            return encode(self._finish(question))
        if do == "outdated":
            return encode(self._outdated(question))
        return encode(self._plan(question))

    def _plan(self, question: dict[str, object]) -> dict[str, object]:
        """A new plan, for `propositions` (those that the event may see) and for what applyPropositions was given.

        `{returned, shown, warnings, steps, clicks, redirect}`: *steps* is how many there are to carry out, *clicks* whether clicks
        are to be watched, *redirect* is `{url, name, value, maxAgeS}`, with the cookie that it needs, {} for none.
        """
        self.interactions.modes = part(question, "modes")
        plan = Plan(text_at(question, "plan"), part(question, "asked"), self.interactions)
        self.plans[plan.id] = plan
        listed_propositions = question.get("propositions")
        propositions: list[dict[str, object]] = (
            listed_propositions if isinstance(listed_propositions, list) else []
        )
        moment = _moment(part(question, "facts"))
        applied = part(question, "applied")
        for target in [] if applied else plan.redirects(propositions):
            problem = refusal(
                target.item, target.url, moment, allowed=question.get("allowed") is True
            )
            if not problem:
                plan.redirect = target
                plan.note(target.proposition)
                break
            plan.warnings.append(
                f"item {target.item!r} does not redirect to {target.url!r}: {problem}"
            )
        plan.apply(applied)
        plan.take(propositions)
        redirect: dict[str, object] = {}
        if plan.redirect:
            redirect = {
                "url": plan.redirect.url,
                "name": COOKIE,
                "value": noted(plan.redirect.item, plan.redirect.url, moment),
                "maxAgeS": MEMORY_S,
            }
        return {
            "returned": plan.returned,
            "shown": plan.due(),
            "warnings": plan.warnings,
            "steps": len(plan.steps),
            "clicks": self.interactions.any,
            "redirect": redirect,
        }

    def _finish(self, question: dict[str, object]) -> dict[str, object]:
        """What came of the plan by `results` (see Plan.finish): `{returned, shown, problems}`; with `end` it is over."""
        id = text_at(question, "plan")
        words = question.get("results")
        results = [str(word) for word in words] if isinstance(words, list) else []
        plan = self.plans[id]
        if question.get("end") is True:
            self.plans.pop(id)
            if plan.lasts and plan.steps:
                self.ended[id] = plan
        plan.finish(results)
        return {
            "returned": plan.returned,
            "shown": plan.due(),
            "problems": plan.problems(results),
        }

    def _outdated(self, question: dict[str, object]) -> dict[str, object]:
        """`{plan: numbers of its steps}` that are for another `view` or `surface`."""
        keys_by_plan: dict[str, object] = {}
        for id in self.plans:
            keys = self.plans[id].outdated(text_at(question, "view"), text_at(question, "surface"))
            if keys:
                keys_by_plan[id] = keys
        return keys_by_plan


def _moment(facts: dict[str, object]) -> Moment:
    """A moment of the page, as far as redirects ask."""
    return Moment(now_ms=0, facts=Given(facts), new_id=lambda: "", chance=lambda: 0)

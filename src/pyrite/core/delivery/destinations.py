"""What an answer asks a page to pass on to others: cookies for other systems, addresses of theirs to call.

Pure. Only with consent: tracker.py sees to that. Source: Adobe's Web SDK 2.33, the components Audiences and Identity.
"""

from ..effects import Call, Effect, SetCookie
from ..event import part, text_at
from ..moment import Moment
from ..urls import quote
from .request import payloads

DAY_S = 86400
DAYS = 10  # that a cookie is kept where the answer does not say


def destinations(answer: dict[str, object], moment: Moment) -> list[Effect]:
    """Effects for the handles `activation:push` and `identity:exchange` of *answer*."""
    effects: list[Effect] = []
    for one in payloads(answer, "activation:push") + payloads(answer, "identity:exchange"):
        spec = part(one, "spec")
        name = text_at(spec, "name")
        url = text_at(spec, "url")
        days = spec.get("ttlDays")
        if one.get("type") == "cookie" and name:
            effects.append(
                SetCookie(
                    name=quote(name),
                    value=quote(text_at(spec, "value")),
                    max_age_s=int((days if isinstance(days, (int, float)) else DAYS) * DAY_S),
                    domain=quote(text_at(spec, "domain")),
                    # Other sites are to read it; without TLS browsers take no cookie for them.
                    same_site="None" if moment.text("url").startswith("https:") else "Lax",
                )
            )
        elif one.get("type") == "url" and url:
            effects.append(Call(url=url, hides_referrer=spec.get("hideReferrer") is True))
    return effects

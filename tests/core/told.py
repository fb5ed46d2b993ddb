"""What a tracker wants done, as JSON: see played.py."""

from pyrite.core.effects import (
    Abandon,
    Arm,
    Ask,
    Call,
    Effect,
    Foresee,
    Forget,
    Hide,
    Keep,
    Later,
    Load,
    Log,
    Recall,
    Redirect,
    Render,
    Send,
    SetCookie,
    Settle,
    Watch,
    kind,
)


def told(effect: Effect) -> list[object]:
    """*effect* as JSON: its kind, and its fields."""
    name = kind(effect)
    if isinstance(effect, Send):
        ways: list[object] = [effect.unloading, effect.keepalive, effect.bare]
        return [name, effect.request, effect.url, effect.body, ways]
    if isinstance(effect, Arm):
        return [name, effect.net, effect.bodies]
    if isinstance(effect, Keep):
        return [name, effect.records]
    if isinstance(effect, Forget):
        return [name, effect.ids]
    if isinstance(effect, Recall):
        return [name, effect.stream]
    if isinstance(effect, Settle):
        return [name, effect.call, effect.ok, effect.value]
    if isinstance(effect, Ask):
        return [name, effect.ticket, effect.hook, effect.value]
    if isinstance(effect, Render):
        return [name, effect.plan]
    if isinstance(effect, (Load, Foresee)):
        return [name, effect.part, effect.url]
    if isinstance(effect, Abandon):
        return [name, effect.plan, effect.keys, effect.why]
    if isinstance(effect, SetCookie):
        ways = [effect.max_age_s, effect.domain, effect.same_site]
        return [name, effect.name, effect.value, ways]
    return [name] + small(effect)


def small(effect: Effect) -> list[object]:
    """The fields of an *effect* that has one or two."""
    if isinstance(effect, Redirect):
        return [effect.url]
    if isinstance(effect, Call):
        return [effect.url, effect.hides_referrer]
    if isinstance(effect, Later):
        return [effect.timer, effect.delay_ms]
    if isinstance(effect, Hide):
        return [effect.css]
    if isinstance(effect, Watch):
        return [effect.what]
    if isinstance(effect, Log):
        return [effect.level, effect.message]
    return []

"""What core's tests start from: moments, configured trackers, answers. Plain functions in the portable subset."""

from pyrite.core.effects import Send
from pyrite.core.moment import Given, Moment
from pyrite.core.personalization.planner import Planner
from pyrite.core.tracker import Tracker
from pyrite.core.wire import decode, encode

NOW_MS = 1795157627711  # 2026-11-20T06:53:47.711Z
URL = "https://www.site.test/page?a=1"


_made = [0]


def new_id():
    """Ids that count: 00000000-0000-4000-8000-000000000001, …"""
    _made[0] += 1
    return f"00000000-0000-4000-8000-{_made[0]:012d}"


def moment(now_ms=NOW_MS, age_ms=0, **facts) -> Moment:
    """A moment on a usual page; *facts* replace its facts."""
    known = {
        "url": URL,
        "referrer": "",
        "screenWidth": 1280,
        "screenHeight": 720,
        "screenOrientation": "landscape-primary",
        "viewportWidth": 1280,
        "viewportHeight": 720,
        "timezone": "UTC",
        "timezoneOffset": 0,
        "cookie": "pyrite_fpid=device-1",
        "cookiesEnabled": True,
        "gpc": False,
        "topDomain": "site.test",
        "hints": None,
    }
    known.update(facts)
    return Moment(
        now_ms=now_ms, facts=Given(known), new_id=new_id, chance=lambda: 0.5, age_ms=age_ms
    )


_planners = []


def planned(tracker: Tracker, now=None):
    """Effects of the part that renders being there."""
    planner = Planner(tracker.place)
    _planners.append(planner)
    return tracker.loaded("render", planner.run, "", now or moment())


def planner_of(plan):
    """The planner that made *plan*, an id."""
    return [planner for planner in _planners if plan in planner.plans][0]


def steps_of(render):
    """The steps that a Render is to carry out; none once its plan has ended, as after its time is up."""
    plans = [planner.plans[render.plan] for planner in _planners if render.plan in planner.plans]
    return plans[0].steps if plans else []


def configured(**options) -> Tracker:
    """A tracker for the data stream `shop` with an edge on its own site; the part that renders is there."""
    tracker = bare(**options)
    assert planned(tracker) == []
    return tracker


def bare(**options) -> Tracker:
    """The same before any part was loaded."""
    tracker = Tracker("alloy")
    given = {
        "datastreamId": "shop",
        "edgeDomain": "edge.site.test",
        "clickCollectionEnabled": False,
    }
    given.update(options)
    effects = tracker.command(0, "configure", given, moment())
    assert settled(effects, 0)[0], settled(effects, 0)
    return tracker


def only(effects, kind):
    """The one effect of that kind."""
    found = all_of(effects, kind)
    assert len(found) == 1, f"expected one {kind}, got {found!r}"
    return found[0]


def all_of(effects, kind):
    """Every effect of that kind."""
    return [effect for effect in effects if type(effect).__name__ == kind]


def timer(effects, name):
    """The last timer set whose name begins with *name*."""
    return [later for later in all_of(effects, "Later") if later.timer[1] == name][-1]


def ticked(tracker: Tracker, times=1, **facts):
    """All effects of the outbox's clock ticking that often."""
    effects = []
    for _ in range(times):
        effects = effects + tracker.on_timer(("outbox", "tick", 0), moment(**facts))
    return effects


def settled(effects, call):
    """`(ok, value)` of the promise of *call*; None while it waits."""
    for effect in all_of(effects, "Settle"):
        if effect.call == call:
            return effect.ok, effect.value
    return None


def body(send):
    """What a Send carries."""
    return decode(send.body)


def first_event(send):
    """The first event that a Send carries."""
    return body(send)["events"][0]


def answer(
    tracker: Tracker, send: Send, handles=(), status=200, text=None, retry_after="", **facts
):
    """Effects of the edge's answer with *handles* to *send*."""
    content = encode({"requestId": send.request, "handle": list(handles)}) if text is None else text
    return tracker.answered(
        send.request, status=status, text=content, retry_after=retry_after, moment=moment(**facts)
    )


def problem(detail, code="event.shape"):
    """The text of an edge's refusal: Pyrite's, or Adobe's, which has no *code*."""
    said = {"type": "https://e.test/problem", "detail": detail, "report": {"requestId": "r"}}
    return encode(dict(said, code=code) if code else said)


def decisions(*propositions):
    """A handle that carries *propositions*."""
    return {"type": "personalization:decisions", "payload": list(propositions), "eventIndex": 0}


def proposition(id, *items):
    """A page's proposition with *items*."""
    return {
        "id": id,
        "scope": "__view__",
        "scopeDetails": {"characteristics": {}},
        "items": list(items),
    }


def scoped(found, scope, view=False):
    """The proposition *found* in another scope; of a view if it says so."""
    characteristics = {"scopeType": "view"} if view else {}
    return dict(found, scope=scope, scopeDetails={"characteristics": characteristics})


def action(type, selector="#a", content="x", id="i1"):
    """A dom-action item."""
    schema = "https://ns.adobe.com/personalization/dom-action"
    return {
        "id": id,
        "schema": schema,
        "data": {"type": type, "selector": selector, "content": content},
    }


def raises(error, function, *args):
    """What *function* raises, which must be an *error*."""
    try:
        function(*args)
    except error as raised:
        return raised
    raise AssertionError(f"expected {error.__name__}, nothing was raised")


ECID = "68360022426352377510923813804667928661"
IDENTITY = "kndctr_shop_identity=CiY2ODM2MDAyMjQyNjM1MjM3NzUxMDkyMzgxMzgwNDY2NzkyODY2MQ"

"""What is wrong with a page's tracking, each with its evidence and what to do. Pure: from what was seen to findings.

Not for opening pages: examine.py. A cause that another one brings about is not told: where the tracker is blocked, no view is missing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from .seen import Call, Request, Seen

CLOCK_S = 300  # that a page's clock may be wrong
HIDDEN_MS = 1000  # of prehiding without an answer: shorter ones are nobody's timeout
FILTERED = "ERR_BLOCKED_BY_CLIENT"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: its *cause*, the *evidence* that was seen, and the *remedy*."""

    cause: str
    evidence: str
    remedy: str


@dataclass(frozen=True)
class Cause:
    """A cause: *holds* gives the evidence, one text for each time it was seen. One that *ends* explains everything after it."""

    name: str
    remedy: str
    holds: Callable[[Seen], Iterable[str]]
    ends: bool = True


def findings(seen: Seen) -> list[Finding]:
    """What is wrong, in the order in which an event meets it. One finding a cause, with up to three pieces of evidence."""
    found: list[Finding] = []
    for cause in CAUSES:
        evidence = list(dict.fromkeys(cause.holds(seen)))
        if not evidence:
            continue
        more = f" (and {len(evidence) - 3} more)" if len(evidence) > 3 else ""
        found.append(Finding(cause=cause.name, evidence="; ".join(evidence[:3]) + more, remedy=cause.remedy))  # fmt: skip
        if cause.ends:
            break
    return found


# ---- the page, the base code ----


def _not_loaded(seen: Seen) -> Iterator[str]:
    if seen.failure:
        yield f"{seen.url}: {seen.failure}"
    elif seen.status >= 400:
        yield f"{seen.url} answers {seen.status}"


def _base_blocked(seen: Seen) -> Iterator[str]:
    if not seen.has_function:
        for directive, address in seen.blocked:
            if directive.startswith("script-src") and (address == "inline" or "/base" in address):
                yield f"Content-Security-Policy: {directive} blocks {address}"


def _undefined(seen: Seen) -> list[str]:
    words = ("is not defined", "is not a function")
    return [line for line in seen.errors if "alloy" in line and any(word in line for word in words)]


def _base_missing(seen: Seen) -> Iterator[str]:
    if not seen.has_function:
        yield from _undefined(seen) or ["the page has no function 'alloy'"]


def _base_late(seen: Seen) -> Iterator[str]:
    yield from _undefined(seen)


def _base_twice(seen: Seen) -> Iterator[str]:
    if len(seen.bases) > 1:
        yield f"{len(seen.bases)} base codes: {', '.join(seen.bases)}"


# ---- the tracker's script ----


def _blocked(seen: Seen, prefix: str, requests: list[Request]) -> Iterator[str]:
    """What CSP has blocked of *requests*; a directive alone where the browser tells no more than an origin."""
    for directive, address in seen.blocked:
        own = any(one.url == address or one.url.startswith(f"{address}/") for one in requests)
        if directive.startswith(prefix) and own:
            yield f"Content-Security-Policy: {directive} blocks {address}"


def _script_blocked_by_csp(seen: Seen) -> Iterator[str]:
    if not seen.is_running:
        yield from _blocked(seen, "script-src", seen.of("script"))


def _filtered(seen: Seen, kind: str) -> Iterator[str]:
    return (f"{one.url}: {one.failure}" for one in seen.of(kind) if FILTERED in one.failure)


def _script_filtered(seen: Seen) -> Iterator[str]:
    if not seen.is_running:
        yield from _filtered(seen, "script")


def _script_mixed(seen: Seen) -> Iterator[str]:
    if seen.is_running or not seen.url.startswith("https:"):
        return
    for one in seen.of("script"):
        if one.url.startswith("http:") and not one.status:
            yield f"{one.url} is asked for by {seen.url}"


def _script_not_loaded(seen: Seen) -> Iterator[str]:
    if not seen.is_running:
        for one in seen.of("script"):
            if not 200 <= one.status < 400:
                yield f"{one.url}: {_why(one)}"


def _script_missing(seen: Seen) -> Iterator[str]:
    if not seen.is_running and not seen.of("script"):
        yield f"{len(seen.calls)} calls wait in the base code's queue, and no script comes for them"


def _script_broken(seen: Seen) -> Iterator[str]:
    if not seen.is_running:
        yield "; ".join(seen.errors) or f"{seen.of('script')[0].url} came, and did not begin"


def _script_twice(seen: Seen) -> Iterator[str]:
    urls = [one.url for one in seen.of("script") if 200 <= one.status < 400]
    if len(urls) > 1:
        yield f"{len(urls)} scripts: {', '.join(urls)}"


def _script_outdated(seen: Seen) -> Iterator[str]:
    for one in seen.of("script"):
        if seen.edge_digest and one.digest and one.digest != seen.edge_digest:
            yield f"{one.url} is another file than the edge's own alloy.js"


# ---- configure ----


def _configure_missing(seen: Seen) -> Iterator[str]:
    if not seen.ran("configure"):
        yield f"{len(seen.calls)} calls, none of them 'configure'"


def _configure_refused(seen: Seen) -> Iterator[str]:
    for call in seen.ran("configure"):
        if call.outcome == "rejected":
            yield f"{call.error} ({call.caller or 'caller unknown'})"


# ---- the edge ----


def _edge_blocked_by_csp(seen: Seen) -> Iterator[str]:
    domain = str(seen.config.get("edgeDomain") or urlsplit(seen.url).netloc)
    for directive, address in seen.blocked:
        if directive == "connect-src" and urlsplit(address).netloc == domain:
            yield f"Content-Security-Policy: {directive} blocks {address.partition('?')[0]}"


def _edge_filtered(seen: Seen) -> Iterator[str]:
    yield from _filtered(seen, "edge")


def _origin_refused(seen: Seen) -> Iterator[str]:
    for one in seen.of("edge"):
        if one.answer.get("code") == "origin.unknown":
            yield f"{_place(one)} answers {one.status}: {one.answer.get('detail', '')}"
    for line in seen.console:
        if "blocked by CORS policy" in line and any(one.url.partition("?")[0] in line for one in seen.of("edge")):  # fmt: skip
            yield line


def _edge_not_reached(seen: Seen) -> Iterator[str]:
    asked = seen.of("edge")
    if asked and not any(one.status for one in asked):
        for one in asked:
            if one.failure and "ERR_ABORTED" not in one.failure:
                yield f"{_place(one)}: {one.failure}"


def _datastream_unknown(seen: Seen) -> Iterator[str]:
    for one in seen.of("edge"):
        if one.answer.get("code") == "datastream.unknown":
            yield f"{_place(one)} answers {one.status}: {one.answer.get('detail', '')}"


def _edge_is_another(seen: Seen) -> Iterator[str]:
    for one in seen.of("edge"):
        if one.status == 404 or (one.status and one.status != 204 and not one.is_json):
            yield f"{_place(one)} answers {one.status}{'' if one.is_json else ', and no JSON'}"


def _edge_fails(seen: Seen) -> Iterator[str]:
    for one in seen.of("edge"):
        if one.status >= 500 or one.status == 429:
            yield f"{_place(one)} answers {one.status}"


def _sites_differ(seen: Seen) -> Iterator[str]:
    for one in seen.of("edge"):
        if one.site == "cross-site":
            yield f"the page is on {urlsplit(seen.url).hostname}, the edge on {urlsplit(one.url).hostname}"


def _cookies_refused(seen: Seen) -> Iterator[str]:
    if not seen.keeps_cookies:
        yield "a cookie that the page sets can't be read again"


# ---- consent ----


def _privacy_control(seen: Seen) -> Iterator[str]:
    if seen.privacy_control:
        yield "navigator.globalPrivacyControl is true"


def _choices(seen: Seen) -> list[str]:
    """What calls of setConsent have said, `in` or `out`, in their order."""
    found = []
    for call in seen.ran("setConsent"):
        text = repr(call.options).lower()
        found.append("out" if "'out'" in text or "'n'" in text else "in")
    return found


def _consent_declined(seen: Seen) -> Iterator[str]:
    said = _choices(seen)
    if said and said[-1] == "out":
        yield "the last setConsent says 'out'"
    elif not said and seen.config.get("defaultConsent") == "out":
        yield "configured with defaultConsent 'out', and setConsent is not called"


def _consent_pending(seen: Seen) -> Iterator[str]:
    if seen.config.get("defaultConsent") == "pending" and not _choices(seen):
        held = len([call for call in seen.calls if not call.outcome])
        yield f"configured with defaultConsent 'pending', setConsent is not called, {held} calls wait"


# ---- events ----


def _views(seen: Seen) -> list[Call]:
    return [call for call in seen.calls if call.is_view]


def _view_missing(seen: Seen) -> Iterator[str]:
    # A page whose views the tracker tells by itself needs no call.
    if not _views(seen) and not seen.config.get("autoViewStart"):
        yield f"{len(seen.ran('event', 'sendEvent'))} events, none of them a view"


def _view_twice(seen: Seen) -> Iterator[str]:
    by_url: dict[str, list[Call]] = {}
    for call in _views(seen):
        by_url.setdefault(call.url, []).append(call)
    for url, calls in by_url.items():
        if len(calls) > 1:
            yield f"{len(calls)} views of {url}, by {' and '.join([call.caller or 'a caller unknown' for call in calls])}"


def _view_before_consent(seen: Seen) -> Iterator[str]:
    chosen = seen.ran("setConsent")
    early = [call for call in _views(seen) if chosen and call.number < chosen[0].number]
    if early and seen.config.get("defaultConsent", "in") == "in":
        yield f"a view by {early[0].caller or 'a caller unknown'}, before the first setConsent by {chosen[0].caller or 'a caller unknown'}"


def _events_refused(seen: Seen) -> Iterator[str]:
    for one in seen.of("edge"):
        for problem in [one.answer, *_list(one.answer.get("errors"))]:
            code = problem.get("code") or problem.get("type")
            if one.status in (400, 413, 415, 422) or problem is not one.answer:
                yield f"{code} at {problem.get('path') or 'the body'}: {problem.get('detail') or problem.get('title') or ''}"


def _refused_calls(seen: Seen, *, watched: bool) -> Iterator[str]:
    """Calls that the tracker itself has refused; what the edge has refused is told as that."""
    for call in seen.calls:
        own = call.command != "configure" and "the edge answered" not in call.error
        if call.outcome == "rejected" and own and call.watched is watched:
            yield f"{call.command}: {call.error} ({call.caller or 'caller unknown'})"


def _call_refused(seen: Seen) -> Iterator[str]:
    yield from _refused_calls(seen, watched=True)


def _call_refused_unseen(seen: Seen) -> Iterator[str]:
    yield from _refused_calls(seen, watched=False)


def _dropped(seen: Seen) -> Iterator[str]:
    dropped = seen.delivery.get("dropped")
    for reason, count in dropped.items() if isinstance(dropped, dict) else ():
        if reason != "refused":  # told above
            yield f"{count} events: {reason}"


# ---- offers, and what is in between ----


def _prehiding_ended_by_time(seen: Seen) -> Iterator[str]:
    for start, end in seen.hidden:
        if end - start >= HIDDEN_MS and not any(at <= end for at in seen.answered_ms):
            yield f"hidden for {end - start:.0f} ms, and shown before an answer of the edge was there"


def _selector_missing(seen: Seen) -> Iterator[str]:
    return (line for line in seen.console if "no element within" in line)


def _worker_between(seen: Seen) -> Iterator[str]:
    return (f"{_place(one)} was answered by a service worker" for one in seen.of("edge") if one.from_worker)  # fmt: skip


def _clock_wrong(seen: Seen) -> Iterator[str]:
    told = [one.off_s for one in seen.of("edge") if one.off_s is not None]
    if told and min(map(abs, told)) > CLOCK_S:
        yield f"the page's clock is {min(told, key=abs):+.0f} s from the edge's"


def _list(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _why(request: Request) -> str:
    return request.failure or f"answers {request.status}" if request.status or request.failure else "no answer"  # fmt: skip


def _place(request: Request) -> str:
    return request.url.partition("?")[0]


CAUSES = (
    Cause("page_not_loaded", "check the address; --timeout gives a slow page more time", _not_loaded),
    Cause("base_code_blocked_csp", "allow the base code: 'self' for base.js, or the nonce or hash of the inline one, in script-src", _base_blocked),
    Cause("base_code_missing", "put the base code (base.js, or app.state.head()) into the page's head", _base_missing),
    Cause("base_code_late", "move the base code before the first script that calls alloy; it must not be async or deferred", _base_late, ends=False),
    Cause("base_code_twice", "keep one base code; a tag manager or a template brings the other", _base_twice, ends=False),
    Cause("tracker_blocked_csp", "allow the address of alloy.js in the directive named", _script_blocked_by_csp),
    Cause("tracker_blocked_filter", "serve alloy.js from your own host, under a name that no filter list has", _script_filtered),
    Cause("tracker_mixed_content", "ask for alloy.js by https: a page over https runs no script over http", _script_mixed),
    Cause("tracker_not_loaded", "put the address of alloy.js right, or start what serves it", _script_not_loaded),
    Cause("tracker_missing", "add <script async src=\"…/alloy.js\"> after the base code", _script_missing),
    Cause("tracker_broken", "look at the error; an old browser or a changed file is the usual reason", _script_broken),
    Cause("tracker_twice", "keep one script; two of them tell everything twice", _script_twice, ends=False),
    Cause("tracker_outdated", "copy alloy.js anew after each upgrade of the edge, or take it from the edge", _script_outdated, ends=False),
    Cause("configure_missing", "call alloy('configure', {datastreamId: …}) before the first event: calls wait for it", _configure_missing),
    Cause("configure_refused", "write the option as the error says", _configure_refused),
    Cause("edge_blocked_csp", "allow the edge's origin in the directive named", _edge_blocked_by_csp),
    Cause("edge_blocked_filter", "use an address of your own host (a mounted edge, a relay), with another edgeBasePath", _edge_filtered),
    Cause("origin_refused", "list the page's origin under origins in [edge]", _origin_refused),
    Cause("edge_not_reached", "check edgeDomain, and that the edge runs and is reached from here", _edge_not_reached),
    Cause("datastream_unknown", "name one of the edge's data streams in configure, or add it to [datastreams]", _datastream_unknown),
    Cause("edge_fails", "look at the edge's log and at its /ready; events wait in the page meanwhile", _edge_fails),
    Cause("edge_is_another", "check edgeDomain and edgeBasePath: what answers there is not the edge", _edge_is_another),
    Cause("clock_wrong", "set the clock of the device; the edge corrects what comes, sessions and schedules in the page go by it", _clock_wrong, ends=False),
    Cause("service_worker_between", "let the service worker leave the edge's addresses alone", _worker_between, ends=False),
    Cause("sites_differ", "serve the edge below the page's own domain: browsers keep cookies of other sites away", _sites_differ, ends=False),
    Cause("cookies_refused", "allow cookies for the page's site; without them every page is a new visitor", _cookies_refused, ends=False),
    Cause("privacy_control", "nothing is wrong: the visitor has asked not to be tracked, and setConsent in can't overrule it", _privacy_control),
    Cause("consent_declined", "call setConsent with 'in' once the visitor agrees", _consent_declined),
    Cause("consent_pending", "call setConsent from the consent manager, with what the visitor chose", _consent_pending),
    Cause("view_before_consent", "configure defaultConsent 'pending', so that the view waits for the choice", _view_before_consent, ends=False),
    Cause("view_twice", "keep one of the calls", _view_twice, ends=False),
    Cause("events_refused", "send the event as its rule says; what was refused is a bad row, and 'pyrite replay' takes it once it is mended", _events_refused, ends=False),
    Cause("call_refused", "write the call as the error says", _call_refused, ends=False),
    Cause("call_refused_unseen", "look at the promise (await it, or .catch): the page can't know that the call has failed", _call_refused_unseen, ends=False),
    Cause("events_dropped", "see 'Counted' in the documentation of delivery for each reason", _dropped, ends=False),
    Cause("view_missing", "call alloy('event', {viewStart: true}) once for each view, or configure autoViewStart", _view_missing, ends=False),
    Cause("prehiding_timed_out", "load alloy.js sooner, or hide less: visitors looked at nothing, and then at the old content", _prehiding_ended_by_time, ends=False),
    Cause("selector_never_matches", "correct the experience's selector: no element of the page matches it", _selector_missing, ends=False),
)  # fmt: skip

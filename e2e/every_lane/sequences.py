"""Random sequences of what happens to a tracker, for tests/core/played.py: the same for the same seed, as JSON texts."""

import json
import random
from typing import Any

from pyrite.core.personalization.actions import TYPES
from pyrite.core.personalization.schemas import SCHEMA

TEXTS = ("", "x", "a b", "é漢😀", "\u2028", "\x01\x7f", "<b>", "'\"\\", "%3D%zz&", "a" * 300, "null", "__proto__", "-1", "NaN", "ſİ", "\ufeff \xa0a\xa0 b", "\x1cz\x85")  # fmt: skip
NUMBERS = (0, 1, -1, 2**31, 2**53, -(2**53), 0.1, 1.5e300, 1e-7, 123456789.125, 123456789012345680000, 1e21)  # fmt: skip
NAMES = ("a", "_id", "10", "9", "type", "constructor", "toString", "then", "$ref", "é", "", "length", "eventType", "_experience", "get")  # fmt: skip
SELECTORS = ("#a", ".b", "body > p:eq(1)", "#10", "head", "", ">>", "a:shadow(b)", "BODY > *:eq(0)", "#é", "p:eq(x)", "p:eq(٣)")  # fmt: skip
URLS = ("https://www.site.test/page?a=1", "https://www.site.test/other#x", "http://b.test/é?adobe_mc=TS%3D1", "https://www.site.test/page?adobe_mc=MCMID%3D12345678901234567890123456789012345678%7CMCORGID%3Dshop%7CTS%3D1795157600", "//c.test/x", "/rel?x#y", "javascript:alert(1)", "about:srcdoc", "", "https://[::1]:8/a")  # fmt: skip
SCOPES = ("__view__", "cart", "hero", "web://www.site.test/page", "web://www.site.test/page#x", "")
RETRY = ("", "", "", "7", "0", "Fri, 20 Nov 2026 08:49:37 GMT", "x", "²", "99999999999999999999")
CONSENTS: tuple[Any, ...] = (
    [{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}],
    [{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}],
    [{"standard": "Adobe", "version": "1.0", "value": {"general": "out"}}],
    [{"standard": "Adobe", "version": "2.0", "value": {"collect": {"val": "y"}}}],
    [{"standard": "Adobe", "version": "2.0", "value": {"collect": {"val": "n"}, "é": 1.5}}],
    [{"standard": "IAB TCF", "version": "2.0", "value": "CO052l"}],
    [{"standard": "x"}],
    [],
    3,
    [None],
)  # fmt: skip
ECID = "kndctr_shop_identity=CiY2ODM2MDAyMjQyNjM1MjM3NzUxMDkyMzgxMzgwNDY2NzkyODY2MQ"
COOKIES = ("", "", "pyrite_fpid=device-1", ECID, f"{ECID}; pyrite_fpid=device-1; kndctr_shop_cluster=or2", "kndctr_shop_consent=general%3Din", "kndctr_shop_consent=general=out", "a=b; a=c; ;=; é=ü; pyrite_redirects=x!i1!i1", "kndctr_shop_identity=%%; at_qa_mode=1", "kndctr_shop_consent=general=in; pyrite_minted=m-1")  # fmt: skip
PROBLEM = {"type": "https://e.test/problem", "report": {"requestId": "r"}}
PLAIN = ("", "{}", "<html>", "[]", '{"handle":3}', '{"detail":"Not Found"}', "busy", '{"error":1}', "null", '"é"')  # fmt: skip
STATUSES = (0, 200, 204, 207, 304, 400, 401, 403, 404, 405, 408, 413, 422, 429, 431, 500, 501, 503)


class Maker:
    """One sequence in the making."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.events = 0

    def one_of(self, *choices: Any) -> Any:
        """One of *choices*."""
        return self.random.choice(choices)

    def happens(self, percent: int) -> bool:
        """True in so many of a hundred."""
        return self.random.randrange(100) < percent

    def value(self, depth: int = 3) -> Any:
        """Any JSON value."""
        kind = self.random.randrange(9 if depth else 6)
        if kind < 2:
            return self.random.choice(TEXTS)
        if kind < 4:
            return self.random.choice(NUMBERS)
        if kind == 4:
            return self.one_of(None, True, False)
        if kind == 5:
            return self.one_of({}, [])
        if kind == 6:
            return [self.value(depth - 1) for _ in range(self.random.randrange(3))]
        return self.object(depth - 1)

    def object(self, depth: int = 2) -> dict[str, Any]:
        """Any JSON object."""
        return {
            self.random.choice(NAMES): self.value(depth) for _ in range(self.random.randrange(4))
        }

    def deep(self) -> dict[str, Any]:
        """More levels than may be sent, or nearly."""
        value: dict[str, Any] = {}
        for _ in range(self.one_of(60, 110, 230)):
            value = {"in": value}
        return value

    # ---- commands ---------------------------------------------------------------------------------------------------

    def configure(self, odd: bool) -> dict[str, Any]:
        """Options of configure, which are refused where they are *odd*."""
        options: dict[str, Any] = {"datastreamId": "shop"}
        for name, choices, percent in (
            ("edgeDomain", ("edge.site.test", "edge.other.test", "localhost:8000"), 60),
            ("orgId", ("ORG@AdobeOrg",), 10),
            ("defaultConsent", ("pending", "pending", "out", "in"), 40),
            ("globalPrivacyControlEnabled", (False,), 10),
            ("context", ([], ["web"], ["web", "device", "highEntropyUserAgentHints"], ["oneTimeAnalyticsReferrer", "placeContext"]), 30),
            ("prehidingStyle", ("body{opacity:0}",), 40),
            ("prehidingTimeout", (0, 1.5, 10), 20),
            ("decisioningMethod", ("on-device",), 20),
            ("clickCollectionEnabled", (False,), 15),
            ("clickCollection", ({"filterClickDetails": "function"}, {"internalLinkEnabled": False}, {"externalLinkEnabled": False}), 30),
            ("onBeforeLinkClickSend", ("function",), 20),
            ("onBeforeEventSend", ("function",), 35),
            ("autoViewStart", (True,), 20),
            ("autoViewStartOnHash", (True,), 20),
            ("outbox", ({"maxEvents": 3}, {"maxBytes": 4000}, {"maxAgeHours": 0.001}, {"maxEvents": 5, "maxBytes": 9000}), 30),
            ("edgeConfigOverrides", ({"a": {}, "b": {"enabled": False}, "": "", "é": ["", "x"]},), 10),
            ("debugEnabled", (True,), 30),
            ("autoCollectPropositionInteractions", ({"TGT": "always"}, {"AJO": "never"}, {"PYR": "decoratedElementsOnly"}), 20),
            ("thirdPartyCookiesEnabled", (True,), 10),
        ):  # fmt: skip
            if self.happens(percent):
                options[name] = self.random.choice(choices)
        if odd:
            for _ in range(self.random.randrange(1, 4)):
                name = self.random.choice(
                    [*options, "datastreamId", "prehidingTimout", "nope", "é"]
                )
                options[name] = self.value()
        return options

    def event(self, name: str) -> dict[str, Any]:
        """Options of event or sendEvent."""
        self.events += 1
        options: dict[str, Any] = {}
        if self.happens(40):
            options["viewStart" if name == "event" else "renderDecisions"] = True
        if self.happens(80):
            repeated = self.happens(5) and self.events > 1
            options["xdm"] = {"_id": f"event-{self.events - repeated}"}
            if self.happens(30):
                page = {"viewName": self.one_of("cart", "CART", "home", "")}
                options["xdm"]["web"] = {"webPageDetails": page | self.one_of({}, {"name": "Näme"})}
            if self.happens(20):
                options["xdm"].update(self.object() | {"_id": options["xdm"]["_id"]})
            if self.happens(10):
                options["xdm"]["identityMap"] = self.one_of({"x": [{"id": "1", "primary": True}]}, {"x": [{"id": 1}]}, self.value())  # fmt: skip
        for key, choices, percent in (
            ("documentUnloading", (True,), 15),
            ("type", ("order", "é", ""), 40),
            ("mergeId", ("m",), 5),
            ("decisionScopes", (["hero"], ["__view__", "hero"], []), 20),
            ("personalization", (
                {"includeRenderedPropositions": True}, {"sendDisplayEvent": False}, {"untilRendered": True},
                {"defaultPersonalizationEnabled": True}, {"defaultPersonalizationEnabled": False},
                {"surfaces": ["#x", "web://b.test/", ""]}, {"decisionContext": {"n": 1.5}},
            ), 30),
            ("edgeConfigOverrides", ({"a": {"b": ""}}, {"com": {"enabled": True}}), 8),
        ):  # fmt: skip
            if self.happens(percent):
                options[key] = self.random.choice(choices)
        if self.happens(30):
            options["data"] = self.object()
        if self.happens(4):
            options["data"] = self.one_of(self.deep(), {"pad": "x" * self.one_of(5000, 70000)})
        if self.happens(5):
            options[self.one_of("typ", "nope", "type", "xdm", "data", "viewStart", "decisionScopes")] = self.value()  # fmt: skip
        return options

    def command(self) -> list[Any]:
        """A step that gives a command."""
        name = self.one_of(*("event sendEvent " * 5 + "setConsent setConsent getIdentity appendIdentityToUrl applyPropositions applyResponse createEventMergeId getDelivery getLibraryInfo setDebug configure nope").split())  # fmt: skip
        options: Any
        if name in ("event", "sendEvent"):
            options = self.event(name)
        elif name == "setConsent":
            options = {"consent": self.random.choice(CONSENTS)}
            if self.happens(15):
                options["identityMap"] = self.one_of({"x": [{"id": "1"}]}, {"x": [{"id": 3}]}, 3)
        elif name == "getIdentity":
            options = self.one_of({}, {"namespaces": ["ECID", "FPID"]}, {"namespaces": ["CORE"]}, {"namespaces": ["x"]}, {"namespaces": "ECID"})  # fmt: skip
        elif name == "appendIdentityToUrl":
            options = {"url": self.random.choice([*URLS, 3])}
        elif name == "applyPropositions":
            options = {"propositions": self.propositions()}
            if self.happens(50):
                place = {"selector": self.random.choice(SELECTORS), "actionType": self.one_of("setHtml", "appendHtml", "collectInteractions", "nope")}  # fmt: skip
                options["metadata"] = {self.random.choice(SCOPES): place}
            if self.happens(30):
                options["viewName"] = self.one_of("cart", "x")
        elif name == "applyResponse":
            options = {"responseBody": self.answer(), "renderDecisions": self.happens(70)}
            if self.happens(40):
                options["responseHeaders"] = {"x-adobe-edge": self.one_of("or2;35", "x", ";²", 3)}
        elif name == "configure":
            options = self.configure(self.happens(50))
        elif name == "setDebug":
            options = {"enabled": self.one_of(True, False, 3)}
        else:
            name = self.one_of(name, "evnt", "__proto__", "constructor", "sendMediaEvent", "") if name == "nope" else name  # fmt: skip
            options = self.one_of({}, {}, self.object())
        if self.happens(3):
            options = self.object()
        early = f"early-{self.events}" if self.happens(5) else ""
        return ["command", name, options, self.one_of(0, 0, 0, 1500), early]

    # ---- answers ----------------------------------------------------------------------------------------------------

    def item(self) -> Any:
        """An item of a proposition."""
        if self.happens(4):
            return self.value()
        kind = self.one_of("dom-action", "dom-action", "dom-action", "html-content-item", "json-content-item", "redirect-item", "default-content-item", "ruleset-item")  # fmt: skip
        data: Any = {"content": self.random.choice(TEXTS)}
        if kind == "dom-action":
            type = self.random.choice(TYPES)
            data = {"type": type, "selector": self.random.choice(SELECTORS), "content": self.random.choice(TEXTS)}  # fmt: skip
            if type in ("setAttribute", "setStyle", "move", "resize"):
                data["content"] = self.one_of({"color": "red", "priority": "important"}, {"left": 3, "top": "-1.5", "é": 1.5}, {"10": 1, "9": True}, self.object(), 3)  # fmt: skip
            elif type == "rearrange":
                data["content"] = self.one_of({"from": 1, "to": 0}, {"from": -1}, {"from": 1.5, "to": 2})  # fmt: skip
            if self.happens(30):
                data["prehidingSelector"] = self.one_of("#a", 3)
            if self.happens(5):
                data[self.one_of("type", "selector", "content")] = self.value()
        elif kind == "redirect-item":
            data = {"content": self.one_of(*URLS, 3)}
        elif kind == "html-content-item" and self.happens(50):
            data |= {"type": "setHtml", "selector": "#a"}
        item = {"id": self.one_of("i1", "i2", 3, ""), "schema": SCHEMA + kind, "data": data}
        if self.happens(20):
            item["characteristics"] = {"trackingLabel": self.one_of("läbel", 3)}
        return item

    def propositions(self) -> list[Any]:
        """Some propositions."""
        out: list[Any] = []
        for _ in range(self.random.randrange(4)):
            found: Any = {
                "id": self.one_of("p1", "p2", "p3"),
                "scope": self.random.choice(SCOPES),
                "scopeDetails": {
                    "decisionProvider": self.one_of("AJO", "TGT", "PYR", "x", 3),
                    "characteristics": self.one_of(
                        {}, {"scopeType": "view"}, {"scopeType": "page"}
                    ),
                    "activity": {"id": "ä", "10": 1, "9": 2},
                },
                "items": [self.item() for _ in range(self.random.randrange(4))],
            }
            if self.happens(8):
                found[self.one_of("id", "scope", "scopeDetails", "items")] = self.value()
            if self.happens(6):
                del found[self.one_of(*found)]
            if self.happens(5):
                found["renderAttempted"] = True
            out.append(found if self.happens(97) else self.value())
        return out

    def handle(self) -> Any:
        """One handle of an answer."""
        kind = self.one_of("decisions", "decisions", "decisions", "state", "identity", "hint", "rules", "push", "exchange", "other")  # fmt: skip
        payload: Any = self.value()
        type = "x:" + kind
        if kind == "decisions":
            type, payload = "personalization:decisions", self.propositions()
        elif kind == "state":
            type = "state:store"
            payload = [{"key": self.one_of("kndctr_shop_identity", "kndctr_shop_cluster", "kndctr_shop_consent", "kndctr_x_consent", "other", 3), "value": self.one_of("general%3Din", "general=out", "or2", "CiY2ODM2MDAyMjQyNjM1MjM3NzUxMDkyMzgxMzgwNDY2NzkyODY2MQ", "é;", 3), "maxAge": self.one_of(1800, 0, -1, 1e300, 1.5, "x"), "attrs": self.one_of({}, {"SameSite": "None"}, 3)} for _ in range(2)]  # fmt: skip
        elif kind == "identity":
            type = "identity:result"
            payload = [{"id": self.one_of("123", 3, ""), "namespace": {"code": self.one_of("ECID", "CORE", "x", 3)}}]  # fmt: skip
        elif kind == "hint":
            type, payload = "locationHint:result", [{"scope": "EdgeNetwork", "hint": "or2", "ttlSeconds": 1800}]  # fmt: skip
        elif kind == "rules":
            type = "personalization:rules"
            payload = [{"rules": self.object(), "ttl": self.one_of(60, "x"), "script": self.one_of("/decide.js", 3), "version": 1}]  # fmt: skip
        elif kind == "push":
            type = "activation:push"
            payload = [{"type": self.one_of("cookie", "url"), "spec": {"name": "d", "value": "é;v", "domain": "", "ttlDays": self.one_of(30, -1, "x"), "url": self.one_of("https://d.test/p", "//d.test/?é", 3), "hideReferrer": True}}]  # fmt: skip
        elif kind == "exchange":
            type = "identity:exchange"
            payload = [{"type": "url", "id": 411, "spec": {"url": "//d.test/x", "hideReferrer": False, "ttlMinutes": 10}}]  # fmt: skip
        found = {"type": type, "payload": payload, "eventIndex": self.one_of(0, 1, -1, "x")}
        return found if self.happens(97) else self.value()

    def answer(self) -> dict[str, Any]:
        """What an edge says."""
        found: dict[str, Any] = {"requestId": "r", "handle": [self.handle() for _ in range(self.random.randrange(4))]}  # fmt: skip
        if self.happens(10):
            error = {"status": self.one_of(400, "x"), "title": self.one_of("é", None, 3), "report": {"eventIndex": self.one_of(0, 1, 7, -1, "x", 0.5)}}  # fmt: skip
            found[self.one_of("errors", "errors", "warnings")] = self.one_of([error], [error, 3], 3)
        if self.happens(2):
            found[self.one_of("errors", "handle")] = [self.deep()]
        return found

    def answered(self) -> list[Any]:
        """A step that answers a request."""
        which = self.random.randrange(4)
        if self.happens(12):
            return ["fail", which, self.one_of("Failed to fetch", "é", "")]
        status, text = 200, self.text(self.answer())
        if self.happens(25):
            status = self.random.choice(STATUSES)
            text = self.random.choice(PLAIN)
            if status >= 400 and self.happens(50):
                text = self.text(PROBLEM | self.one_of({}, {"code": "event.shape"}, {"code": "datastream.unknown"}, {"code": "body.json", "detail": "nö"}, {"title": 3, "code": 3}))  # fmt: skip
        return ["answer", which, status, text, self.random.choice(RETRY), self.one_of("", "or2;35", "x")]  # fmt: skip

    def text(self, value: Any) -> str:
        """JSON as some edges write it, and as others do."""
        return json.dumps(plain(value), ensure_ascii=self.happens(30), separators=(",", ":"))

    # ---- the page ---------------------------------------------------------------------------------------------------

    def hook(self) -> list[Any]:
        """A step in which a callback of the page answers."""
        how = self.one_of("merge", "merge", "merge", "replace", "cancel", "undone")
        value = self.one_of({}, {"xdm": None}, {"xdm": {"eventType": "x"}}, {"xdm": 3, "data": []}, {"linkName": "é"}, {"linkType": "exit"}, {"xdm": {"_id": "", "timestamp": 3}}, {"data": self.object()}, self.object())  # fmt: skip
        return ["hook", self.random.randrange(3), how, value, self.one_of("", "", "", "threw")]

    def click(self) -> list[Any]:
        """A step in which the visitor clicks."""
        facts: Any = {}
        if self.happens(80):
            facts = {"url": self.one_of("https://www.site.test/x", "https://b.test/a.PDF?x", "mailto:a@b.test", ""), "host": self.one_of("www.site.test", "b.test"), "pageHost": "www.site.test", "protocol": "https:", "text": self.random.choice([" a \n b ", *TEXTS]), "names": self.one_of([], ["ä", 3]), "region": self.one_of("BODY", " é ", ""), "download": self.happens(10), "qualified": self.one_of(None, None, True, False), "scripted": self.happens(5)}  # fmt: skip
        marks = self.one_of(None, [1000001], [1000002, 1000001, 3, 1000001], [])
        label, token = self.one_of("", "", "läbel"), self.one_of("", "", "t")
        return ["click", facts, marks, label, token, [[self.random.randrange(3), self.random.randrange(4)]]]  # fmt: skip

    def records(self) -> list[Any]:
        """What pages before this one may have stored, well or not."""
        out = []
        for _ in range(self.random.randrange(1, 4)):
            self.events += 1
            id = f"stored-{self.events}"
            record: dict[str, Any] = {"id": id, "stream": "shop", "made": self.one_of(1795157000000, 1795157627711, 0, -1, 1e300, "x"), "value": self.one_of(0, 1, 1, None), "head": "{}", "text": self.text({"xdm": {"_id": id, "é": 1}})}  # fmt: skip
            if self.happens(30):
                record[self.one_of(*record)] = self.one_of("{", "", "[]", None, 3, '{"a":1}')
            out.append(record)
        return out

    def page(self) -> list[Any]:
        """A step in which something happens in the page."""
        kind = self.one_of("facts", "route", "cookie", "stored", "transport", "hidden", "connected", "leaving", "hinted")  # fmt: skip
        if kind == "facts":
            return ["facts", self.one_of({"online": False}, {"online": True}, {"gpc": True}, {"cookiesEnabled": False}, {"hints": {"model": "x", "wow64": False, "é": 1}}, {"timezone": None, "timezoneOffset": 345}, {"screenWidth": 1e300, "topDomain": ""}, {"referrer": "https://b.test/é"}, {"url": "about:srcdoc"})]  # fmt: skip
        if kind == "route":
            return ["route", self.random.choice(URLS), self.one_of("push", "replace", "traverse", "restore")]  # fmt: skip
        if kind == "cookie":
            return ["cookie", self.one_of("kndctr_shop_consent", "pyrite_fpid", "x"), self.one_of("general%3Din", "general=out", "", "é")]  # fmt: skip
        if kind == "stored":
            return ["stored", self.records()]
        if kind == "transport":
            return ["transport", self.one_of("taken", "taken", "refused", "broken")]
        return [kind]

    def time(self) -> list[Any]:
        """A step in which time passes."""
        kind = self.one_of("time", "time", "time", "time", "late", "clock")
        if kind == "clock":
            return [kind, self.one_of(-7200000, 7200000, 5, -1, 31536000000)]
        return [kind, self.one_of(0, 10, 300, 3000, 5000, 11000, 40000)]

    def step(self) -> list[Any]:
        """Any step."""
        which = self.random.randrange(100)
        if which < 34:
            return self.command()
        if which < 56:
            return self.answered()
        if which < 64:
            return self.hook()
        if which < 73:
            words = self.one_of(["shown"], ["waiting"], ["shown", "no element", "waiting"], [])
            return ["render", self.random.randrange(2), self.one_of("first", "both", "end", "undone"), words]  # fmt: skip
        if which < 75:
            return ["decide", 0, [one for one in self.propositions() if isinstance(one, dict)], self.one_of("", "no script")]  # fmt: skip
        if which < 80:
            return self.click()
        if which < 92:
            return self.time()
        return self.page()


def plain(value: Any) -> Any:
    """*value* with numbers as JavaScript writes them."""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e21:
        return int(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def sequence(seed: int) -> dict[str, Any]:
    """The sequence of *seed*."""
    make = Maker(seed)
    facts: dict[str, Any] = {"cookie": make.random.choice(COOKIES)}
    if make.happens(20):
        facts |= {"url": make.random.choice(URLS), "origin": make.one_of("https://www.site.test", "null")}  # fmt: skip
    if make.happens(5):
        facts["device"] = "minted"
    steps = [make.command() for _ in range(make.random.randrange(3))] if make.happens(15) else []
    if make.happens(92):
        steps.append(["command", "configure", make.configure(make.happens(6)), 0, ""])
    steps += [make.step() for _ in range(make.random.randrange(4, 28))]
    chances = [make.random.randrange(1000) for _ in range(3)]
    return {"facts": facts, "chances": chances, "steps": steps}


def text_of(sequence: dict[str, Any]) -> str:
    """The text that is played."""
    return json.dumps(plain(sequence), ensure_ascii=len(sequence["steps"]) % 3 == 0)

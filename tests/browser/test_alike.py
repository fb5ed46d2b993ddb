"""Consent, the edge's address and a page's facts stand in three places: core, the loader, and the base code that sends the first
view itself. All three answer one table of cases alike; `early_says` has the two differences.

The scripts run in Node, over as much of a page as they look at.
"""

import itertools
import json
import subprocess
from typing import Any

from fake_window import Window
from node import WEB, needs_node
from room import forget

from pyrite.browser.facts.page_facts import read
from pyrite.core.moment import Given, Moment
from pyrite.core.options.configure import configure
from pyrite.core.visitor.consent import IN
from pyrite.core.visitor.visitor import Visitor
from pyrite.edge.adobe.early import read as read_queue

Case = dict[str, Any]

PREFIX = "kndctr_ORG_AdobeOrg_consent"
CHOICES = {
    "none": "",
    "in": f"{PREFIX}=general=in",
    "in, escaped": f"{PREFIX}=general%3Din",
    "out": f"{PREFIX}=general=out",
    "out, escaped": f"{PREFIX}=general%3Dout",
    "of another organisation": "kndctr_OTHER_AdobeOrg_consent=general=out",
}
DEFAULTS = (None, "in", "out", "pending")
DOMAINS = (None, "www.site.test", "edge.site.test", "localhost:8000", "https://edge.site.test")
PAGES = ("https://www.site.test/page", "http://www.site.test/page", "http://localhost:8000/page")
SIGNALS = ((False, None), (True, None), (True, False))  # with the option that honours the signal


def case(choice: str, default: Any, signal: Any, domain: str | None, page: str) -> Case:
    gpc, honoured = signal
    return {
        "cookie": CHOICES[choice],
        "default": default,
        "gpc": gpc,
        "honoured": honoured,
        "domain": domain,
        "page": page,
    }


# Who decides on consent, with two domains; then every domain on every page.
CASES = [
    case(*given, PAGES[0])
    for given in itertools.product(CHOICES, DEFAULTS, SIGNALS, (None, "edge.site.test"))
] + [
    case("none", None, signal, domain, page)
    for signal, domain, page in itertools.product(SIGNALS, DOMAINS, PAGES)
]


def options(one: Case) -> dict[str, Any]:
    """What the page gives to configure."""
    given = {
        "datastreamId": "shop",
        "orgId": "ORG@AdobeOrg",
        "defaultConsent": one["default"],
        "globalPrivacyControlEnabled": one["honoured"],
        "edgeDomain": one["domain"],
    }
    return {name: value for name, value in given.items() if value is not None}


def core_says(one: Case) -> str:
    """Where core sends the first view; '' where it sends none."""
    config = configure(options(one))
    facts = {"url": one["page"], "cookie": one["cookie"], "gpc": one["gpc"]}
    moment = Moment(now_ms=0, facts=Given(facts), new_id=lambda: "id", chance=lambda: 0.5)
    allowed = Visitor(config).consent(moment) == IN
    return f"{config.edge_root(moment.site())}/v1/interact" if allowed else ""


RUN = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const page = (one) => {
  const sent = [];
  const url = new URL(one.page);
  const jar = one.cookie ? [one.cookie] : [];
  const root = Object.create({clientWidth: 1280, clientHeight: 720});
  const document = Object.create({
    get cookie() { return jar.join("; "); },
    set cookie(text) {
      const [pair, ...rest] = text.split(/; ?/);
      const name = pair.split("=")[0];
      const domain = rest.find((item) => item.startsWith("domain="));
      if (domain && !domain.includes(".")) return;
      const at = jar.findIndex((item) => item.startsWith(name + "="));
      if (at >= 0) jar.splice(at, 1);
      if (!rest.includes("max-age=0")) jar.push(pair);
    },
    referrer: "", visibilityState: "visible", compatMode: "CSS1Compat", prerendering: false, baseURI: one.page,
    documentElement: root, scrollingElement: root, body: root, currentScript: null,
    addEventListener() {}, removeEventListener() {}, getElementById: () => null,
  });
  const window = {
    document, location: url, origin: url.origin, alloyFetches: sent,
    screen: {width: 1280, height: 720, orientation: {type: "landscape-primary"}},
    navigator: {globalPrivacyControl: one.gpc, cookieEnabled: true, onLine: true},
    Temporal: {Now: {timeZoneId: () => "Europe/Rome"}},
    fetch: (address, options) => { sent.push([new URL(address, one.page).href, options.body]); return Promise.resolve({ok: true}); },
  };
  return window;
};
const body = (source) => new Function(
  "window", "globalThis", "document", "location", "origin", "navigator", "screen", "Temporal", "fetch", "addEventListener", "removeEventListener",
  "setTimeout", "crypto", "WebAssembly", "FILES", source);
const run = (source, window) => source(
  window, window, window.document, window.location, window.origin, window.navigator, window.screen, window.Temporal, window.fetch,
  () => {}, () => {}, () => {}, crypto, undefined, {});
const BASE = body(SOURCES.base), EARLY = body(SOURCES.early), LOADER = body(SOURCES.loader);
const called = (window, one) => {
  window.alloy("configure", one.options);
  window.alloy("event", {viewStart: true});
};
const out = cases.map((one) => {
  const early = page(one);
  run(EARLY, early);
  called(early, one);
  const loaded = page(one);
  run(BASE, loaded);
  called(loaded, one);
  run(LOADER, loaded);
  return [early.alloyFetches[0] || null, loaded.alloyFetches[0] || null];
});
process.stdout.write(JSON.stringify(out), () => process.exit(0));
"""


def in_node(cases: list[Case]) -> list[list[Any]]:
    """For each case what the base code sends early and what the loader does: `[address, body]`, or None."""
    loader = (WEB / "loader.js").read_text().replace("import {", "// import {", 1)
    sources = {
        "base": (WEB / "base.js").read_text(),
        "early": (WEB / "base-early.js").read_text(),
        "loader": loader,
    }
    script = f"const SOURCES = {json.dumps(sources)};\n{RUN}"
    given = json.dumps([one | {"options": options(one)} for one in cases])
    result = subprocess.run(
        ["node", "-e", script], input=given, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr[-2000:]
    found: list[list[Any]] = json.loads(result.stdout)
    return found


def address(sent: list[str] | None) -> str:
    return sent[0].partition("?")[0] if sent else ""


def early_says(one: Case) -> tuple[str, ...]:
    """What the base code may say where core says otherwise, for want of bytes.

    It knows no option that makes Global Privacy Control count for nothing: then the view waits for the tracker. And on a page
    of plain http it takes the page's scheme for every host: an edge that has only https refuses, and the tracker sends the view.
    """
    expected = core_says(one)
    allowed = [expected]
    if one["gpc"] and one["honoured"] is False:
        allowed.append("")
    if one["page"].startswith("http:") and "://" not in (one["domain"] or ""):
        allowed.append(expected.replace("https:", "http:"))
    return tuple(allowed)


@needs_node
def test_consent_and_the_edges_address_are_the_same_in_all_three() -> None:
    for one, (early, loaded) in zip(CASES, in_node(CASES), strict=True):
        assert address(loaded) == core_says(one), ("loader", one)
        assert address(early) in early_says(one), ("base code", one)


@needs_node
def test_a_pages_facts_are_the_same_in_all_three(page_window: Window) -> None:
    visit = case("none", None, SIGNALS[0], "edge.site.test", PAGES[0])
    visit["cookie"] = "pyrite_fpid=device-1"
    ((early, loaded),) = in_node([visit])
    page_window.enter(page_window.world, visit["page"])
    forget()
    page_window.world.set_cookie("pyrite_fpid", "device-1", 0)
    expected = read(False)

    of_loader = json.loads(loaded[1])["raw"]["facts"]
    expected["timezoneOffset"] = of_loader["timezoneOffset"]  # of the machine that this runs on
    assert of_loader == expected
    of_base_code = read_queue(json.loads(early[1])["raw"]).facts
    of_base_code["device"] = ""  # minted for each view, should the visitor be new
    for name, value in of_base_code.items():
        assert value == expected[name], name

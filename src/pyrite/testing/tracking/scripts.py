"""What is asked of a page: what its trackers still hold, and what lies in its origin's outbox."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

FPID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

# Whether the page has loaded, and how many events wait in its trackers, those of a base code whose tracker has not come included.
# A tracker that is not configured answers nothing: it counts as busy.
STATE = """async () => {
  let waiting = 0;
  for (const name of window.__alloyNS || []) {
    const instance = window[name];
    if (!instance) continue;
    waiting += (instance.q || []).length;
    if (waiting) continue;
    const asked = Promise.resolve(instance("getDelivery")).then((told) => told.waiting, () => 0);
    waiting += await Promise.race([asked, new Promise((done) => setTimeout(() => done(1), 200))]);
  }
  return {loaded: document.readyState === "complete", waiting};
}"""

# The records that have not been acknowledged. IndexedDB is opened only where it is there: looking makes no database.
OUTBOX = """async () => {
  const records = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("pyrite.outbox:")) records.push(...JSON.parse(localStorage.getItem(key)));
    }
    const known = await indexedDB.databases();
    if (known.some((one) => one.name === "pyrite")) {
      const database = await new Promise((done, failed) => {
        const opening = indexedDB.open("pyrite");
        opening.onsuccess = () => done(opening.result);
        opening.onerror = failed;
      });
      if (database.objectStoreNames.contains("outbox")) {
        records.push(...await new Promise((done, failed) => {
          const all = database.transaction("outbox").objectStore("outbox").getAll();
          all.onsuccess = () => done(all.result);
          all.onerror = failed;
        }));
      }
      database.close();
    }
  } catch (error) { /* storage is refused here: nothing lies in it */ }
  return records.map((one) => JSON.stringify(one));
}"""

GPC = """Object.defineProperty(Navigator.prototype, "globalPrivacyControl", {get: () => true, configurable: true})"""


def consent(choice: str, orgs: Sequence[str]) -> str:
    """Gives each new document the visitor's *choice* for *orgs*: `in`, `out`, or `pending`, which takes the choice away."""
    if choice not in ("in", "out", "pending"):
        raise ValueError(f"expected 'in', 'out' or 'pending', got {choice!r}")
    if not orgs:
        remedy = "name the orgId (or datastreamId) of configure: tracking.consent('in', org='shop')"
        raise ValueError(f"whose consent? {remedy}, or list data streams in tracking_settings")
    rest = "; max-age=0" if choice == "pending" else ""
    names = [f"kndctr_{org.replace('@', '_')}_consent" for org in orgs]
    return "".join([_cookie(f"{name}=general={choice}{rest}") for name in names])


def identity(fpid: str) -> str:
    """Gives each new document the device id *fpid*."""
    if not FPID_FORM.fullmatch(fpid):
        raise ValueError(f"expected a UUID as device id, got {fpid!r}")
    return _cookie(f"pyrite_fpid={fpid}")


def _cookie(text: str) -> str:
    return f"try {{ document.cookie = {json.dumps(text + '; path=/')} }} catch {{}}\n"


def left_in(state: Mapping[str, Any]) -> list[str]:
    """The outboxes' records in Playwright's storage *state* of a context, each as JSON."""
    texts: list[str] = []
    for origin in state.get("origins", []):
        for item in origin.get("localStorage", []):
            if item["name"].startswith("pyrite.outbox:"):
                texts += [json.dumps(record) for record in json.loads(item["value"])]
        for database in origin.get("indexedDB", []):
            if database["name"] != "pyrite":
                continue
            for store in database["stores"]:
                texts += [json.dumps(one["value"]) for one in store["records"] if "value" in one]
    return texts

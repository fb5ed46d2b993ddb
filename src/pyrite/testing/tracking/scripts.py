"""What is asked of a page: what its trackers still hold, and what lies in its origin's outbox."""

import json
from collections.abc import Mapping
from typing import Any

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

"""What the page is given before its own scripts, and what it is asked at the end."""

# Calls are told with the line that made them; promises look as they did, and say whether the page looks at them. `await` asks a
# promise's constructor whether it is one of its own kind, and calls `then` if not.
WATCH = """(() => {
  const name = NAME, tell = (what) => window.__pyriteDoctor && __pyriteDoctor(JSON.stringify(what));
  let number = 0, wrapped;
  const plain = (value) => { try { return JSON.parse(JSON.stringify(value ?? {})); } catch (error) { return {}; } };
  // This script has no address of its own, the page's have.
  const caller = () => (new Error().stack || "").split("\\n").slice(1).map((line) => line.trim().replace(/^at /, ""))
    .filter((line) => /:\\/\\//.test(line) && !/\\/base(-early)?\\.js/.test(line))[0] || "";
  const watch = function __pyriteWatch(given) {
    return new Proxy(given, {
      apply: function __pyriteWatchCall(target, self, args) {
        const call = ++number;
        tell({call, command: String(args[0]), options: plain(args[1]), url: location.href, caller: caller(), at: performance.now()});
        const promise = Reflect.apply(target, self, args);
        if (!promise || typeof promise.then != "function") return promise;
        const then = promise.then.bind(promise);
        then(() => tell({ended: call, outcome: "resolved"}),
             (error) => tell({ended: call, outcome: "rejected", error: String((error && error.message) || error)}));
        try {
          Object.defineProperty(promise, "then", {configurable: true, writable: true, value: (...rest) => { tell({watched: call}); return then(...rest); }});
          Object.defineProperty(promise, "constructor", {configurable: true, writable: true, value: {[Symbol.species]: Promise}});
        } catch (error) {}
        return promise;
      },
    });
  };
  Object.defineProperty(window, name, {configurable: true, enumerable: true, get: () => wrapped,
    set: (value) => { wrapped = typeof value == "function" ? watch(value) : value; if (typeof value == "function") window.__pyriteRaw = value; }});
  Object.defineProperty(window, "__pyriteRaw", {configurable: true, writable: true, enumerable: false, value: undefined});
  addEventListener("securitypolicyviolation", (event) =>
    tell({blocked: [event.effectiveDirective || event.violatedDirective, event.blockedURI]}), true);
  let since = null;
  const look = () => {
    const hidden = !!document.getElementById("alloy-prehiding");
    if (hidden && since === null) since = performance.now();
    if (!hidden && since !== null) { tell({hidden: [since, performance.now()]}); since = null; }
  };
  new MutationObserver(look).observe(document, {childList: true, subtree: true});
})();"""

# Whether the page is at rest: nothing is hidden, and no promise of the tracker's is open that it can still end.
STATE = """async (name) => {
  const raw = window.__pyriteRaw, queue = raw && raw.q;
  const running = !!queue && Object.hasOwn(queue, "push");
  const ask = (command) => running
    ? Promise.race([raw(command).catch(() => ({})), new Promise((done) => setTimeout(() => done({}), 1000))]) : {};
  const configured = running && CONFIGURED;
  const [info, delivery] = configured ? await Promise.all([ask("getLibraryInfo"), ask("getDelivery")]) : [{}, {}];
  let cookies = "", kept = false;
  try {
    document.cookie = "pyrite_doctor=1; path=/";
    kept = /pyrite_doctor=1/.test(cookies = document.cookie);
    document.cookie = "pyrite_doctor=; path=/; max-age=0";
  } catch (error) {}
  const bases = [...document.scripts].map((one) =>
    /\\/base(-early)?\\.js([?#]|$)/.test(one.src) ? one.src : !one.src && /__alloyNS/.test(one.text) ? "inline" : "").filter(Boolean);
  return {
    bases, running, hasFunction: typeof window[name] == "function",
    hidden: !!document.getElementById("alloy-prehiding"),
    gpc: navigator.globalPrivacyControl === true,
    kept,
    config: ((info || {}).libraryInfo || {}).configs || {},
    delivery: delivery || {},
    answered: performance.getEntriesByType("resource").filter((one) => /\\/v1\\/(interact|collect)/.test(one.name)).map((one) => one.responseEnd),
  };
}"""

// Plays one sequence in the page that loads this first: what is random, the clock and the network are the sequence's own.
// The page around it calls `play(sequence)` and gets what came of it. Everything else, the document too, is the browser's.
{
  const given = parent.given;
  const real = {setTimeout: setTimeout.bind(window), fetch: fetch.bind(window), Date};
  let now = given.now, made = 0, pending = 0, moved = 0;
  const requests = [], log = [], said = [], answers = [...given.answers], beacons = [...given.beacons];
  const timers = new Map();

  // ---- what is random, and the clock
  // Of this frame alone: a lock of the frame before it may still be held.
  crypto.randomUUID = () => "00000000-0000-4000-8000-" + String(given.run * 1e6 + ++made).padStart(12, "0");
  Math.random = () => 0.5;
  window.Date = class Date extends real.Date {
    constructor(...values) { values.length ? super(...values) : super(now); }
    static now() { return now; }
  };
  performance.now = () => now - given.now;
  window.setTimeout = (run, ms = 0, ...values) => {
    timers.set(++made, {at: now + Math.max(0, +ms || 0), run: () => run(...values)});
    return made;
  };
  window.clearTimeout = window.clearInterval = (id) => { timers.delete(id); };
  window.setInterval = (run, ms, ...values) => {
    const id = ++made;
    const again = () => { timers.set(id, {at: now + Math.max(1, +ms || 0), run: () => { again(); run(...values); }}); };
    again();
    return id;
  };
  window.requestAnimationFrame = (run) => setTimeout(() => run(performance.now()), 16);
  window.requestIdleCallback = (run) => setTimeout(() => run({didTimeout: false, timeRemaining: () => 10}), 1);
  window.cancelAnimationFrame = window.cancelIdleCallback = window.clearTimeout;
  for (const name of ["Temporal", "fetchLater", "CompressionStream"]) delete window[name];

  // ---- the network
  const answered = (url, body, way) => {
    requests.push([way, String(url), typeof body === "string" ? body : "other: " + Object.prototype.toString.call(body)]);
    moved += 1;
    return answers.length ? answers.shift() : [0, 200, '{"requestId":"r","handle":[]}', "", ""];
  };
  window.fetch = (url, options = {}) => {
    if (options.method !== "POST") return real.fetch(url, options);
    const [ms, status, text, retry, edge] = answered(url, options.body, options.keepalive ? "keepalive" : "fetch");
    const headers = new Headers({"content-type": "application/json"});
    if (retry) headers.set("retry-after", retry);
    if (edge) headers.set("x-adobe-edge", edge);
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        if (!status) reject(new TypeError("Failed to fetch"));
        else resolve(new Response([204, 304].includes(status) ? null : text, {status, headers}));
      }, ms);
    });
  };
  navigator.sendBeacon = (url, body) => {
    const taken = beacons.length ? beacons.shift() : true;
    if (taken) answered(url, body, "beacon");
    return taken;
  };

  // ---- what takes the browser a moment
  const counted = (owner, name, done) => {
    const own = owner && owner[name];
    if (!own) return;
    owner[name] = function (...values) {
      pending += 1;
      let over = false;
      const ended = () => { if (!over) { over = true; pending -= 1; moved += 1; } };
      const last = values.length - 1;
      if (done && typeof values[last] === "function") {
        const run = values[last];
        values[last] = (...found) => { ended(); return run(...found); };
      }
      const promise = own.apply(this, values);
      promise.then(ended, ended);
      return promise;
    };
  };
  if (navigator.locks) { counted(LockManager.prototype, "request", true); counted(LockManager.prototype, "query"); }
  if (navigator.userAgentData) counted(NavigatorUAData.prototype, "getHighEntropyValues");
  const until = (owner, name, ends) => {
    const own = owner[name];
    owner[name] = function (...values) {
      const found = own.apply(this, values);
      pending += 1;
      let over = false;
      for (const end of ends) found.addEventListener(end, () => { if (!over) { over = true; pending -= 1; moved += 1; } });
      return found;
    };
  };
  until(IDBFactory.prototype, "open", ["success", "error"]);
  until(IDBDatabase.prototype, "transaction", ["complete", "abort"]);
  const kept = () => new Promise((done) => {
    const opening = indexedDB.open("pyrite", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", {keyPath: "id"});
    opening.onsuccess = () => {
      const all = opening.result.transaction("outbox").objectStore("outbox").getAll();
      all.onsuccess = () => { opening.result.close(); done(all.result); };
    };
  });
  const loading = new Set();
  const ended = (node) => { moved += loading.delete(node); };
  new MutationObserver((records) => {
    moved += 1;
    for (const {addedNodes} of records) for (const node of addedNodes) {
      // Of the frame's own scripts an offer may move the elements; they don't load again.
      if (node.nodeName !== "SCRIPT" || !node.src || /\/(player|base)\.js$/.test(node.src)) continue;
      loading.add(node);
      node.addEventListener("load", () => ended(node));
      node.addEventListener("error", () => ended(node));
    }
  }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});

  const turn = () => new Promise((done) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => { port1.close(); done(); };
    port2.postMessage(0);
  });
  const due = () => {
    let first;
    for (const [id, timer] of timers) if (timer.at <= now && (!first || timer.at < timers.get(first).at)) first = id;
    return first;
  };
  const quiet = async () => {
    for (let still = 0, rounds = 0; still < 4; rounds += 1) {
      if (rounds > 3000) throw new Error(`never quiet: ${pending} pending, ${[...loading].map(({src}) => src)} loading, ${timers.size} timers`);
      const before = moved + log.length;
      for (let id; (id = due()) !== undefined;) {
        const {run} = timers.get(id);
        timers.delete(id);
        run();
        moved += 1;
        await turn();
      }
      for (let left = 6; left; left -= 1) await turn();
      if (pending || loading.size) await new Promise((done) => real.setTimeout(done, 2));
      still = pending || loading.size || moved + log.length !== before ? 0 : still + 1;
    }
  };
  const passes = async (ms) => {
    const end = now + ms;
    for (let next; (next = Math.min(...[...timers.values()].map(({at}) => at))) <= end;) {
      now = Math.max(now, next);
      await quiet();
    }
    now = end;
    await quiet();
  };

  // ---- what happens
  for (const name of ["log", "info", "warn", "error", "debug"]) console[name] = (...values) => { said.push([name, values.map(String).join(" ")]); };
  addEventListener("error", ({message}) => { said.push(["uncaught", message]); });
  addEventListener("unhandledrejection", ({reason}) => { said.push(["unhandled", String(reason)]); });
  const refusal = (error) => [error && error.code, error && error.path, String((error && error.message) || error)];
  const hooks = {cancel: () => false, type: (content) => { content.xdm.eventType = "hooked"; }, replace: (content) => { content.xdm = {eventType: "x"}; }, none: () => undefined};
  let hidden = false;
  Object.defineProperty(document, "visibilityState", {get: () => (hidden ? "hidden" : "visible")});
  const steps = {
    command(name, options) {
      for (const key of Object.keys(options)) if (key.startsWith("onBefore") && hooks[options[key]]) options[key] = hooks[options[key]];
      const number = log.push([name, "open"]) - 1;
      alloy(name, options).then(
        (value) => { log[number] = [name, "resolved", JSON.stringify(value)]; moved += 1; },
        (error) => { log[number] = [name, "rejected", ...refusal(error)]; moved += 1; },
      );
    },
    click(selector) { document.querySelector(selector)?.click(); },
    insert(html) { document.body.insertAdjacentHTML("beforeend", html); },
    remove(selector) { document.querySelector(selector)?.remove(); },
    route(path) { history.pushState({}, "", path); },
    back() { history.replaceState({}, "", "/frame"); dispatchEvent(new PopStateEvent("popstate", {state: {}})); },
    cookie(text) { document.cookie = text; },
    hide() { hidden = true; document.dispatchEvent(new Event("visibilitychange", {bubbles: true})); },
    show() { hidden = false; document.dispatchEvent(new Event("visibilitychange", {bubbles: true})); },
    leave() { dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true})); },
    return() { dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true})); },
  };
  addEventListener("click", (event) => { if (event.target.closest?.("a")) event.preventDefault(); });

  // The tracker comes after some of the steps; setDebug needs no configuration, and is answered as soon as the tracker is there.
  const loaded = async () => {
    const script = document.createElement("script");
    script.src = "/alloy.js";
    document.head.append(script);
    let there = false;
    alloy("setDebug", {enabled: false}).finally(() => { there = true; moved += 1; });
    while (!there) await quiet();
    script.remove();
  };


  window.play = async () => {
    for (const [number, [kind, ...values]] of given.steps.entries()) {
      if (number === given.early) await loaded();
      if (kind === "time") await passes(values[0]);
      else steps[kind](...values);
      await quiet();
    }
    await passes(60000);
    const shown = getComputedStyle(document.body);
    return {
      requests, log, said, cookies: document.cookie.split("; ").sort(), stored: Object.entries(localStorage).sort(), kept: (await kept()).map((record) => Object.entries(record).sort()),
      document: document.documentElement.outerHTML.replace(/<head>.*?<title>/s, "<head><title>").replaceAll(/<(script|link) [^>]*\/lib\/[^>]*>(<\/script>)?/g, ""), hidden: [shown.opacity, shown.visibility, shown.display],
    };
  };
}

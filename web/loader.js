// The loader of the `micropython` lane, served as alloy.js: fetches the runtime and the tracker side by side, boots, hands
// the queues over in order. The first view start leaves at once, as a raw command that the edge runs the same core on, and the
// tracker takes over its answer. If the page goes away first, the whole queue leaves that way; if the runtime can't start,
// every promise is rejected, hidden content is shown, and one line is logged. FILES is filled in by the build.
//
// A page's own things may stand where the language's and the browser's are expected: an element with the id `screen`, an image
// called `currentScript`, a library's `Promise`. early.js has what is taken from the language; a node's own names are reached
// by `own`, and each fact is read by itself.
import { earlyJSON as JSON, earlyPromise as Promise } from "./early.js";

(function () {
  const page = window;

  const words = (error) => {
    try {
      return String(error);
    } catch {
      return "an exception without words";
    }
  };
  // What *work* gives, in a list; what it throws as a text.
  const caught = (work) => {
    try {
      return [work()];
    } catch (error) {
      return words(error);
    }
  };
  const own = (node, name) => Reflect.get(Object.getPrototypeOf(node), name, node) ?? null;
  const invoke = (node, name, ...given) => own(node, name).apply(node, given);
  const say = (level, line) => caught(() => page.console[level]("[alloy] " + line));

  const apart = page.__pyriteNS; // of a page that runs Adobe's alloy.js as well
  const kept = apart || page.__alloyNS;
  const names = kept && kept.push ? kept : (page.__alloyNS = []);
  if (names.pyrite) {
    const lane = names.pyrite.lane;
    if (lane !== "micropython") say("error", `this page is run by the ${lane} lane already; the micropython lane steps back`);
    return names.pyrite(); // loaded twice: the first one adopts what is new
  }
  // Where this script is: a module has no `currentScript`, and of one with a relative address `src` changes with the page's base.
  const script = own(document, "currentScript");
  const trace = /\b(?:https?|file|blob):.*?(?=:\d+:\d+)/.exec(String(new Error().stack));
  const place = (trace && trace[0]) || (script && script.src) || own(document, "baseURI");
  const address = (file) => new URL(file.path, place).href;
  let run; // the tracker's way in, once it is there
  let failure; // why it never will be

  const adopted = {};
  const adopt = () => {
    for (const name of names) {
      const queue = page[name] && page[name].q;
      if (!queue || !queue.splice || adopted[name]) continue;
      adopted[name] = queue;
      if (run || failure) take(name, queue);
      else {
        pushed(queue, (item) => {
          Array.prototype.push.call(queue, item);
          guarded(early, queue);
        });
        guarded(early, queue);
      }
    }
  };

  // Defined, not set: in a page that has frozen Array.prototype nothing of its names can be set.
  const pushed = (queue, value) => Object.defineProperty(queue, "push", { value, configurable: true, writable: true });

  // A burst must not hold the page up: after 10 ms of one task calls wait for the next, here, for the way into Python costs. The
  // first four don't: a page that has just begun takes longer for its configuration and first view.
  const backlog = [];
  const configured = {}; // the call, for each instance
  let began = 0;
  let ran = 0;
  const later = () => {
    began = ticks();
    ran = 0;
    setTimeout(() => {
      began = 0;
      if (backlog.length) drain(10);
    });
  };
  const drain = (limit) => {
    later();
    while (backlog.length && ticks() - began < limit) execute(...backlog.shift());
  };
  const call = (name, item) => {
    if (!began) later();
    if (backlog.length || (ran++ > 3 && ticks() - began > 10)) backlog.push([name, item]);
    else execute(name, item);
  };

  // Outside the zone of a framework (zone.js): browser/entry/queue.py says why.
  const outside = (work) => {
    const { __symbol__: zoned, root } = page.Zone || {};
    if (zoned && root && root.run) root.run(work);
    else work();
  };

  const take = (name, queue) => {
    pushed(queue, (item) => outside(() => call(name, item)));
    for (const item of queue.splice(0)) call(name, item);
  };

  const execute = (name, item) => {
    const [resolve, reject, given, text, at] = item;
    if (failure) return refuse(reject, "runtime.failed", failure);
    if (given[0] === "configure") configured[name] = configured[name] || item;
    let options = text;
    try {
      if (text === undefined && given[1] != null) options = JSON.stringify(given[1]);
    } catch (error) {
      return refuse(reject, "wire.invalid", "the options have no JSON form: " + words(error));
    }
    try {
      const age = at > 0 ? Math.max(0, Math.min(now() - at, 3e5)) || 0 : 0;
      run(name, String(given[0]), options || "", given[1], resolve, reject, item.id || "", age, item.early || null);
    } catch (error) {
      refuse(reject, "tracker", words(error));
    }
  };

  // Every promise that the tracker never gets to see is rejected here.
  const refuse = (reject, code, message) => {
    reject(Object.assign(new Error("[alloy] " + message), { code, path: "" }));
    if (message !== failure) say("warn", message); // of a failure one line is enough
  };

  const show = () => {
    const style = invoke(document, "getElementById", (apart ? "pyrite" : "alloy") + "-prehiding");
    if (style) style.remove();
  };

  const fail = (error) => {
    failure = "the tracker could not start: " + words(error);
    say("error", failure);
    show();
    stop();
    for (const name of Object.keys(adopted)) take(name, adopted[name]);
  };

  // ---- what the page is like; the tracker asks here too ----

  const random = () => {
    const octet = caught(() => crypto.getRandomValues(new Uint8Array(1))[0]);
    return Array.isArray(octet) ? octet[0] : Math.random() * 256;
  };
  const uuid = () =>
    page.crypto && crypto.randomUUID
      ? crypto.randomUUID()
      : `${1e7}-${1e3}-${4e3}-${8e3}-${1e11}`.replace(/[018]/g, (digit) => (digit ^ (random() & (15 >> (digit / 4)))).toString(16));

  const hasCookies = caught(() => navigator.cookieEnabled && page.origin !== "null")[0] === true; // a sandboxed frame may not even look
  let device = ""; // minted here, or by the base code, for events that leave before the tracker is there
  let top; // the widest domain that takes cookies; "" for addresses and single names

  const cookie = (text) => Reflect.set(Object.getPrototypeOf(document), "cookie", text, document);

  const topDomain = () => {
    if (top === undefined) {
      top = "";
      const labels = location.hostname.split(".");
      for (let first = labels.length - 2; hasCookies && first >= 0 && !top && !/\d$/.test(location.hostname); first--) {
        const domain = labels.slice(first).join(".");
        cookie("pyrite_top=1; max-age=10; domain=" + domain);
        if (own(document, "cookie").includes("pyrite_top=1")) top = domain;
        cookie("pyrite_top=; max-age=0; domain=" + domain);
      }
    }
    return top;
  };

  const now = () => +caught(() => Date.now())[0] || 0;
  const ticks = () => caught(() => performance.now())[0] || now();

  // In quirks mode the root is as tall as the page, and the body as the window.
  const viewport = () => (own(document, "compatMode") === "BackCompat" && own(document, "body")) || own(document, "documentElement");

  const LIGHT = {
    url: () => location.href,
    origin: () => page.origin,
    cookie: () => (hasCookies ? own(document, "cookie") : ""),
    cookiesEnabled: () => hasCookies,
    gpc: () => navigator.globalPrivacyControl === true,
    online: () => navigator.onLine,
    topDomain,
    device: () => device || names.device || "",
  };
  const HEAVY = {
    referrer: () => own(document, "referrer"),
    screenWidth: () => screen.width,
    screenHeight: () => screen.height,
    screenOrientation: () => screen.orientation && screen.orientation.type,
    viewportWidth: () => own(viewport(), "clientWidth"),
    viewportHeight: () => own(viewport(), "clientHeight"),
    // The first use of Intl costs a page 12 to 50 ms.
    timezone: () => (page.Temporal && Temporal.Now && Temporal.Now.timeZoneId ? Temporal.Now.timeZoneId() : Intl.DateTimeFormat().resolvedOptions().timeZone),
    timezoneOffset: () => new Date().getTimezoneOffset(),
  };

  // What can't be read is left out, and said to those who debug the page.
  const facts = (light) => {
    const found = {};
    for (const readers of light ? [LIGHT] : [LIGHT, HEAVY])
      for (const name of Object.keys(readers)) {
        const read = caught(readers[name]);
        if (Array.isArray(read)) found[name] = read[0];
        else found.unread = name + ": " + read;
      }
    return found;
  };

  // ---- leaving before the tracker is there ----

  const guarded = (send, queue) => {
    try {
      send(queue);
    } catch (error) {
      say("error", "waiting events could not be sent yet: " + words(error));
    }
  };

  const options = (item) => JSON.parse(item[3] || JSON.stringify(item[2][1]) || "{}");
  const command = (item) => item[2][0];
  const configOf = (queue) => options(queue.find((item) => command(item) === "configure") || [0, 0, []]);

  // The data stream that an event is for.
  const streamOf = (item, queue) => {
    const config = configOf(queue);
    const overrides = { ...config.edgeConfigOverrides, ...options(item).edgeConfigOverrides };
    return overrides.datastreamId || config.datastreamId || config.edgeConfigId;
  };

  // The address and body that send *events* as raw commands; nothing without a configuration, or without consent.
  const raw = (queue, events, action) => {
    const config = configOf(queue);
    const stream = streamOf(events[0], queue);
    if (!stream || config.disconnected) return; // there is no configuration, or one that the tracker will refuse in its own words
    const prefix = "kndctr_" + (config.orgId || config.datastreamId || config.edgeConfigId).replace("@", "_") + "_";
    const all = facts();
    const ours = (all.cookie || "").split("; ").filter((piece) => piece.startsWith(prefix) || piece.startsWith("pyrite_"));
    const chosen = /_consent=general(?:=|%3D)(in|out)/.exec(ours.join());
    const declines = all.gpc && config.globalPrivacyControlEnabled !== false;
    if ((chosen ? chosen[1] : declines ? "out" : config.defaultConsent || "in") !== "in") return;
    if (!ours.some((piece) => /^pyrite_(fpid|new)=/.test(piece))) {
      device = device || names.device || uuid();
      ours.push("pyrite_fpid=" + device);
      // At once: a tab that is opened meanwhile is the same visitor's.
      if (hasCookies) cookie(`pyrite_fpid=${device}; path=/; SameSite=Lax; max-age=34128000${top ? "; domain=" + top : ""}` + (location.protocol === "https:" ? "; Secure" : ""));
    }
    all.cookie = ours.join("; ");
    const host = (/^https?:\/\/(.+)/.exec(all.origin) || [])[1] || location.host; // a frame made of srcdoc has no location
    const domain = config.edgeDomain || host;
    if (!domain) return;
    const near = domain === host || /^(localhost|127\.0\.0\.1|\[::1\]|.*\.localhost)(:|$)/.test(domain);
    const root = domain.includes("://") ? domain : (near && !/^(blob:)?https:/.test(all.origin || all.url) ? "http" : "https") + "://" + domain;
    const path = (config.edgeBasePath || "ee").replace(/^\/+|\/+$/g, "");
    const commands = events.map((item) => [command(item), options(item), (item.id = item.id || uuid()), item[4] || now()]);
    return {
      url: `${root}/${path}/v1/${action}?configId=${encodeURIComponent(stream)}&requestId=${uuid()}`,
      body: JSON.stringify({ raw: { commands: [["configure", config], ...commands], facts: all, sentAt: now() } }),
    };
  };

  // The page's fetch may be a wrapper that throws, or gives anything: short of an answer the network has failed.
  const post = async (sent) => {
    const response = await fetch(sent.url, { method: "POST", body: sent.body, credentials: "include", keepalive: sent.body.length < 2e4 });
    if (!response.ok) throw response.status;
    return response;
  };

  // The first view start right behind a configuration leaves now, unless the page wants to see or hold it.
  const early = (queue) => {
    const [first, item] = queue;
    if (!item || item.early !== undefined || command(first) !== "configure" || own(document, "prerendering")) return;
    item.early = null;
    const config = options(first);
    const event = options(item);
    const starts = (command(item) === "event" && event.viewStart) || (command(item) === "sendEvent" && event.renderDecisions);
    const held = (first[2][1] || {}).onBeforeEventSend || [].concat(config.context).includes("highEntropyUserAgentHints");
    if (starts !== true || event.documentUnloading || held || config.early === false) return;
    const sent = raw(queue, [item], "interact");
    if (!sent) return;
    // Refused, or lost in the network: the tracker sends it again, under the same id.
    item.early = post(sent);
    item.early.catch(() => {});
  };

  const leave = () => {
    if (own(document, "prerendering")) return; // nobody has seen it
    for (const name of Object.keys(adopted)) guarded(leaveNow, adopted[name]);
  };

  // Calls that still wait for Python leave as they are, for a tab that is closed has little time; and Python gets them, under
  // the same ids, to put them away.
  const handOver = () => {
    for (const name of Object.keys(configured)) {
      const waiting = backlog.filter(([of]) => of === name).map(([, item]) => item);
      if (waiting.length && !own(document, "prerendering")) guarded(leaveNow, [configured[name], ...waiting]);
    }
    drain(1e9);
  };

  const leaveNow = (queue) => {
    if (queue.some((item) => command(item) === "configure" && item[2][1] && item[2][1].onBeforeEventSend)) return; // the page is to see them
    const events = queue.filter((item) => /^(event|sendEvent|trackEvent|ibexa)$/.test(command(item)) && !item.id);
    const bodies = [];
    for (const stream of new Set(events.map((item) => streamOf(item, queue)))) {
      const own = events.filter((item) => streamOf(item, queue) === stream);
      while (own.length) bodies.push(raw(queue, own.splice(0, 100), "collect")); // as many as an edge takes
    }
    // Nobody is left to hear of a failure: the page is going away.
    for (const sent of bodies) if (sent && caught(() => navigator.sendBeacon(sent.url, sent.body))[0] !== true) post(sent).catch(() => {});
  };

  const hidden = () => own(document, "visibilityState") === "hidden" && leave();
  const stop = () => {
    removeEventListener("pagehide", leave);
    invoke(document, "removeEventListener", "visibilitychange", hidden);
  };

  // ---- fetching and booting ----

  const get = async (file, again) => {
    let response;
    try {
      response = await fetch(address(file), { integrity: file.integrity, credentials: "same-origin" });
      response.ok; // or it is nothing at all
    } catch (error) {
      if (again) throw error;
      return get(file, true);
    }
    if (!response.ok) throw new Error(file.path + " was answered with status " + response.status);
    return response;
  };

  // A host may serve WebAssembly with another type, which only the streaming compiler minds.
  const compiled = async (file) => {
    try {
      return await WebAssembly.compileStreaming(await get(file));
    } catch {
      return WebAssembly.compile(await (await get(file)).arrayBuffer());
    }
  };

  const runtime = () =>
    new Promise((resolve, reject) => {
      const element = invoke(document, "createElementNS", "http://www.w3.org/1999/xhtml", "script");
      const url = address(FILES.runtime);
      try {
        // For pages that enforce Trusted Types; Python takes over the policy, whose name can be had once only.
        const same = (text) => text;
        names.policy = page.trustedTypes.createPolicy("pyrite", { createHTML: same, createScript: same, createScriptURL: same });
      } catch {
        // A browser without them, or a page that lists others: then the address goes as it is.
      }
      element.src = names.policy ? names.policy.createScriptURL(url) : url;
      element.integrity = FILES.runtime.integrity;
      element.crossOrigin = "anonymous";
      if (script) element.nonce = script.nonce;
      element.onload = () => resolve(element.pyrite);
      element.onerror = () => reject(new Error(FILES.runtime.path + " could not be loaded"));
      invoke(own(document, "head") || own(document, "documentElement"), "appendChild", element);
    });

  const boot = async () => {
    if (!page.WebAssembly) throw new Error("this browser has no WebAssembly");
    const [wasm, tracker, start] = await Promise.all([
      compiled(FILES.wasm),
      get(FILES.tracker).then((response) => response.arrayBuffer()),
      runtime(),
    ]);
    const python = await start({
      heapsize: 2097152,
      pystack: 32768, // the default of 2048 is exhausted by data some 30 levels deep, and a callback may call the tracker again
      stdout: (line) => say("info", line),
      stderr: (line) => say("error", line),
      wasm: async (imports) => ({ module: wasm, instance: await WebAssembly.instantiate(wasm, imports) }),
    });
    python.FS.writeFile("/pyrite.mpy", new Uint8Array(tracker));
    const pyrite = python.pyimport("pyrite"); // not runPython: the compiler stays untouched
    pyrite.start((light) => JSON.stringify(facts(light)), uuid, tools);
    run = pyrite.run;
    stop();
    addEventListener("pagehide", handOver); // before Python's own, which sends what waits
    for (const name of Object.keys(adopted)) take(name, adopted[name]);
  };

  // What Python can't do itself: catch what is thrown, and reach past a form's controls. See bridges/micropython.py.
  const tools = {
    own: (...given) => {
      const found = caught(() => own(...given));
      return Array.isArray(found) ? found[0] : null;
    },
    words,
    place,
    json: JSON,
    promises: Promise,
    array: (...given) => given,
    reach: (work, holder, given) => caught(() => Reflect.apply(work, holder, given)),
    invoke: (...given) => caught(() => invoke(...given)),
  };

  adopt.lane = "micropython";
  names.pyrite = adopt;
  adopt();
  addEventListener("pagehide", leave);
  invoke(document, "addEventListener", "visibilitychange", hidden);
  setTimeout(() => run || show(), 3000);
  // A page that is left breaks off what it fetches before it says so: then the queue is still to leave.
  boot().catch((error) => {
    show();
    setTimeout(fail, 250, error);
  });
})();

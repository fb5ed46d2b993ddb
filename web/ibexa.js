// In place of the vendor's script (yct.js, ibexa-tracker.js): the same `_ycq` commands make the same requests, to where this script
// was loaded from. Written in JavaScript, as the drop-in for JSS is: it runs on pages without a tracker, and they pay for no runtime.
// What differs from the vendor's, and why, is listed in web/docs/ibexa.md; e2e/ibexa/test_script.py has a test for each line.
((page, document, own) => {
  const data = own.dataset;
  const edge = data.edge || own.src.replace(/\/[^/]*$/, "");
  const prefix = data.prefix || "api";
  const tracker = data.alloy || "alloy";
  const ageS = 34128000; // 395 days: no browser keeps a cookie for longer
  const tickMs = 1000;
  const sleepMs = 2500; // a longer tick was no time that anybody looked
  const delaysMs = [1000, 4000, 16000];
  const say = (text) => console.warn("[ibexa] " + text);
  const cookie = (name) => (fact(() => document.cookie) || "").match(`(?:^|; )${name}=([^;]+)`)?.[1];
  const meta = (name) => document.querySelector(`meta[name="ibexa:${name}"]`)?.content;
  const seen = () => document.visibilityState == "visible";
  const view = () => location.href.split("#")[0];
  // What a page may lack, or forbid.
  const fact = (read) => {
    try {
      return read();
    } catch (error) {}
  };

  // ---- whose ----

  let consent = data.consent;
  let fresh; // of a browser that keeps no cookies
  const chosen = () => (consent == "in" || consent == "out" ? consent : cookie("kndctr_[^=;]+_consent")?.match(/^general(?:=|%3D)(in|out)/)?.[1]);
  const declines = () => chosen() == "out" || (navigator.globalPrivacyControl && chosen() != "in");
  // The widest domain that takes cookies, as the tracker writes its id.
  const domain = () => {
    const labels = location.hostname.split(".");
    for (let first = labels.length - 2; first >= 0 && !/^\d*$/.test(labels.at(-1)); first--) {
      const name = "; domain=" + labels.slice(first).join(".");
      document.cookie = "pyrite_top=1; max-age=10" + name;
      if (cookie("pyrite_top")) {
        document.cookie = "pyrite_top=; max-age=0" + name;
        return name;
      }
    }
    return "";
  };
  const newId = () => URL.createObjectURL(new Blob()).slice(-36); // also on plain http, where crypto has no UUID
  const device = () => {
    const id = cookie("pyrite_fpid") || cookie("pyrite_new") || (fresh ||= newId());
    fact(() => (document.cookie = `pyrite_fpid=${id}; path=/; SameSite=Lax; max-age=${ageS}${location.protocol == "https:" ? "; Secure" : ""}${domain()}`));
    return id;
  };
  const named = (user) => (declines() ? "not_defined" : user == null || ["", "undefined", "null"].includes("" + user) ? device() : "" + user);

  // ---- sending ----

  const failed = new Set(); // addresses that are to be tried again
  let leaving = false;
  const send = (url, attempt = 0) => {
    if (leaving && fact(() => navigator.sendBeacon(url))) return;
    const again = () => {
      if (attempt == delaysMs.length) return say("no answer from " + edge);
      failed.add(url);
      setTimeout(() => failed.delete(url) && send(url, attempt + 1), delaysMs[attempt] * Math.random());
    };
    // A page of another site that the edge does not list may still ask for an image.
    const byImage = () => {
      const image = new Image(1, 1);
      image.onerror = again;
      image.src = url;
    };
    const sent = fact(() => fetch(url, { keepalive: true, credentials: "include" }));
    if (sent) sent.then(({ status }) => (status >= 500 || status == 429 || status == 408) && again(), byImage);
    else byImage();
  };
  const leave = () => {
    leaving = true;
    count();
    lookedMs = 0;
    for (const url of failed) send(url);
    failed.clear();
  };

  // ---- events ----

  let customer = data.customer;
  let mine; // the item of the page's own click
  const held = []; // until there is a customer, and the visitor has chosen
  const path = (...pieces) => pieces.map((piece) => ("" + piece).split(",").map(encodeURIComponent).join(",")).join("/");
  const whole = (query) => ("" + (query ?? "")).replace(/^[?&]+/, "");
  const request = (event, who, rest, query) => {
    const given = whole(query);
    const eid = /(^|&)eid=/.test(given) ? "" : "eid=" + newId();
    send(`${edge}/${prefix}/${path(customer, event, ...who, ...rest)}?${[given, eid].filter(Boolean).join("&")}`);
  };
  const through = (options, query) => {
    const alloy = page[tracker];
    if (typeof alloy != "function") return false;
    alloy("ibexa", { ...Object.fromEntries(new URLSearchParams(whole(query))), customer, ...options }).catch(() => {}); // it has said so
    return true;
  };
  const track = (type, event, item, user, query, after) => {
    if (event == "click" && !mine) recommended((mine = [type, item]));
    const options = { event, itemtype: type, items: ("" + item).split(","), ...(after && { after: { seconds: after / 1000 } }) };
    if (user && !["undefined", "null"].includes("" + user)) options.user = "" + user;
    if (through(options, query)) return;
    if (after) wait(type, event, item, user, query, after);
    else request(event, [named(user)], [type, item], query);
  };
  const login = (source, target, query) => {
    if (declines() || !target) return;
    if (!through({ event: "login", target: "" + target, ...(source && { user: "" + source }) }, query)) request("login", [named(source)], [target], query);
  };
  // The vendor's sends the title of the page as an item, and no scenario, which the service refuses.
  const recommended = ([type, item]) => {
    const query = new URLSearchParams(location.search);
    if (query.get("ycreco") != "true" || recommended.done) return;
    const scenario = meta("scenario") || query.get("scenario");
    recommended.done = true;
    if (scenario) track(type, "clickrecommended", item, "", "scenario=" + encodeURIComponent(scenario));
    else say('ycreco: expected <meta name="ibexa:scenario" content="…">');
  };
  const said = (text) => {
    const [way, query] = text.split("?");
    const [event, type, item] = way.replace(/^\/|\/$/g, "").split("/").map(decodeURIComponent);
    track(type, event, item, "", query);
  };

  // ---- time that the page is seen ----

  const timed = [];
  const keys = new Set();
  let lookedMs = 0;
  let timer;
  // Who comes back to a view begins anew.
  let shown = view();
  const moved = () => {
    if (shown == view()) return;
    shown = view();
    keys.clear();
    count();
  };
  const wait = (type, event, item, user, query, leftMs) => {
    moved();
    const key = [view(), type, event, item].join(" ");
    if (keys.has(key)) return;
    keys.add(key);
    count();
    timed.push({ leftMs, view: view(), go: () => request(event, [named(user)], [type, item], query) });
    look();
  };
  const count = () => {
    const nowMs = performance.now();
    const spentMs = lookedMs ? nowMs - lookedMs : 0;
    lookedMs = seen() ? nowMs : 0;
    for (const one of [...timed]) {
      one.leftMs -= spentMs > sleepMs ? 0 : spentMs;
      if (one.leftMs > 0 && one.view == view()) continue;
      timed.splice(timed.indexOf(one), 1);
      if (one.view == view()) one.go();
    }
  };
  const look = () => {
    clearTimeout(timer);
    if (!seen() || !timed.length) return;
    lookedMs ||= performance.now();
    timer = setTimeout(() => (count(), look()), Math.min(tickMs, ...timed.map((one) => one.leftMs)));
  };

  // ---- commands ----

  const commands = {
    _trackEvent: track,
    _trackTimedEvent(type, event, item, ms, user, query) {
      const number = typeof ms == "string" && ms.trim() ? +ms : ms;
      if (typeof number == "number" && number >= 0 && number < 864e5) track(type, event, item, user, query, number || 1);
      else say(`_trackTimedEvent: expected milliseconds, got ${ms}`);
    },
    _login: login,
    _trackPageview(item, user) {
      const [type, id] = (meta("item") || "").split("/");
      track(item || !id ? 1 : type, "click", item || id || document.title, user);
    },
    _element: said,
    _recommended: recommended,
  };
  const run = (command) => {
    const [name, ...given] = command;
    if (name == "_setMandator" || name == "_setAccount") customer = given[0];
    else if (name == "_consent") consent = given[0];
    else if (!commands[name]) return say(`unknown command ${name}; commands are _setMandator, _setAccount, _consent, ${Object.keys(commands).join(", ")}`);
    else held.push(command);
    const pending = consent == "pending" && !cookie("kndctr_[^=;]+_consent");
    if (customer && !pending) for (const [which, ...rest] of held.splice(0)) fact(() => (commands[which](...rest), 1)) || say(`${which} failed`);
  };

  const queue = page._ycq;
  page._ycq = { push: (...all) => all.forEach((command) => fact(() => (run(command), 1)) || say(`expected a command, got ${command}`)) };
  if (Array.isArray(queue)) page._ycq.push(...queue);
  if (meta("item") && !mine) page._ycq.push(["_recommended", (mine = meta("item").split("/"))]);
  if (data.clicks != "none") addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-ibexa]");
    if (element) page._ycq.push(["_element", element.dataset.ibexa]);
  }, true);
  for (const name of ["visibilitychange", "freeze", "resume"]) document.addEventListener(name, () => (count(), look()));
  addEventListener("pageshow", () => ((leaving = false), count(), look()));
  addEventListener("pagehide", leave);
  addEventListener("popstate", moved);
  fact(() => navigation.addEventListener("currententrychange", moved));
})(window, document, document.currentScript);

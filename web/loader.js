// The loader of the `micropython` lane, served as alloy.js: fetches the runtime and the tracker side by side, boots, hands
// the queues over in order. If the page goes away first, the queue leaves as it is; if the runtime can't start, every
// promise is rejected, hidden content is shown, and one line is logged. FILES is filled in by the build.
(function () {
  const page = window;
  const names = (page.__alloyNS = page.__alloyNS || []);
  if (names.pyrite) return names.pyrite(); // loaded twice: the first one adopts what is new
  const script = document.currentScript;
  const address = (file) => new URL(file.path, script.src).href;
  let run; // the tracker's way in, once it is there
  let failure; // why it never will be

  const adopted = {};
  const adopt = () => {
    for (const name of names) {
      const queue = page[name] && page[name].q;
      if (!queue || adopted[name]) continue;
      adopted[name] = queue;
      if (run || failure) take(name, queue);
    }
  };

  const take = (name, queue) => {
    queue.push = (item) => execute(name, item);
    for (const item of queue.splice(0)) execute(name, item);
  };

  const execute = (name, item) => {
    const [resolve, reject, given, text, at] = item;
    if (failure) return reject(refusal("runtime.failed", failure));
    let options = text;
    try {
      if (text === undefined && given[1] != null) options = JSON.stringify(given[1]);
    } catch (error) {
      return reject(refusal("wire.invalid", "the options have no JSON form: " + error.message));
    }
    try {
      const age = at ? Math.max(0, Math.min(Date.now() - at, 3e5)) : 0;
      run(name, String(given[0]), options || "", given[1], resolve, reject, item.id || "", age);
    } catch (error) {
      reject(refusal("tracker", error.message));
    }
  };

  const refusal = (code, message) => Object.assign(new Error("[alloy] " + message), { code });

  const show = () => {
    const style = document.getElementById("alloy-prehiding");
    if (style) style.remove();
  };

  const fail = (error) => {
    failure = "the tracker could not start: " + (error && error.message ? error.message : error);
    console.error("[alloy] " + failure);
    show();
    stop();
    for (const name in adopted) take(name, adopted[name]);
  };

  // ---- leaving before the tracker is there ----

  const uuid = () =>
    crypto.randomUUID
      ? crypto.randomUUID()
      : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
          (+digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+digit / 4)))).toString(16));

  const cookie = (name) => {
    try {
      const found = document.cookie.split("; ").find((piece) => piece.startsWith(name + "="));
      return found && found.slice(name.length + 1);
    } catch (error) {
      return undefined; // a sandboxed page may not read its cookies
    }
  };

  const leave = () => {
    for (const name in adopted) {
      try {
        sendRaw(adopted[name]);
      } catch (error) {
        console.error("[alloy] the waiting events could not be sent: " + error.message);
      }
    }
  };

  const sendRaw = (queue) => {
    const options = (item) => JSON.parse(item[3] || JSON.stringify(item[2][1]) || "{}");
    const first = queue.find((item) => item[2][0] === "configure");
    const events = queue.filter((item) => /^(event|sendEvent)$/.test(item[2][0]) && !item.id);
    if (!first || !events.length) return;
    const config = options(first);
    const organisation = (config.orgId || config.datastreamId).replace("@", "_");
    const chosen = /general(=|%3D)(in|out)/.exec(cookie("kndctr_" + organisation + "_consent") || "");
    const declines = navigator.globalPrivacyControl === true && config.globalPrivacyControlEnabled !== false;
    if ((chosen ? chosen[2] : declines ? "out" : config.defaultConsent || "in") !== "in") return;
    let device = cookie("pyrite_fpid");
    if (!device) {
      device = uuid();
      document.cookie = "pyrite_fpid=" + device + "; path=/; SameSite=Lax; max-age=34128000";
    }
    const commands = events.map((item) => [item[2][0], options(item), (item.id = uuid()), item[4] || Date.now()]);
    const domain = config.edgeDomain || location.host;
    const near = domain === location.host || /^(localhost|127\.0\.0\.1|\[::1\]|.*\.localhost)(:|$)/.test(domain);
    const scheme = near ? location.protocol : "https:";
    const root = domain.includes("://") ? domain : scheme + "//" + domain;
    const path = (config.edgeBasePath || "ee").replace(/^\/+|\/+$/g, "");
    const orientation = screen.orientation;
    const body = {
      raw: {
        commands: [["configure", config]].concat(commands),
        facts: {
          url: location.href,
          referrer: document.referrer,
          screenWidth: screen.width,
          screenHeight: screen.height,
          screenOrientation: orientation ? orientation.type : "",
          viewportWidth: document.documentElement.clientWidth,
          viewportHeight: document.documentElement.clientHeight,
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          timezoneOffset: new Date().getTimezoneOffset(),
          cookie: "pyrite_fpid=" + device + ["identity", "cluster", "consent"].map((part) => {
            const key = "kndctr_" + organisation + "_" + part;
            const value = cookie(key);
            return value ? "; " + key + "=" + value : "";
          }).join(""),
        },
        sentAt: Date.now(),
      },
    };
    const url = root + "/" + path + "/v1/collect?configId=" + encodeURIComponent(config.datastreamId) + "&requestId=" + uuid();
    const text = JSON.stringify(body);
    if (!navigator.sendBeacon(url, text)) {
      fetch(url, { method: "POST", body: text, credentials: "include", keepalive: text.length < 2e4 }).catch(() => {});
    }
  };

  const hidden = () => document.visibilityState === "hidden" && leave();
  const stop = () => {
    removeEventListener("pagehide", leave);
    document.removeEventListener("visibilitychange", hidden);
  };

  // ---- fetching and booting ----

  const get = (file) =>
    fetch(address(file), { integrity: file.integrity, credentials: "same-origin" }).then((response) => {
      if (!response.ok) throw new Error(file.path + " was answered with status " + response.status);
      return response;
    });

  const runtime = () =>
    new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = address(FILES.runtime);
      element.integrity = FILES.runtime.integrity;
      element.crossOrigin = "anonymous";
      element.nonce = script.nonce;
      element.onload = () => resolve(element.pyrite);
      element.onerror = () => reject(new Error(FILES.runtime.path + " could not be loaded"));
      document.head.appendChild(element);
    });

  const boot = async () => {
    if (!page.WebAssembly) throw new Error("this browser has no WebAssembly");
    const [wasm, tracker, start] = await Promise.all([
      WebAssembly.compileStreaming(get(FILES.wasm)),
      get(FILES.tracker).then((response) => response.arrayBuffer()),
      runtime(),
    ]);
    const python = await start({
      heapsize: 2097152,
      pystack: 16384, // the default of 2048 is exhausted by data some 30 levels deep
      stdout: (line) => console.info(line),
      stderr: (line) => console.error(line),
      wasm: async (imports) => ({ module: wasm, instance: await WebAssembly.instantiate(wasm, imports) }),
    });
    python.FS.writeFile("/pyrite.mpy", new Uint8Array(tracker));
    python.runPython("from pyrite import run");
    run = python.globals.get("run");
    stop();
    for (const name in adopted) take(name, adopted[name]);
  };

  names.pyrite = adopt;
  adopt();
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", hidden);
  setTimeout(() => run || show(), 3000);
  boot().catch(fail);
})();

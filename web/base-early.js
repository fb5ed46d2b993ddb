// The base code that sends by itself what can't wait for the tracker: base.js, and when the first two calls are a configuration
// and a view start, the view leaves at once as a raw command, on which the edge runs the same core; the tracker takes over its
// id and its answer. When the page is left before a tracker has come, all other events leave the same way, in one beacon.
// What the page wants to see or hold (consent, hooks, overrides, hints) waits for the tracker; so does whatever fails here.
// What is sent has no names: edge/adobe/early.py knows the order; the first event's id is also a new visitor's.
((page, names) =>
  names.forEach((name) => {
    if (typeof page[name] == "function") return;
    let list = page.__alloyNS;
    list?.push || (page.__alloyNS = list = []);
    const queue = [];
    // What a page may lack, or have something else in the place of: one that throws is left out.
    const fact = (read) => {
      try {
        return read();
      } catch (error) {}
    };

    const raw = (events, send) => {
      const [[, , [command, given], text]] = queue;
      const config = JSON.parse(text);
      const { referrer, scrollingElement, prerendering } = document; // it is as large as the window, also in quirks mode
      const cookie = fact(() => document.cookie) || ""; // a sandboxed frame may not look
      const chosen = cookie.split(`kndctr_${(config.orgId || config.datastreamId).replace("@", "_")}_consent=general`)[1];
      const gpc = navigator.globalPrivacyControl;
      const domain = (config.edgeDomain ||= location.host || origin.split("//")[1]); // srcdoc has no location; without either what follows throws
      if (
        command == "configure" &&
        (chosen ? /^(=|%3D)in/.test(chosen) : !gpc && /^(in|undefined)$/.test(config.defaultConsent)) &&
        !(given.onBeforeEventSend || config.disconnected || prerendering || /Overrides"|highEntropy/.test(text + events.map((item) => item[3])))
      ) {
        // The address of a blob ends with a fresh UUID, also on plain http, where crypto has none.
        events.map((item) => (item.id ||= URL.createObjectURL(new Blob()).slice(-36)));
        /pyrite_[fn]/.test(cookie) || ((list.device ||= events[0].id), fact(() => (document.cookie = `pyrite_new=${list.device};path=/;SameSite=Lax` + (location.protocol == "https:" ? ";Secure" : ""))));
        return send(
          (domain.includes("//") ? "" : "//") + `${domain}/${config.edgeBasePath || "ee"}/v1/`,
          JSON.stringify({
            raw: [
              config,
              events.map((item) => [item[2][0], JSON.parse(item[3] || "{}"), item.id, item[4]]),
              [
                () => location.href, () => referrer, () => cookie.match(/(kndctr_|pyrite_)[^;]+/g), () => gpc,
                () => screen.width, () => screen.height, () => screen.orientation.type,
                () => scrollingElement.clientWidth, () => scrollingElement.clientHeight,
                () => fact(() => Temporal.Now.timeZoneId()) ?? Intl.DateTimeFormat().resolvedOptions().timeZone, () => new Date().getTimezoneOffset(),
              ].map(fact),
              list.device || "",
              Date.now(),
            ],
          }),
        );
      }
    };

    const early = (url, body) =>
      fetch(url + "interact", { method: "POST", credentials: "include", keepalive: true, body }).then((response) => response.ok && response, () => 0);

    list.push(name);
    page[name] = (...given) => {
      let promise;
      (promise = new Promise((resolve, reject) => {
        const item = [resolve, reject, given];
        fact(() => {
          [].toJSON || item.push(JSON.stringify(given[1]), Date.now()); // an old library makes texts of arrays: the tracker knows better
          queue[1] || !/^(?!.*"early":false).*"(viewStart|renderDecisions)":true/.test(queue[0][3] + item[3]) || (item.early = raw([item], early)); // throws where the queue is empty
        });
        queue.push(item);
      })).catch(() => {});
      return promise;
    };
    page[name].q = queue;
    // A tracker that has come has emptied the queue; a loader that is at work has a `push` of its own, and sees to this itself.
    addEventListener("pagehide", () =>
      fact(() => {
        const rest = queue.filter((item) => queue.push == list.push && /^((e|sendE|trackE)vent|ibexa)$/.test(item[2][0]) && !item.early);
        while (rest[0]) raw(rest.splice(0, 100), (url, body) => fact(() => navigator.sendBeacon(url + "collect", body)) || early(url, body)); // as many as an edge takes
      }),
    );
  }))(window, ["alloy"]);

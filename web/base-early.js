// The base code that sends the first view itself: base.js, and when the first two calls are a configuration and a view start,
// the view leaves at once as a raw command, on which the edge runs the same core; the tracker takes over its id and its answer.
// What the page wants to see or hold (consent, hooks, overrides, hints) waits for the tracker; so does whatever fails here.
// What is sent has no names: edge/raw.py knows the order; the event's id is also a new visitor's.
((page, names) =>
  names.forEach((name) => {
    if (page[name]) return;
    const list = (page.__alloyNS = page.__alloyNS || []);
    const queue = [];

    const early = ([, , [, given], text], item) => {
      const config = JSON.parse(text);
      const { cookie, referrer, documentElement, prerendering } = document;
      const chosen = cookie.split(`kndctr_${(config.orgId || config.datastreamId).replace("@", "_")}_consent=general`)[1];
      const gpc = navigator.globalPrivacyControl;
      const domain = config.edgeDomain || location.host;
      if (
        (chosen ? /^(=|%3D)in/.test(chosen) : !gpc && /^(in|undefined)$/.test(config.defaultConsent)) && !(given.onBeforeEventSend || prerendering) &&
        /^(?!.*("early":false|Overrides"|highEntropy)).*"(viewStart|renderDecisions)":true/.test(text + item[3])
      ) {
        item.id = list.device = crypto.randomUUID();
        item.early = fetch(
          (/\/\//.test(domain) ? "" : "//") + `${domain}/${config.edgeBasePath || "ee"}/v1/interact`,
          {
            method: "POST",
            credentials: "include",
            keepalive: true,
            body: JSON.stringify({
              raw: [
                config,
                [...item[2], item.id, item[4]],
                [
                  location.href, referrer, cookie.match(/(kndctr_|pyrite_f)[^;]+/g), gpc, screen.width, screen.height,
                  screen.orientation?.type, documentElement.clientWidth, documentElement.clientHeight,
                  page.Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone, new Date().getTimezoneOffset(),
                ],
              ],
            }),
          },
        ).then((response) => response.ok && response, () => 0);
      }
    };

    list.push(name);
    page[name] = (...given) => {
      let promise;
      (promise = new Promise((resolve, reject) => {
        const item = [resolve, reject, given];
        try {
          item.push(JSON.stringify(given[1]), Date.now());
          queue[1] || queue[0][2][0] != "configure" || early(queue[0], item); // throws where the queue is empty
        } catch (error) {}
        queue.push(item);
      })).catch(() => {});
      return promise;
    };
    page[name].q = queue;
  }))(window, ["alloy"]);

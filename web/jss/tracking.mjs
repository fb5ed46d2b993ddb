// The drop-in for pages that import `trackingApi` of Sitecore JSS: the same calls make the same requests and end the same way.
// What differs, and why, is listed in web/docs/jss.md; e2e/jss/test_drop_in.py compares each request with the original's.
const KEEPALIVE_BYTES = 6e4; // a browser lets 64 KiB of bodies outlive the page; leave some for others
const JSON_TYPE = "application/json";
let inFlight = 0; // bytes of bodies that may outlive the page

const failed = (message, fields) => Object.assign(new Error(message), fields);
const invalid = (path, expected) => failed(`${path}: expected ${expected}`, { code: "options.invalid", path });

// A page, or a browser's worker: a server has workers too, but no address.
const inBrowser = ({ document, window, WorkerGlobalScope, location }) => document || (window && window.document) || (WorkerGlobalScope && location);

const addressOf = ({ host = "", serviceUrl = "/sitecore/api/jss/track", action = "event", querystringParams }) => {
  const [path, ...query] = serviceUrl.split("?");
  for (const [name, value] of Object.entries(querystringParams || {}))
    if (value !== undefined) query.push(encodeURIComponent(name) + "=" + encodeURIComponent(value));
  return host + path + "/" + action + (query.length ? "?" : "") + query.join("&");
};

// As the original's axios: with cookies, JSON both ways, any other text as it is.
const post = async (url, { body, headers }) => {
  const size = new Blob([body]).size;
  const keepalive = inFlight + size <= KEEPALIVE_BYTES;
  const counted = keepalive ? size : 0;
  inFlight += counted;
  try {
    const response = await fetch(url, { method: "POST", credentials: "include", keepalive, headers: { Accept: JSON_TYPE + ", text/plain, */*", ...headers }, body });
    let data = await response.text();
    try {
      data = JSON.parse(data);
    } catch {
      // A text.
    }
    const { status, statusText } = response;
    return { status, statusText, headers: Object.fromEntries(response.headers), data };
  } catch (cause) {
    throw failed("Network Error", { cause });
  } finally {
    inFlight -= counted;
  }
};

export const trackingApi = {
  async trackEvent(events, options) {
    if (!options) throw invalid("options", "an object such as {host, querystringParams: {sc_apikey}}");
    const page = globalThis;
    if (!options.test && !inBrowser(page)) return undefined;
    const { alloy, action, fetcher } = options;
    if (alloy && (!action || action === "event")) {
      if (typeof page[alloy] != "function") throw invalid("options.alloy", `the name of a tracker on this page, got ${alloy}`);
      return page[alloy]("trackEvent", { events });
    }
    const list = Array.isArray(events) ? [...events] : [events];
    // JSS 19 gives its fetchers the events, JSS 23 the options of fetch: this is both.
    const sent = Object.assign(list, { method: "POST", headers: { "Content-Type": JSON_TYPE }, body: JSON.stringify(list) });
    const response = await (fetcher || post)(addressOf(options), sent);
    const { status, statusText, data } = response;
    if (!(status >= 200 && status < 300)) throw failed(fetcher ? statusText : "Request failed with status code " + status, { response });
    return data;
  },
};

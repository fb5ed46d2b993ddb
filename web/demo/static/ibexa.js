// The page /ibexa: one example for each technique, what each has sent, and what the edge has stored.
const noncedScript = document.querySelector("script[nonce]").nonce;
const stored = document.querySelector("[data-stored]");
const sent = (id, text) => {
  const place = document.querySelector(`[data-sent="${id}"]`);
  place.textContent = place.dataset.told ? `${place.textContent}\n${text}` : text;
  place.dataset.told = "yes";
};
const uuid = () => URL.createObjectURL(new Blob()).slice(-36);

const show = async () => {
  const events = await (await fetch("/ibexa/stored")).json();
  stored.replaceChildren(
    ...events.map((values) => {
      const row = document.createElement("tr");
      for (const value of values) row.insertCell().textContent = value;
      return row;
    }),
  );
};

// Of requests only the browser knows that they were made: it tells their addresses.
const requests = { "/api/00000/click/_me/": "pixel", "/api/00000/rate/": "jsonp", "/api/00000/click/": "script" };
new PerformanceObserver((list) => {
  for (const { name } of list.getEntries()) {
    const path = name.replace(location.origin, "");
    const found = Object.keys(requests).find((start) => path.startsWith(start));
    if (found) sent(requests[found], `GET ${path}`);
  }
  show();
}).observe({ type: "resource", buffered: true });

const tell = (id, options) =>
  alloy("ibexa", options).then(
    ({ requestBody }) => {
      sent(id, `alloy("ibexa", ${JSON.stringify(options)})${requestBody ? "" : ": nothing to send"}`);
      return show();
    },
    (error) => sent(id, `rejected: ${error.message}`),
  );

const examples = {
  pixel(button) {
    for (let time = 0; time < 2; time++) new Image(1, 1).src = button.dataset.src + (time ? "&again=1" : "");
  },
  jsonp() {
    window.rated = (answer) => (sent("jsonp", `rated(${JSON.stringify(answer)})`), show());
    const script = document.createElement("script");
    script.nonce = noncedScript;
    script.src = `/api/00000/rate/_me/1/128?rating=80&eid=${uuid()}&jsonpCallback=rated`;
    document.head.append(script);
  },
  script: () => window._ycq.push(["_trackEvent", "1", "click", "129", "", "?categorypath=%2Fcrystals"]),
  // What a server sends is stored a moment after its answer.
  async server({ dataset: { technique } }) {
    const answer = await fetch(`/ibexa/server?technique=${technique}`, { method: "POST" });
    if (!answer.ok) return sent("server", (await answer.json()).detail);
    sent("server", `the server: sender.event("owns", itemtype=1, item=133), technique "${technique}"`);
    setTimeout(show, 500);
  },
  async relay() {
    const event = { kind: "wishlist", itemtype: 1, item: 127, eid: uuid() };
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/t/e", { method: "POST", headers, body: JSON.stringify(event) });
    if (!answer.ok) return sent("relay", (await answer.json()).detail);
    sent("relay", `POST /t/e ${JSON.stringify(event)}`);
    setTimeout(show, 500);
  },
  buy: () => tell("command", { event: "buy", itemtype: 1, item: 128, quantity: 2, fullprice: "12.45EUR" }),
};

document.addEventListener("click", ({ target }) => {
  if (target.dataset.do) examples[target.dataset.do](target);
  const path = target.dataset.ibexa;
  if (path) sent(path.startsWith("basket") ? "command" : "recommendations", `alloy("ibexa", {"path":"${path}"})`);
  if (path) setTimeout(show, 500);
});
tell("time", { event: "consume", itemtype: 1, item: 130, after: { seconds: 6, steps: 3 } });
tell("recommendations", { event: "rendered", itemtype: 1, items: [131, 132], scenario: "also-bought", after: { visible: "#box" } });
await show();

// For pages whose PyScript runs in a worker: a worker has no cookies, no document and no moment of leaving, so its commands are
// carried out here, by the page's own `alloy` (base code and alloy.js). `alloyWorker(worker)` serves a worker of the page's own;
// those of <script worker> are found by themselves. What crosses is JSON text, over a port that the worker sends.
(() => {
  const served = new WeakSet();

  const answer = async (port, text) => {
    const { call, instance, command, options } = JSON.parse(text);
    const settle = (ok, value) => port.postMessage(JSON.stringify({ call, ok, value }));
    try {
      // Nothing but an instance: a worker gets no other function of the page by this way.
      if (!(window.__pyriteNS || window.__alloyNS || []).includes(instance)) throw Object.assign(new Error("the page has no " + instance + ": it needs the base code and alloy.js"), { code: "worker.page" });
      settle(true, await window[instance](command, options));
    } catch (error) {
      settle(false, { ...error, message: error.message });
    }
  };

  const serve = (worker) => {
    if (served.has(worker)) return;
    served.add(worker);
    worker.addEventListener("message", ({ data, ports }) => {
      if (data !== "pyrite") return;
      ports[0].onmessage = (event) => answer(ports[0], event.data);
      ports[0].postMessage("{}");
    });
  };

  // PyScript puts the worker on its script element and tells nobody.
  const look = () => {
    for (const element of document.querySelectorAll("script[worker]")) if (element.xworker) serve(element.xworker);
  };
  const looking = setInterval(look, 10);
  addEventListener("load", () => setTimeout(() => clearInterval(looking), 30000));
  window.alloyWorker = serve;
})();

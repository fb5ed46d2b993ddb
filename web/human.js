// Waits for the first sign of a human (a trusted move of the pointer, a touch, a key, the wheel) and tells the edge that this
// script came from, which turns the session and its contact human. As a style sheet, for its cookies go along without CORS.
(() => {
  const own = document.currentScript;
  const base = own.src.replace(/(layouts\/system\/VisitorIdentification|human)\.js[^/]*$/, "");
  const signs = ["pointermove", "touchstart", "keydown", "wheel"];
  const seen = (sign) => {
    if (!sign.isTrusted) return;
    for (const name of signs) removeEventListener(name, seen, true);
    const probe = document.createElement("link");
    probe.rel = "stylesheet";
    probe.nonce = own.nonce;
    probe.href = base + "layouts/system/VisitorIdentificationCSS.aspx?tstamp=" + Date.now();
    document.head.append(probe);
  };
  for (const name of signs) addEventListener(name, seen, { capture: true, passive: true });
})();

// Waits for the first sign of a human (a trusted move of the pointer, a touch, a key, the wheel) and tells the edge that this
// script came from, which turns the session and its contact human. As a style sheet, for its cookies go along without CORS; the
// rule in it says that the edge has done so. Of a visitor whom it does not know yet it waits for another sign: the page's first event
// may be under way, whose contact is theirs.
(() => {
  const own = document.currentScript;
  const base = own.src.replace(/(layouts\/system\/VisitorIdentification|human)\.js[^/]*$/, "");
  const signs = ["pointermove", "touchstart", "keydown", "wheel"];
  const pauseMs = 1000;
  let tries = 0;
  let nextMs = 0;
  const seen = ({ isTrusted, timeStamp }) => {
    if (!isTrusted || timeStamp < nextMs) return;
    nextMs = timeStamp + pauseMs;
    const probe = document.createElement("link");
    probe.rel = "stylesheet";
    probe.nonce = own.nonce;
    probe.href = base + "layouts/system/VisitorIdentificationCSS.aspx?tstamp=" + Date.now() + (tries++ ? "" : "&early=1");
    probe.onload = () => {
      const met = getComputedStyle(document.documentElement).getPropertyValue("--pyrite-human");
      probe.remove();
      if (met) for (const name of signs) removeEventListener(name, seen, true);
    };
    document.head.append(probe);
  };
  for (const name of signs) addEventListener(name, seen, { capture: true, passive: true });
})();

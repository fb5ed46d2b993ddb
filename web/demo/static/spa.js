// The single-page version's router: addresses by the History API, one section a view. Nothing here is about tracking.
(() => {
  const sections = [...document.querySelectorAll("[data-view]")];
  const show = () => {
    const path = location.pathname.replace(/\/$/, "");
    const found = sections.find((section) => section.dataset.view === path) || sections[0];
    for (const section of sections) section.hidden = section !== found;
    document.title = `${found.querySelector("h1").textContent} · Stone & Lustre`;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/spa']");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (link.pathname !== location.pathname) history.pushState({}, "", link.href);
    show();
    document.getElementById("main").focus();
  });
  addEventListener("popstate", show);
  show();
})();

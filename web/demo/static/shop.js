// The demo shop's own script: a basket in this browser, and the calls that a page author would make.
(() => {
  const read = () => JSON.parse(localStorage.getItem("basket") || "[]");
  const total = (items) => items.reduce((sum, item) => sum + item.price, 0);
  const show = () => {
    const items = read();
    for (const node of document.querySelectorAll("[data-basket-count]")) node.textContent = items.length;
    for (const node of document.querySelectorAll("[data-basket]")) {
      node.replaceChildren();
      if (!items.length) {
        node.append("Nothing in here yet.");
        continue;
      }
      const table = document.createElement("table");
      for (const [name, price] of [["Stone", "Price"], ...items.map((item) => [item.name, `€ ${item.price}`]), ["Together", `€ ${total(items)}`]]) {
        const row = table.insertRow();
        row.insertCell().textContent = name;
        row.insertCell().textContent = price;
      }
      node.append(table);
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add]");
    if (!button) return;
    const { add: sku, name, price } = button.dataset;
    localStorage.setItem("basket", JSON.stringify([...read(), { sku, name, price: Number(price) }]));
    show();
    button.parentElement.querySelector("[data-added]").textContent = `${name} is in your basket.`;
    alloy("event", { type: "commerce.productListAdds", data: { sku, price: Number(price) } });
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-checkout]")) return;
    event.preventDefault();
    const items = read();
    // The page goes away right behind this call: the event leaves as a beacon.
    alloy("event", { documentUnloading: true, type: "commerce.purchases", data: { items: items.length, total: total(items) } });
    localStorage.removeItem("basket");
    location.href = event.target.action;
  });
  show();
})();

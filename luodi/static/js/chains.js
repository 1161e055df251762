/* The map answers a choice: the node, what feeds it and what it feeds stand out. The panel beside it comes by htmx, without this file. */

const map = document.querySelector("[data-chain-map]");

function trace(code) {
  const near = new Set();
  for (const link of map.querySelectorAll(".link")) {
    const on = link.dataset.from === code || link.dataset.to === code;
    link.classList.toggle("on", on);
    if (on) near.add(link.dataset.from).add(link.dataset.to);
  }
  for (const box of map.querySelectorAll(".box")) {
    box.classList.toggle("chosen", box.dataset.node === code);
    box.classList.toggle("near", near.has(box.dataset.node));
  }
  map.classList.toggle("traced", Boolean(code));
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!map || event.detail.target.id !== "node-panel") return;
  const asked = event.detail.requestConfig.path;
  const box = [...map.querySelectorAll(".box")].find((one) => one.getAttribute("hx-get") === asked);
  trace(box?.dataset.node);
});

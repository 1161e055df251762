/* Lists: choose columns, walk rows with J and K, open with Enter, reach the search box with "/".
   Hooks: input[data-column] inside a form, [data-col] on cells, tr[data-href], a[data-keeps-columns], [data-search]. */

/** Names of the chosen columns, or null when the page has no chooser. */
function chosenColumns() {
  const boxes = [...document.querySelectorAll("input[data-column]")];
  return boxes.length ? boxes.filter((box) => box.checked).map((box) => box.value) : null;
}

/** Show the chosen columns only; a cell without data-col always stays. */
function applyColumns() {
  const chosen = chosenColumns();
  if (!chosen) return;
  for (const cell of document.querySelectorAll("[data-col]")) cell.hidden = !chosen.includes(cell.dataset.col);
}

/** The address with this page's choice of columns, so that the next page and the export agree with what is seen. */
function withColumns(address) {
  const url = new URL(address, location.href);
  const field = document.querySelector("input[data-column]").name;
  url.searchParams.delete(field);
  for (const name of chosenColumns()) url.searchParams.append(field, name);
  return url;
}

function rememberColumns() {
  history.replaceState(history.state, "", withColumns(location.href));
  for (const link of document.querySelectorAll("a[data-keeps-columns]")) link.href = withColumns(link.href);
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("input[data-column]")) return;
  applyColumns();
  rememberColumns();
});
document.addEventListener("htmx:afterSwap", applyColumns);

/** The row the keyboard is on, or undefined. */
const current = () => document.querySelector("tr[data-href].current");

function move(step) {
  const rows = [...document.querySelectorAll("tr[data-href]")];
  if (!rows.length) return;
  const here = rows.indexOf(current());
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  current()?.classList.remove("current");
  next.classList.add("current");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** Keys belong to the field, button or link that has the focus, to the input method, and to the browser. */
function isOurs(event) {
  const busy = event.isComposing || event.ctrlKey || event.metaKey || event.altKey;
  return !busy && !event.target.closest("input, select, textarea, button, a, summary, dialog, [contenteditable]");
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  Enter: () => current() && location.assign(current().dataset.href),
  "/": () => document.querySelector("[data-search]")?.focus(),
};

document.addEventListener("keydown", (event) => {
  const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || !isOurs(event)) return;
  event.preventDefault();
  action();
});

applyColumns();

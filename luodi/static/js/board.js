/* The board: drag a card to a column, or use the keys; both send the same form as a card's buttons.
   Hooks: [data-board], .column[data-stage], .card[data-card][data-move], #move-form, [data-chosen]. */

const board = document.querySelector("[data-board]");
const form = document.getElementById("move-form");

/** Send one card to a stage. The server asks for a reason where it needs one. */
function send(card, stage) {
  if (!form || !stage || card.closest(".column").dataset.stage === stage) return;
  form.action = card.dataset.move;
  form.elements.stage.value = stage;
  form.submit();
}

const column = (element) => element.closest(".column");
let dragged = null;

board?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".card[draggable]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.card);
  dragged.classList.add("dragged");
});
board?.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  board.querySelector(".over")?.classList.remove("over");
  dragged = null;
});
board?.addEventListener("dragover", (event) => {
  const target = dragged && column(event.target);
  if (!target) return;
  event.preventDefault();
  if (target.classList.contains("over")) return;
  board.querySelector(".over")?.classList.remove("over");
  target.classList.add("over");
});
board?.addEventListener("drop", (event) => {
  const target = dragged && column(event.target);
  if (!target) return;
  event.preventDefault();
  send(dragged, target.dataset.stage);
});

/* Arrows walk the cards; with Shift, left and right move the card itself. */
function neighbour(card, step) {
  const cards = [...column(card).querySelectorAll(".card")];
  return cards[cards.indexOf(card) + step];
}

function beside(card, step) {
  const columns = [...board.querySelectorAll(".column")];
  return columns[columns.indexOf(column(card)) + step];
}

board?.addEventListener("keydown", (event) => {
  const card = event.target.closest(".card");
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!card || !step || event.target.matches("input")) return;
  event.preventDefault();
  const aside = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (aside && event.shiftKey) {
    if (card.draggable) send(card, beside(card, step)?.dataset.stage);
    return;
  }
  const next = aside ? beside(card, step)?.querySelector(".card") : neighbour(card, step);
  next?.querySelector("a").focus();
});

/** How many cards are ticked, beside the bulk form. */
function count() {
  const shown = document.querySelector("[data-chosen]");
  if (shown) shown.textContent = board.querySelectorAll("input[name=project]:checked").length;
}
board?.addEventListener("change", count);
if (board) count();

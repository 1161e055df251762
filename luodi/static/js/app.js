/* What every page needs: confirmation, failed requests, menus, forms that submit themselves.
   Hooks: [data-confirm] (+ data-confirm-ok), hx-confirm, form[data-autosubmit], details[data-menu], .dropzone[data-file]. */

document.documentElement.classList.add("js");

const dialog = document.getElementById("confirm");

/** Ask; true when the person agreed. Cancel is focused first, Escape cancels. */
function ask(question, okLabel) {
  const ok = dialog.querySelector("[data-confirm-ok]");
  dialog.querySelector("[data-confirm-text]").textContent = question;
  ok.textContent = okLabel || ok.dataset.label;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true });
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  if (!(await ask(button.dataset.confirm, button.dataset.confirmOk))) return;
  // The button goes along, so that its name and value reach the server.
  button.form.requestSubmit(button);
}, true);

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.question, event.target.dataset.confirmOk)) event.detail.issueRequest(true);
});

/** Say that something failed, in the live region, in the page's language. */
function complain(key) {
  const area = document.getElementById("messages");
  if (!area) return;
  const note = document.createElement("p");
  const mark = document.createElement("i");
  note.className = "note note-error";
  mark.className = "mark mark-error";
  note.append(mark, area.dataset[key]);
  area.replaceChildren(note);
  area.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:responseError", (event) => {
  complain(event.detail.xhr.status === 403 ? "denied" : "failed");
});
document.addEventListener("htmx:sendError", () => complain("offline"));
document.addEventListener("htmx:timeout", () => complain("offline"));

document.addEventListener("htmx:beforeSwap", (event) => {
  // Progress renews itself every second: not while the dialog asks about the button inside it.
  if (dialog.open && event.detail.target.matches(".progress")) event.detail.shouldSwap = false;
  // An ended session answers a fragment with the whole sign-in page: go there instead of showing it inside a list.
  const answered = new URL(event.detail.xhr.responseURL || location.href, location.href);
  if (answered.pathname !== document.body.dataset.login) return;
  event.detail.shouldSwap = false;
  location.assign(`${answered.pathname}?next=${encodeURIComponent(location.pathname + location.search)}`);
});

document.addEventListener("change", (event) => {
  // Not text fields: they change when they lose the focus, perhaps to the very link that is being clicked.
  if (event.target.matches("select, [type=checkbox]:not([data-column]), [type=radio]")) {
    event.target.closest("form[data-autosubmit]")?.requestSubmit();
  }
  const zone = event.target.closest("[data-file]");
  if (zone && event.target.type === "file") showFile(zone, event.target.files);
});

function showFile(zone, files) {
  const names = [...files].map((file) => `${file.name} (${(file.size / 1048576).toFixed(1)} MB)`);
  zone.querySelector("[data-file-name]").textContent = names.join("\n");
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* In an input method, Enter picks a candidate; it must never send the form. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.isComposing || event.keyCode === 229)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

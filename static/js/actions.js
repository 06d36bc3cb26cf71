// What controls do, by their data-action; a page adds its own actions with `on`.
import { t } from "./words.js";

const actions = new Map();

/** Call `action(control, event)` when a control with this data-action is pressed. */
export function on(name, action) {
  actions.set(name, action);
}

document.addEventListener("click", (event) => {
  const control = event.target.closest?.("[data-action]");
  const action = control && actions.get(control.dataset.action);
  if (action) {
    action(control, event);
  }
});

on("open-palette", () => {
  const palette = document.getElementById("palette");
  if (palette && !palette.open) {
    palette.showModal();
    palette.dispatchEvent(new CustomEvent("palette-shown"));
  }
});
on("open-help", () => document.getElementById("help")?.showModal());
on("open-dialog", (control) => document.getElementById(control.dataset.dialog)?.showModal());
on("close-dialog", (control) => control.closest("dialog")?.close());
on("close-toast", (control) => control.closest(".toast")?.remove());
on("reveal", (control) => reveal(control));
on("copy", async (control) => {
  await navigator.clipboard.writeText(document.getElementById(control.dataset.copies).textContent);
  const { announce } = await import("./notices.js");
  announce(t("Copied"));
  control.dataset.done = "";
  setTimeout(() => delete control.dataset.done, 1500);
});

/** Show a hidden word. */
export function reveal(veil) {
  const mark = document.createElement("mark");
  mark.dataset.kind = veil.dataset.kind;
  mark.title = veil.dataset.title;
  mark.toggleAttribute("data-guess", veil.hasAttribute("data-guess"));
  mark.textContent = veil.dataset.word;
  mark.tabIndex = -1;
  const hadFocus = veil === document.activeElement;
  veil.replaceWith(mark);
  if (hadFocus) {
    mark.focus();
  }
}

// A press elsewhere closes an open menu.
const OPEN_MENU = "details.menu[open], .thread details[open]";
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(OPEN_MENU)) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(OPEN_MENU);
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
// A press outside a dialog closes it.
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement) {
    event.target.close();
  }
});

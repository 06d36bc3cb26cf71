// Show a form in a dialog; without JavaScript it has a page of its own.
import { on } from "./actions.js";

const dialog = document.getElementById("ask");

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === dialog && !dialog.open) {
    dialog.showModal();
  }
});
// If a form comes back with errors, move to the first one.
document.addEventListener("htmx:afterSettle", () => {
  document.querySelector("form [aria-invalid=true]")?.focus();
});
on("cancel-ask", (control, event) => {
  const openDialog = control.closest("dialog");
  if (openDialog) {
    event.preventDefault();
    openDialog.close();
  }
});

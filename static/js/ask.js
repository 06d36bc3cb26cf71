// Ask in a dialog what is asked on a page of its own without JavaScript.
import { on } from "./actions.js";

const dialog = document.getElementById("ask");

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === dialog && !dialog.open) {
    dialog.showModal();
  }
});
// A form that came back with errors: go to the first of them.
document.addEventListener("htmx:afterSettle", () => {
  document.querySelector("form [aria-invalid=true]")?.focus();
});
on("cancel-ask", (control, event) => {
  const asked = control.closest("dialog");
  if (asked) {
    event.preventDefault();
    asked.close();
  }
});

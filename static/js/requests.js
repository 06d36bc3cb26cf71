// What htmx asks for: pieces of refusals are shown too, and a lost connection is told in words.
import { notify } from "./notices.js";

export function watchRequests() {
  // A conflict (409), a refusal (403) and a form with errors (422) answer with the piece to show.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const isPiece = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
    if ([403, 409, 410, 422, 429].includes(detail.xhr.status) && isPiece) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  document.addEventListener("htmx:sendError", () => {
    notify("No connection: nothing was sent. Try again when the pill says Live.", { kind: "error" });
  });
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const id = detail.xhr.getResponseHeader("X-Request-ID") ?? "unknown";
    notify(`The server could not do that (${detail.xhr.status}). Request ${id}.`, { kind: "error" });
  });
}

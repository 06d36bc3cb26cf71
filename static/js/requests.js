// htmx requests: show the HTML of a refusal, and say so when the connection is lost.
import { notify } from "./notices.js";
import { t } from "./words.js";

export function watchRequests() {
  // A conflict (409), a refusal (403) and a form with errors (422) come with the HTML to show.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const isPiece = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
    if ([403, 409, 410, 422, 429].includes(detail.xhr.status) && isPiece) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  document.addEventListener("htmx:sendError", () => {
    notify(t("No connection: nothing was sent. Try again when this page is live."), { kind: "error" });
  });
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const id = detail.xhr.getResponseHeader("X-Request-ID") ?? "unknown";
    notify(t("The server failed to do that ({status}). Request ID: {id}", { status: detail.xhr.status, id }), {
      kind: "error",
    });
  });
}

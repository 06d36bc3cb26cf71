// htmx requests: show the HTML of a refusal, and say so when the connection is lost.
import { tellEnd } from "./connection.js";
import { notify } from "./notices.js";
import { t } from "./words.js";

/** Rows that a link loads take its place: the first of them gets the focus that the link had. */
function watchMore() {
  let before = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const link = detail.requestConfig.elt;
    before = link.matches("[data-loads-more]") ? detail.target.previousElementSibling : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    before?.nextElementSibling?.querySelector("a")?.focus();
    before = null;
  });
}

export function watchRequests() {
  watchMore();
  // A conflict (409), a refusal (403) and a form with errors (422) come with the HTML to show.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const isHtml = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
    const isPiece = isHtml && !isPage(detail.xhr.responseText);
    if ([403, 409, 410, 422, 429].includes(detail.xhr.status) && isPiece) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  // Whoever asked for something is led to the sign-in page; a page that refreshes itself stays, with
  // what was typed.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.status === 401 && isUnasked(requestConfig)) {
      event.preventDefault();
      tellEnd("signed-out");
    }
  });
  document.addEventListener("htmx:sendError", () => {
    notify(t("No connection: nothing was sent. Try again when this page is live."), { kind: "error" });
  });
  document.addEventListener("htmx:responseError", ({ detail }) => notify(failureText(detail.xhr), { kind: "error" }));
}

/** Say whether a page sends a request by itself, after an event or when a part of it has loaded. */
function isUnasked({ triggeringEvent }) {
  return !triggeringEvent || ["load", "revealed"].includes(triggeringEvent.type);
}

/** A whole page has no place in a part of one: it says that this page is out of date. */
function isPage(html) {
  return html.trimStart().toLowerCase().startsWith("<!doctype");
}

/** Return in words why a request failed, and whether something was saved. */
export function failureText(xhr) {
  const { status } = xhr;
  if (status === 429) {
    return t("Too many requests. Nothing was saved: wait a moment, then try again.");
  }
  // Signed out, or the form's token is of a session that ended.
  if (status === 401 || (status === 403 && isPage(xhr.responseText))) {
    return t("This page has expired. Nothing was saved: reload it, then try again.");
  }
  if (status < 500) {
    return t("The server refused that ({status}). Nothing was saved.", { status });
  }
  const id = xhr.getResponseHeader("X-Request-ID");
  const text = t("The server failed to do that ({status}). Reload to see whether it was saved.", { status });
  return id ? `${text} ${t("Request ID: {id}", { id })}` : text;
}

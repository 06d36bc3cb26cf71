// The open item: its views, covered words, reasons, claim, undo bar, and what others do to it.
import { on, reveal } from "./actions.js";
import { announce, notify } from "./notices.js";

const RENEW_MS = 60_000;

const pane = document.getElementById("item");
const undoBar = document.getElementById("undo");

const head = () => pane.querySelector(".item-head");
const panel = () => pane.querySelector("#reject-panel");
const verb = () => pane.querySelector("[data-verb=reject]");
const isRejecting = () => panel()?.hidden === false;
const hasKeys = () => document.documentElement.dataset.shortcuts !== "off";

// --- Views of the content, covered words

on("show-view", (tab, event) => {
  event.preventDefault();
  const { view } = tab.dataset;
  for (const other of pane.querySelectorAll("[data-views] .tab")) {
    other.toggleAttribute("aria-current", other === tab);
    if (other === tab) {
      other.setAttribute("aria-current", "true");
    }
  }
  for (const shown of pane.querySelectorAll("[data-panel]")) {
    shown.hidden = shown.dataset.panel !== view;
  }
});

on("reveal-all", (link, event) => {
  event.preventDefault();
  const veils = pane.querySelectorAll("button.veil");
  veils.forEach(reveal);
  announce(`${veils.length} words revealed`);
  if (link === document.activeElement) {
    focusHeading();
  }
  link.remove();
});

// --- Reasons

function openReasons() {
  panel().hidden = false;
  verb().setAttribute("aria-expanded", "true");
  nameReason();
  panel().querySelector("[name=reason_code]:checked").focus();
}

function closeReasons() {
  panel().hidden = true;
  verb().setAttribute("aria-expanded", "false");
  verb().focus();
}

/** Say on the button what it will do. */
function nameReason() {
  const chosen = panel()?.querySelector("[name=reason_code]:checked");
  if (chosen) {
    panel().querySelector("[data-confirm] span").textContent = `Reject as ${chosen.dataset.name}`;
  }
}

on("open-reasons", (button, event) => {
  event.preventDefault();
  if (isRejecting()) {
    closeReasons();
  } else {
    openReasons();
  }
});
on("close-reasons", (link, event) => {
  event.preventDefault();
  closeReasons();
});
pane?.addEventListener("change", (event) => {
  if (event.target.name === "reason_code") {
    nameReason();
  }
});

function isTyping(target) {
  return target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
}

// Before the page's own keys: with the reasons open a digit chooses and confirms.
document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (!isPlain || event.isComposing || document.querySelector("dialog[open]")) {
    return;
  }
  if (event.key === "Escape") {
    escape(event);
  } else if (isRejecting() && hasKeys() && !isTyping(event.target)) {
    const reason = panel().querySelector(`[name=reason_code][aria-keyshortcuts="${CSS.escape(event.key)}"]`);
    if (reason) {
      event.preventDefault();
      event.stopPropagation();
      reason.checked = true;
      nameReason();
      panel().querySelector("[data-confirm]").click();
    }
  }
}, { capture: true });

function escape(event) {
  if (isRejecting() && pane.contains(event.target.closest?.(".dock") ?? pane)) {
    event.preventDefault();
    event.stopPropagation();
    closeReasons();
  } else if (event.target.id === "note-text") {
    event.target.blur();
  }
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-note]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// --- The claim: renewed while somebody works, let go of when they leave

let renewedAt = Date.now();

function renew() {
  const form = pane?.querySelector("[data-renew]");
  if (form && Date.now() - renewedAt > RENEW_MS) {
    renewedAt = Date.now();
    htmx.trigger(form, "gavel:active");
  }
}

for (const type of ["keydown", "scroll", "pointerdown"]) {
  pane?.addEventListener(type, renew, { capture: true, passive: true });
}

/** Let go of an item without waiting for the answer. */
function leave(form) {
  const told = new FormData(form);
  told.set("leaving", "1");
  navigator.sendBeacon(form.action, told);
}

addEventListener("pagehide", () => {
  const form = pane?.querySelector("[data-release]");
  if (form) {
    leave(form);
  }
});
addEventListener("pageshow", (event) => {
  if (event.persisted && head()) {
    refresh();
  }
});

// --- One thing at a time

/** The item that an address is about. */
function itemOf(path) {
  return path.match(/\/queue\/([0-9a-f-]{36})/)?.[1];
}

// A verb overtakes what was asked before it: a claim that comes in after the decision is refused,
// and neither that refusal nor a refresh may take the place of the next item.
let verbs = 0;
const isVerb = ({ elt, target }) => target === pane && elt !== pane;
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  verbs += isVerb(detail.requestConfig) ? 1 : 0;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  verbs -= isVerb(detail.requestConfig) ? 1 : 0;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt, path } = detail.requestConfig;
  const isOvertaken = verbs > 0 || itemOf(path) !== head()?.dataset.review;
  if (isOvertaken && (path.endsWith("/claim") || elt === pane)) {
    detail.shouldSwap = false;
  }
});

// --- Another item in the pane

function focusHeading() {
  pane.querySelector("#item-title")?.focus({ preventScroll: true });
}

let leaving = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target === pane && detail.shouldSwap) {
    leaving = pane.querySelector("[data-release]");
  }
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target !== pane) {
    return;
  }
  renewedAt = Date.now();
  // An item that is claimed lets go of the former one by itself.
  const claims = pane.querySelector("[data-release], #item-claim [hx-trigger*=load]");
  if (leaving && !claims && detail.xhr.status === 200 && !detail.xhr.getResponseHeader("HX-Trigger")) {
    leave(leaving);
  }
  leaving = null;
  nameReason();
  focusHeading();
});

// --- The undo bar

function watchBar() {
  const bar = undoBar?.querySelector(".undo:not([data-watched])");
  if (!bar) {
    return;
  }
  bar.dataset.watched = "";
  const duration = Number(bar.dataset.seconds) * 1000;
  for (const drain of bar.getAnimations({ subtree: true })) {
    drain.effect.updateTiming({ duration });
  }
  setTimeout(() => closeBar(bar), duration);
}

function closeBar(bar) {
  // htmx looks for the bar's place from the form that asked, so that must stay until then.
  if (bar.matches(":focus-within, :hover, :has(.htmx-request)")) {
    setTimeout(() => closeBar(bar), 1000);
  } else {
    bar.remove();
  }
}

document.addEventListener("htmx:oobAfterSwap", watchBar);
document.addEventListener("gavel:undone", () => announce("Taken back. The item is open again."));
document.addEventListener("gavel:skipped", () => announce("Skipped"));

// --- What others do

function refresh() {
  htmx.ajax("GET", head().dataset.url, { source: "#item", target: "#item", swap: "innerHTML" });
}

/** Whether a refresh would take something from under one's hands. */
function isBusy() {
  const texts = [...pane.querySelectorAll("#note-text, #decision-note")];
  return isRejecting() || texts.some((text) => text.value !== text.defaultValue);
}

/** Whether an update says anything that the pane does not show, and that we did not do. */
function isNews(shown, data) {
  if (shown.review !== data.review_id || data.version < Number(shown.version)) {
    return false;
  }
  if (shown.status === "decided" && data.version === Number(shown.version)) {
    return false; // a conflict's card told it already
  }
  if (data.decided_by !== null) {
    return data.decided_by !== shown.me;
  }
  if (data.version > Number(shown.version)) {
    return true;
  }
  const wasHeld = shown.holder !== "" && shown.holder !== shown.me;
  const isHeld = data.claimed_by !== null && data.claimed_by !== shown.me;
  return wasHeld !== isHeld;
}

document.addEventListener("gavel:review_update", ({ detail: { data } }) => {
  const shown = head()?.dataset;
  if (!shown || !isNews(shown, data)) {
    return;
  }
  if (pane.querySelector("form.htmx-request")) {
    return; // what was just sent is answered with the item as it stands then
  }
  const told = data.decided_by ? `${data.decided_by} decided: ${data.decision}.` : "This item changed.";
  if (isBusy()) {
    notify(`${told} What you typed is still here.`, { kind: "warning", persistent: true });
  } else {
    announce(told);
    refresh();
  }
});

watchBar();
nameReason();

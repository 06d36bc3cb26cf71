// The open item: its views, hidden words, reasons, claim, undo bar, and what others do to it.
import { on, reveal } from "./actions.js";
import { draftSent, hasDraft, keepDraft, restoreDrafts } from "./drafts.js";
import { announce, notify } from "./notices.js";
import { PAST_TENSE, t } from "./words.js";

const RENEW_MS = 60_000;

const pane = document.getElementById("item");
const undoBar = document.getElementById("undo");

const head = () => pane.querySelector(".item-head");
const panel = () => pane.querySelector("#reject-panel");
const verb = () => pane.querySelector("[data-verb=reject]");
const isRejecting = () => panel()?.hidden === false;
const hasKeys = () => document.documentElement.dataset.shortcuts !== "off";

// --- Views of the content, hidden words

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
  announce(t("{count} words revealed", { count: veils.length }));
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

/** Name the chosen reason on the button. */
function nameReason() {
  const chosen = panel()?.querySelector("[name=reason_code]:checked");
  if (chosen) {
    panel().querySelector("[data-confirm] span").textContent = t("Reject as {reason}", { reason: chosen.dataset.name });
  }
}

on("open-reasons", (_button, event) => {
  event.preventDefault();
  if (isRejecting()) {
    closeReasons();
  } else {
    openReasons();
  }
});
on("close-reasons", (_link, event) => {
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

// While the reasons are open, a digit chooses and confirms one. This runs before the page's own keys.
document.addEventListener(
  "keydown",
  (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!isPlain || event.isComposing || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "Escape") {
      closeByEscape(event);
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
  },
  { capture: true },
);

function closeByEscape(event) {
  if (isRejecting() && pane.contains(event.target.closest?.(".dock") ?? pane)) {
    event.preventDefault();
    event.stopPropagation();
    closeReasons();
  } else if (event.target.matches?.("#note-text, #lead-answer, #undo-why")) {
    focusHeading();
  }
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-note]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// --- The claim: renewed while somebody works, released when they leave

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

/** Release an item without waiting for the answer. */
function leave(form) {
  const data = new FormData(form);
  data.set("leaving", "1");
  navigator.sendBeacon(form.action, data);
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

// --- One action at a time

/** Return the id of the item in an address. */
function itemOf(path) {
  return path.match(/\/queue\/([0-9a-f-]{36})/)?.[1];
}

// An action overtakes the requests before it: neither the answer to an earlier claim nor a refresh
// may replace the next item.
let running = 0;
const isAction = ({ elt, target }) => target === pane && elt !== pane;
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  running += isAction(detail.requestConfig) ? 1 : 0;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  running -= isAction(detail.requestConfig) ? 1 : 0;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt, path } = detail.requestConfig;
  const isOvertaken = running > 0 || itemOf(path) !== head()?.dataset.review;
  if (isOvertaken && (path.endsWith("/claim") || elt === pane)) {
    detail.shouldSwap = false;
  }
});

// --- Another item in the pane, or the same one as it is now

function focusHeading() {
  pane.querySelector("#item-title")?.focus({ preventScroll: true });
}

let leaving = null;
let leftItem = {};
/** Where the moderator was when the same item came again. */
let place = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target === pane && detail.shouldSwap) {
    leaving = pane.querySelector("[data-release]");
    leftItem = { ...pane.querySelector(".item-head:not([inert])")?.dataset };
    place = placeNow();
  }
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target !== pane) {
    return;
  }
  renewedAt = Date.now();
  // Claiming an item releases the one before.
  const claims = pane.querySelector("[data-release], #item-claim [hx-trigger*=load]");
  if (leaving && !claims && detail.xhr.status === 200 && !detail.xhr.getResponseHeader("HX-Trigger")) {
    leave(leaving);
  }
  leaving = null;
  nameReason();
  showDrafts();
  const isSame = head()?.dataset.review === leftItem.review;
  if (isSame && detail.requestConfig.elt === pane) {
    takePlace();
    showNews();
  } else {
    news = "";
    focusHeading();
  }
  if (!isSame && leftItem.review && hasDraft(leftItem)) {
    notify(t("Your note was not sent. It is kept as a draft on that item."));
  }
});

/** Return how far the item is scrolled, and which field of it has the focus and the cursor. */
function placeNow() {
  const { id, selectionStart, selectionEnd } = pane.contains(document.activeElement) ? document.activeElement : {};
  return { top: pane.querySelector(".scroll")?.scrollTop ?? 0, id, selectionStart, selectionEnd };
}

function takePlace() {
  const { id, top, selectionStart, selectionEnd } = place;
  const field = id ? pane.querySelector(`#${CSS.escape(id)}`) : null;
  if (field) {
    field.focus({ preventScroll: true });
    field.setSelectionRange?.(selectionStart, selectionEnd);
  } else {
    focusHeading();
  }
  pane.querySelector(".scroll").scrollTop = top;
  field?.scrollIntoView({ block: "nearest" });
}

// --- What was typed and not sent

function showDrafts() {
  if (head()) {
    restoreDrafts(head().dataset, pane);
  }
}

pane?.addEventListener("input", ({ target }) => {
  if (head()) {
    keepDraft(head().dataset, target);
  }
});
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const { path } = detail.requestConfig;
  const shown = pane?.querySelector(`.item-head[data-review="${itemOf(path)}"]`);
  if (shown && detail.xhr.status === 200) {
    draftSent(shown.dataset, path);
  }
});

// --- The author, in a drawer

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "drawer" && !detail.target.open) {
    detail.target.showModal();
  }
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
  // htmx finds the bar's place through the form that sent the request, so keep the form until then.
  const isTyped = Boolean(bar.querySelector("#undo-why")?.value);
  if (isTyped || bar.matches(":focus-within, :hover, :has(.htmx-request)")) {
    setTimeout(() => closeBar(bar), 1000);
  } else {
    bar.remove();
  }
}

document.addEventListener("htmx:oobAfterSwap", watchBar);
document.addEventListener("gavel:undone", () => announce(t("Undone. The item is open again.")));
document.addEventListener("gavel:skipped", () => announce(t("Skipped")));
document.addEventListener("gavel:answered", () => announce(t("Answered. The moderators have it back.")));

// --- What others do

function refresh() {
  htmx.ajax("GET", head().dataset.url, { source: "#item", target: "#item", swap: "innerHTML" });
}

/** What others did to the open item: said above the actions, until another item is open. */
let news = "";

function showNews() {
  const line = document.getElementById("news-pattern").content.firstElementChild.cloneNode(true);
  line.querySelector("span").textContent = news;
  pane.querySelector(".news")?.remove();
  pane.querySelector(".dock").prepend(line);
}

/** Return whether an update has something new: not shown yet, and not done by this moderator. */
function isNews(shown, data) {
  if (shown.review !== data.review_id || data.version < Number(shown.version)) {
    return false;
  }
  if (shown.status === "decided" && data.version === Number(shown.version)) {
    return false; // the card about the conflict says it already
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
    return; // the answer to what was just sent will show the item's new state
  }
  const isTaken = data.claimed_by !== null && pane.querySelector("[data-release]") !== null;
  news = newsOf(shown, data, isTaken);
  announce(news);
  // Nothing moves while somebody chooses a reason, unless the choice came too late.
  if (isRejecting() && !isTaken && !data.decided_by) {
    showNews();
  } else {
    refresh();
  }
});

function newsOf(shown, data, isTaken) {
  if (data.decided_by) {
    const decision = t(PAST_TENSE[data.decision] ?? data.decision);
    return t("Decided by {name}: {decision}.", { name: data.decided_by, decision });
  }
  if (isTaken) {
    return t("{name} took over this item.", { name: data.claimed_by });
  }
  return t(shown.status === "decided" ? "Undone. The item is open again." : "This item changed.");
}

watchBar();
nameReason();
showDrafts();

// The feed of the latest verdicts: newest first, ten at most, each message once.
import { showTime, showTimes } from "./clock.js";
import { paintSoon } from "./paint.js";
import { t } from "./words.js";

const MOST = 10;
/** Rows stay still for this long after the pointer moved over them, so that nothing moves under it. */
const STILL_MS = 2000;
/** Always covered in the feed: whoever has to read it opens the message. */
const PERSONAL = "personal_info";
/** The engine's name for what found something and what the feed says; other names are models. */
const FINDERS = {
  Lexicon: "found by the word list",
  Blacklist: "found by the blacklist",
  Spam: "found by the spam check",
  PII: "personal data found",
  Policy: "by the policy",
  "Bundled model": "found by the model",
};
const VERDICT_OF_STATUS = { approved: "allow", rejected: "block", flagged: "flag" };

/** Return `waiting` with `data` in front: each message once, in its newest state. */
export function withNewest(waiting, data) {
  const others = waiting.filter((other) => other.content_id !== data.content_id);
  return [data, ...others].slice(0, MOST);
}

export class Feed {
  constructor(list, { pattern, chips, note }) {
    this.list = list;
    this.pattern = pattern.content.firstElementChild;
    this.chips = chips.content;
    this.note = note;
    this.readAttributes();
    this.waiting = [];
    this.pointedAt = -Infinity;
    // Listen on the document, because the list may be replaced.
    document.addEventListener("pointermove", ({ target }) => {
      if (this.list.contains(target)) {
        this.pointedAt = performance.now();
      }
    });
    document.addEventListener("focusout", () => this.waiting.length && this.paintLater());
  }

  readAttributes() {
    this.covers = new Set(this.list.dataset.covers.split(" "));
    this.plain = new Set(this.list.dataset.plain.split(" "));
    this.kinds = (this.list.dataset.kinds ?? "").split(" ").filter(Boolean);
  }

  /** Keep the data of a `moderation_update` until the next paint. */
  add(data) {
    if (this.kinds.length && !this.kinds.includes(data.verdict)) {
      return;
    }
    this.waiting = withNewest(this.waiting, data);
  }

  /** Show nothing more until the whole list is replaced, because events were missed. */
  clear() {
    this.waiting = [];
    this.isOutdated = true;
  }

  /** Show a freshly loaded list; events that arrived since then are added at the next paint. */
  replace(list) {
    showTimes(list);
    this.list.replaceWith(list);
    this.list = list;
    this.isOutdated = false;
  }

  paint() {
    if (this.isOutdated) {
      return;
    }
    const isHeld = this.waiting.length > 0 && this.isHeld();
    this.note.hidden = !isHeld;
    if (isHeld) {
      const text = t("{count} newer", { count: this.waiting.length });
      if (this.note.textContent !== text) {
        this.note.textContent = text;
      }
      this.paintLater();
      return;
    }
    for (const data of this.waiting.splice(0).reverse()) {
      this.find(data.content_id)?.remove();
      this.list.prepend(this.row(data));
    }
    while (this.list.children.length > MOST) {
      this.list.lastElementChild.remove();
    }
  }

  isHeld() {
    const hasFocus = this.list.contains(document.activeElement);
    return hasFocus || performance.now() - this.pointedAt < STILL_MS;
  }

  paintLater() {
    clearTimeout(this.later);
    this.later = setTimeout(() => paintSoon(() => this.paint()), STILL_MS / 4);
  }

  find(contentId) {
    return [...this.list.children].find((row) => row.dataset.contentId === contentId);
  }

  row(data) {
    const row = this.pattern.cloneNode(true);
    const link = row.querySelector("a");
    link.href = link.getAttribute("href").replace(row.dataset.contentId, data.content_id);
    row.dataset.contentId = data.content_id;
    row.dataset.fresh = "";
    showTime(row.querySelector("time"), data.timestamp);
    row.querySelector(".chip").replaceWith(this.chip(data));
    row.querySelector("[data-preview]").replaceWith(this.preview(data));
    const from = [data.user_id, data.channel_id, deciderInWords(data)];
    row.querySelectorAll(".from bdi").forEach((place, at) => {
      place.textContent = from[at];
    });
    return row;
  }

  chip({ verdict, status, moderator_type: type }) {
    const isDecision = type === "manual";
    const kind = isDecision ? VERDICT_OF_STATUS[status] : verdict;
    const chip = this.chips.querySelector(`.chip-${CSS.escape(kind)}`).cloneNode(true);
    if (isDecision) {
      const word = t(status);
      chip.lastChild.textContent = word[0].toUpperCase() + word.slice(1);
    }
    return chip;
  }

  preview({ content_preview: text, severity, reasons }) {
    const isPersonal = reasons.includes(PERSONAL);
    const covers = this.covers.has(severity) && reasons.find((reason) => !this.plain.has(reason));
    const hidden = isPersonal ? PERSONAL : covers;
    return hidden ? veil(hidden) : span("truncate", text || t("Message text not stored"), { dir: "auto" });
  }
}

/** Return who decided, or what found something; a clean message has neither. */
function deciderInWords({ moderator_type: type, moderator_name: name, rule_name: rule, reasons }) {
  if (type === "manual") {
    return t("decided by {name}", { name });
  }
  if (!reasons.length) {
    return t("nothing found");
  }
  if (rule) {
    return t("found by the rule {name}", { name: rule });
  }
  return FINDERS[name] ? t(FINDERS[name]) : t("found by {name}", { name });
}

function veil(reason) {
  const cover = span("veil", "");
  cover.append(
    span("", "••••••", { "aria-hidden": "true" }),
    span("sr", t("hidden {kind}", { kind: t(reason.replaceAll("_", " ").toLowerCase()) })),
  );
  return cover;
}

function span(name, text, attributes = {}) {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  return made;
}

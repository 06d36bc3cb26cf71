// The feed of the last verdicts: the newest first, ten at most, each content once.
import { tellTime, tellTimes } from "./clock.js";
import { paintSoon } from "./paint.js";

const MOST = 10;
/** Rows hold still so long after the pointer moved over them: nothing moves under the cursor. */
const STILL_MS = 2000;
const RULINGS = { approved: "allow", rejected: "block", flagged: "flag" };

export class Feed {
  constructor(list, { pattern, chips, note }) {
    this.list = list;
    this.pattern = pattern.content.firstElementChild;
    this.chips = chips.content;
    this.note = note;
    this.readAttributes();
    this.waiting = [];
    this.pointedAt = -Infinity;
    // By delegation: the list may be read anew.
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
  }

  /** Keep the data of a `moderation_update` until the next paint. */
  hear(data) {
    this.waiting = this.waiting.filter((other) => other.content_id !== data.content_id);
    this.waiting.unshift(data);
    this.waiting.length = Math.min(MOST, this.waiting.length);
  }

  /** Show nothing more until the whole list is read anew, because events were missed. */
  forget() {
    this.waiting = [];
    this.isOutdated = true;
  }

  /** Show the list that was read in place of this one; what came since is still to be added. */
  replace(list) {
    tellTimes(list);
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
      const text = `${this.waiting.length} newer`;
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
    const isRead = this.list.contains(document.activeElement);
    return isRead || performance.now() - this.pointedAt < STILL_MS;
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
    tellTime(row.querySelector("time"), data.timestamp);
    row.querySelector(".chip").replaceWith(this.chip(data));
    row.querySelector("[data-preview]").replaceWith(this.preview(data));
    const from = [data.user_id, data.channel_id, data.moderator_name];
    row.querySelectorAll(".from bdi").forEach((place, at) => {
      place.textContent = from[at];
    });
    return row;
  }

  chip({ verdict, status, moderator_type: type }) {
    const isRuling = type === "manual";
    const kind = isRuling ? RULINGS[status] : verdict;
    const chip = this.chips.querySelector(`.chip-${CSS.escape(kind)}`).cloneNode(true);
    if (isRuling) {
      chip.lastChild.textContent = status[0].toUpperCase() + status.slice(1);
    }
    return chip;
  }

  preview({ content_preview: text, severity, reasons }) {
    const hidden = this.covers.has(severity) && reasons.find((reason) => !this.plain.has(reason));
    return hidden ? veil(hidden) : span("truncate", text || "The text is not kept", { dir: "auto" });
  }
}

function veil(reason) {
  const cover = span("veil", "");
  cover.append(
    span("", "••••••", { "aria-hidden": "true" }),
    span("sr", `hidden ${reason.replaceAll("_", " ").toLowerCase()}`),
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

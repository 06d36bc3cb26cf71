// The live page: figures and feed by events, charts and people read anew while something happens.
import { on } from "./actions.js";
import { Chart, watchColours } from "./chart.js";
import { tellTime, tellTimes } from "./clock.js";
import { Feed } from "./feed.js";
import { announce } from "./notices.js";
import { paintSoon } from "./paint.js";

const MINUTE_MS = 60_000;

const page = document.getElementById("live");
/** Charts and people are read anew at most so often. */
const READ_PAUSE_MS = 1000 * Number(page.dataset.reread);
const lost = document.querySelector("[data-lost]");
const charts = [...page.querySelectorAll("[data-chart]")].map((card) => new Chart(card));
const feed = new Feed(page.querySelector("[data-feed]"), {
  pattern: document.getElementById("feed-pattern"),
  chips: document.getElementById("chip-patterns"),
  note: page.querySelector("[data-held]"),
});

let stats = null;
let state = "reconnecting";
let isPaused = false;

// --- Figures

function written(name, value) {
  return name.endsWith("_rate") ? `${value.toFixed(1)} %` : value.toLocaleString("en");
}

function paintStats() {
  for (const shown of page.querySelectorAll("[data-stat]")) {
    const text = written(shown.dataset.stat, stats[shown.dataset.stat]);
    if (shown.textContent !== text) {
      shown.textContent = text;
    }
  }
  if (stats.total_content) {
    page.querySelector("[data-first]")?.remove();
  }
}

// --- What is read anew

class Parts {
  constructor() {
    this.shown = new Map();
    this.readAt = -Infinity;
    this.fresh = null;
  }

  /** Read soon, because what is shown is out of date; not while nobody looks, or nothing answers. */
  stale() {
    this.isStale = true;
    if (!this.timer && !document.hidden && !isPaused && state === "online") {
      const rest = Math.max(0, this.readAt + READ_PAUSE_MS - performance.now());
      this.timer = setTimeout(() => this.read(), rest);
    }
  }

  /** Read now, with the feed. */
  missed() {
    this.wantsFeed = true;
    this.readAt = -Infinity;
    clearTimeout(this.timer);
    this.timer = null;
    this.stale();
  }

  async read() {
    this.timer = null;
    if (state !== "online") {
      return;
    }
    this.readAt = performance.now();
    this.isStale = false;
    const withFeed = this.wantsFeed;
    try {
      const headers = { "HX-Request": "true" };
      const answer = await fetch(location.href, { headers, cache: "no-store" });
      if (answer.ok) {
        this.take(new DOMParser().parseFromString(await answer.text(), "text/html"), withFeed);
      }
    } catch {
      // No connection: the pill says so, and the page reads again when it is back.
      this.isStale = true;
    }
    if (this.isStale) {
      this.stale();
    }
  }

  /** Keep for the next paint what was read; its feed only if it was read after one was missed. */
  take(fresh, withFeed) {
    const list = fresh.querySelector("[data-feed]");
    if (withFeed && list) {
      this.wantsFeed = false;
      feed.replace(list);
    }
    this.fresh = fresh;
    paintSoon(paint);
  }

  paint() {
    for (const part of this.fresh?.querySelectorAll("[data-part]") ?? []) {
      this.put(part);
    }
    if (this.fresh) {
      charts.forEach((chart) => chart.draw());
    }
    this.fresh = null;
  }

  put(part) {
    const name = part.dataset.part;
    if (this.shown.get(name) !== part.outerHTML) {
      this.shown.set(name, part.outerHTML);
      page.querySelector(`[data-part="${name}"]`).replaceWith(part);
      tellTimes(part);
    }
  }
}

const parts = new Parts();

// --- Painting

function paint() {
  lost.hidden = state !== "offline";
  if (isPaused) {
    return;
  }
  if (stats) {
    paintStats();
  }
  feed.paint();
  parts.paint();
  if (state === "online") {
    for (const time of document.querySelectorAll("[data-as-of]")) {
      tellTime(time, new Date().toISOString());
    }
  }
}

function pause(control) {
  isPaused = !isPaused;
  control.querySelector("span").textContent = isPaused ? "Resume" : "Pause";
  page.querySelector("[data-mode]").textContent = isPaused ? "Paused at" : "As of";
  announce(isPaused ? "Paused" : "Live again");
  if (!isPaused) {
    parts.stale();
    paintSoon(paint);
  }
}

// --- Events

function hear(type, listen) {
  document.addEventListener(`gavel:${type}`, ({ detail }) => {
    listen(detail);
    paintSoon(paint);
  });
}

hear("stats_update", ({ data }) => {
  stats = data;
});
hear("moderation_update", ({ data }) => {
  feed.hear(data);
  parts.stale();
});
hear("review_update", () => parts.stale());
// What was missed for good is read, the feed too.
hear("reset", (detail) => {
  stats = detail.stats;
  feed.forget();
  parts.missed();
});
hear("connection", (detail) => {
  state = detail.state;
  // What came while the line was lost makes the parts stale before it is online again.
  if (state === "online" && parts.isStale) {
    parts.stale();
  }
});

on("pause-live", pause);
document.addEventListener("visibilitychange", () => parts.isStale && parts.stale());
// The charts move on although nothing happens.
setInterval(() => parts.stale(), MINUTE_MS);
watchColours(() => charts.forEach((chart) => chart.redraw()));
charts.forEach((chart) => chart.draw());

// The live page: events update the figures and the feed; charts and people are reloaded when something happened.
import { on } from "./actions.js";
import { Chart, watchColours } from "./chart.js";
import { showTime, showTimes } from "./clock.js";
import { Feed } from "./feed.js";
import { announce } from "./notices.js";
import { paintSoon } from "./paint.js";
import { locale, t } from "./words.js";

const MINUTE_MS = 60_000;

const page = document.getElementById("live");
/** The shortest time between two reloads of charts and people. */
const RELOAD_PAUSE_MS = 1000 * Number(page.dataset.reread);
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

function figure(value, places = 0) {
  const options = places ? { minimumFractionDigits: places, maximumFractionDigits: places } : {};
  return value.toLocaleString(locale() ?? "en", options);
}

function written(name, value) {
  return name.endsWith("_rate") ? `${figure(value, 1)} %` : figure(value);
}

function paintStats() {
  for (const shown of page.querySelectorAll("[data-stat]")) {
    const text = written(shown.dataset.stat, stats[shown.dataset.stat]);
    if (shown.textContent !== text) {
      shown.textContent = text;
    }
  }
  // The count of the window goes on from where the page read it.
  for (const shown of page.querySelectorAll("[data-since]")) {
    const { since, count, all } = shown.dataset;
    shown.textContent = figure(Math.max(0, Number(count) + stats[since] - Number(all)));
  }
  if (stats.total_content) {
    page.querySelector("[data-first]")?.remove();
  }
}

// --- Parts that are reloaded

class Parts {
  constructor() {
    this.shown = new Map();
    this.readAt = -Infinity;
    this.fresh = null;
  }

  /** Reload soon, because the page is out of date; not while it is hidden, paused or offline. */
  stale() {
    this.isStale = true;
    if (!this.timer && !document.hidden && !isPaused && state === "online") {
      const rest = Math.max(0, this.readAt + RELOAD_PAUSE_MS - performance.now());
      this.timer = setTimeout(() => this.read(), rest);
    }
  }

  /** Reload now, with the feed. */
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
      // No connection: the page says so, and reloads the parts when it is back.
      this.isStale = true;
    }
    if (this.isStale) {
      this.stale();
    }
  }

  /** Keep the answer for the next paint; use its feed only if it was requested after events were missed. */
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
      drawCharts();
    }
    this.fresh = null;
  }

  put(part) {
    const name = part.dataset.part;
    if (this.shown.get(name) !== part.outerHTML) {
      this.shown.set(name, part.outerHTML);
      page.querySelector(`[data-part="${name}"]`).replaceWith(part);
      showTimes(part);
    }
  }
}

const parts = new Parts();

// --- Painting

function drawCharts() {
  for (const chart of charts) {
    chart.draw();
  }
}

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
      showTime(time, new Date().toISOString());
    }
  }
}

function pause(control) {
  isPaused = !isPaused;
  control.querySelector("span").textContent = t(isPaused ? "Resume" : "Pause");
  page.querySelector("[data-mode]").textContent = t(isPaused ? "Paused at" : "As of");
  announce(t(isPaused ? "Paused" : "Live again"));
  if (!isPaused) {
    parts.stale();
    paintSoon(paint);
  }
}

// --- Events

function onEvent(type, listen) {
  document.addEventListener(`gavel:${type}`, ({ detail }) => {
    listen(detail);
    paintSoon(paint);
  });
}

onEvent("stats_update", ({ data }) => {
  stats = data;
});
onEvent("moderation_update", ({ data }) => {
  feed.add(data);
  parts.stale();
});
onEvent("review_update", () => parts.stale());
// Events were missed for good: reload everything, the feed too.
onEvent("reset", (detail) => {
  stats = detail.stats;
  feed.clear();
  parts.missed();
});
onEvent("connection", (detail) => {
  state = detail.state;
  // Events that were missed arrive before the state is online again, and make the parts stale.
  if (state === "online" && parts.isStale) {
    parts.stale();
  }
});

on("pause-live", pause);
document.addEventListener("visibilitychange", () => parts.isStale && parts.stale());
// The charts move on even when nothing happens.
setInterval(() => parts.stale(), MINUTE_MS);
watchColours(() => {
  for (const chart of charts) {
    chart.redraw();
  }
});
drawCharts();

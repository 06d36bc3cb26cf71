import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { openPage } from "./page.js";

// West of Greenwich, where a day in UTC begins on the evening before.
process.env.TZ = "America/New_York";
const { countdownText, duration, showTime, timeFormat, timeText, watchTimes } = await import(
  "../../static/js/clock.js"
);

const NOW = Date.UTC(2026, 2, 1, 12);

/** Open a page at noon UTC on 1 March 2026, with a clock that only the test moves. */
function openAtNoon(html) {
  openPage(html);
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval", "Date"], now: NOW });
  watchTimes();
}

function textOf(selector) {
  return document.querySelector(selector).textContent;
}

beforeEach(() => mock.timers.reset());

for (const [seconds, text] of [
  [-5, "0 s"],
  [0.9, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [86_399, "23 h"],
  [86_400, "1 d"],
  [8_640_000, "100 d"],
]) {
  test(`${seconds} seconds are ${text}`, () => assert.equal(duration(seconds), text));
}

for (const [seconds, text] of [
  [300, "5:00"],
  [61, "1:01"],
  [9, "0:09"],
  [0, "0:00"],
  [-3, "0:00"],
]) {
  test(`a countdown with ${seconds} seconds left shows ${text}`, () => assert.equal(countdownText(seconds), text));
}

test("a moment in the past is some time ago", () => {
  assert.equal(timeText("ago", new Date(NOW - 120_000), NOW), "2 min ago");
});

test("a moment in the future is in some time", () => {
  assert.equal(timeText("ago", new Date(NOW + 7_200_000), NOW), "in 2 h");
});

test("an age is never negative, even if the server's clock is ahead", () => {
  assert.equal(timeText("age", new Date(NOW + 90_000), NOW), "0 s");
});

test("a date is the day in UTC", () => {
  const text = timeText("date", new Date("2026-03-01T00:00:00Z"), NOW);
  assert.match(text, /\b0?1\b/);
  assert.doesNotMatch(text, /\b28\b/);
});

test("a day is the reader's day", () => {
  assert.match(timeText("day", new Date("2026-03-01T00:00:00Z"), NOW), /\b28\b/);
});

test("ages on the page grow every ten seconds", () => {
  openAtNoon('<time data-time="ago" datetime="2026-03-01T11:59:15Z"></time>');
  assert.equal(textOf("time"), "45 s ago");
  mock.timers.tick(9_999);
  assert.equal(textOf("time"), "45 s ago");
  mock.timers.tick(1);
  assert.equal(textOf("time"), "55 s ago");
});

test("a time that htmx loads is shown at once", () => {
  openAtNoon("<main></main>");
  document.querySelector("main").innerHTML = '<time data-time="age" datetime="2026-03-01T11:00:00Z"></time>';
  document.querySelector("main").dispatchEvent(new Event("htmx:load", { bubbles: true }));
  assert.equal(textOf("time"), "1 h");
});

test("a time can be moved to another moment", () => {
  openAtNoon('<time data-time="age" datetime="2026-03-01T11:00:00Z"></time>');
  const time = document.querySelector("time");
  showTime(time, "2026-03-01T11:58:00Z");
  assert.equal(time.dateTime, "2026-03-01T11:58:00Z");
  assert.equal(time.textContent, "2 min");
  assert.match(time.title, /2026/);
});

test("a countdown falls every second and is marked in its last minute", () => {
  openAtNoon('<p class="claim"><span data-until="2026-03-01T12:01:00Z"></span></p>');
  assert.equal(textOf("span"), "1:00");
  assert.equal(document.querySelector(".claim-ending"), null);
  mock.timers.tick(1000);
  assert.equal(textOf("span"), "0:59");
  assert.notEqual(document.querySelector(".claim-ending"), null);
});

test("a countdown announces its end once", () => {
  openAtNoon('<p class="claim"><span data-until="2026-03-01T12:00:02Z"></span></p>');
  const ended = [];
  document.addEventListener("gavel:over", ({ target }) => ended.push(target));
  mock.timers.tick(1000);
  assert.equal(ended.length, 0);
  mock.timers.tick(3000);
  assert.deepEqual(ended, [document.querySelector("span")]);
  assert.equal(textOf("span"), "0:00");
});

for (const [clock, text] of [
  ["24", "15:04"],
  ["12", "3:04 PM"],
]) {
  test(`a person who chose ${clock} hours reads ${text}`, () => {
    openPage("<p></p>");
    document.documentElement.dataset.clock = clock;
    const written = timeFormat({ timeStyle: "short", timeZone: "UTC" }).format(Date.UTC(2026, 2, 1, 15, 4));
    assert.equal(written.replaceAll("\u202f", " "), text);
  });
}

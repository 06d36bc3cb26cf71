// Keep the times on the page current: ages every ten seconds, countdowns every second.
import { locale, t } from "./words.js";

const UNITS = [
  ["{n} d", 86_400],
  ["{n} h", 3600],
  ["{n} min", 60],
];
const HOUR_CYCLES = { 24: "h23", 12: "h12" };

/** Return a format of times of day as the person chose it; otherwise as the device writes them. */
export function timeFormat(options) {
  const hourCycle = HOUR_CYCLES[globalThis.document?.documentElement.dataset.clock];
  return new Intl.DateTimeFormat(locale(), hourCycle ? { ...options, hourCycle } : options);
}

const minuteFormat = timeFormat({ timeStyle: "short" });
const clockFormat = timeFormat({ timeStyle: "medium" });
const dayFormat = timeFormat({ dateStyle: "medium", timeStyle: "short" });

// A chart by day counts days in UTC.
const dateFormat = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" });

const STYLES = {
  ago: (_moment, seconds) => t(seconds >= 0 ? "{span} ago" : "in {span}", { span: duration(Math.abs(seconds)) }),
  age: (_moment, seconds) => duration(seconds),
  minute: (moment) => minuteFormat.format(moment),
  clock: (moment) => clockFormat.format(moment),
  day: (moment) => dayFormat.format(moment),
  date: (moment) => dateFormat.format(moment),
};

/** Return a length of time in its largest unit, as the server's `duration` does. */
export function duration(seconds) {
  const [text, size] = UNITS.find(([, least]) => seconds >= least) ?? ["{n} s", 1];
  return t(text, { n: Math.max(0, Math.floor(seconds / size)) });
}

/** Return a moment in words or figures; styles: ago, age, minute, clock, day, date. */
export function timeText(style, moment, now) {
  return STYLES[style](moment, (now - moment) / 1000);
}

/** Return what is left of a countdown, as minutes and seconds. */
export function countdownText(seconds) {
  const left = Math.max(0, seconds);
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

/** Write the times in a part of the page. */
export function showTimes(part = document) {
  for (const time of part.querySelectorAll("time[data-time]")) {
    showTime(time);
  }
}

/** Write a time; if a moment is given, the time changes to that moment first. */
export function showTime(time, moment) {
  if (moment) {
    time.dateTime = moment;
    time.title = dayFormat.format(new Date(moment));
  }
  const text = timeText(time.dataset.time, new Date(time.dateTime), Date.now());
  if (time.textContent !== text) {
    time.textContent = text;
  }
}

// A countdown is marked in its last minute, and sends an event when it ends.
function showCountdowns() {
  for (const timer of document.querySelectorAll("[data-until]:not([data-over])")) {
    const left = Math.round((new Date(timer.dataset.until) - Date.now()) / 1000);
    timer.textContent = countdownText(left);
    timer.closest(".claim")?.classList.toggle("claim-ending", left < 60);
    if (left <= 0) {
      timer.dataset.over = "";
      timer.dispatchEvent(new CustomEvent("gavel:over", { bubbles: true }));
    }
  }
}

export function watchTimes() {
  showTimes();
  showCountdowns();
  setInterval(showTimes, 10_000);
  setInterval(showCountdowns, 1000);
  document.addEventListener("htmx:load", (event) => showTimes(event.target));
}

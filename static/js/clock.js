// Keep the times on the page true: ages once in ten seconds, countdowns each second.

const UNITS = [["d", 86_400], ["h", 3600], ["min", 60]];
const minuteFace = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const clockFace = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const dayFace = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

// The steps of a chart by day are days in UTC.
const dateFace = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/** Return a length of time in its largest unit, as the server's `duration` does. */
export function duration(seconds) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Math.max(0, Math.floor(seconds / size))} ${unit}`;
}

function told(time) {
  const moment = new Date(time.dateTime);
  const seconds = (Date.now() - moment) / 1000;
  const styles = {
    ago: () => (seconds >= 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`),
    age: () => duration(Math.max(0, seconds)),
    minute: () => minuteFace.format(moment),
    clock: () => clockFace.format(moment),
    day: () => dayFace.format(moment),
    date: () => dateFace.format(moment),
  };
  return styles[time.dataset.time]();
}

/** Write the times in a part of the page. */
export function tellTimes(part = document) {
  for (const time of part.querySelectorAll("time[data-time]")) {
    tellTime(time);
  }
}

/** Write a time, of another moment if one is given. */
export function tellTime(time, moment) {
  if (moment) {
    time.dateTime = moment;
    time.title = dayFace.format(new Date(moment));
  }
  const text = told(time);
  if (time.textContent !== text) {
    time.textContent = text;
  }
}

// A countdown says minutes and seconds; in its last minute it is marked, and at its end it tells.
function countDown() {
  for (const timer of document.querySelectorAll("[data-until]:not([data-over])")) {
    const left = Math.round((new Date(timer.dataset.until) - Date.now()) / 1000);
    const shown = Math.max(0, left);
    timer.textContent = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
    timer.closest(".claim")?.classList.toggle("claim-ending", left < 60);
    if (left <= 0) {
      timer.dataset.over = "";
      timer.dispatchEvent(new CustomEvent("gavel:over", { bubbles: true }));
    }
  }
}

tellTimes();
countDown();
setInterval(tellTimes, 10_000);
setInterval(countDown, 1000);
document.addEventListener("htmx:load", (event) => tellTimes(event.target));

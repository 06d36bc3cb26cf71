// Draw a chart from the table beside it: the table has the numbers, the legend the colours and dashes.
import { timeFormat } from "./clock.js";
import { locale } from "./words.js";

const HEIGHT = 220;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
const GRID = 1;
const TICK_FONT = "11px system-ui, sans-serif";
const hourFormat = timeFormat({ timeStyle: "short" });
const dayFormat = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short" });
const momentFormat = timeFormat({
  day: "numeric",
  month: "short",
  hour: "numeric",
  minute: "2-digit",
});
const DAY_SECONDS = 86_400;
const DAYS = [1, 2, 3, 5, 7, 14].map((days) => days * DAY_SECONDS);

/** Return the number in a cell, or null, which is drawn as a gap. */
function numberIn(cell) {
  const number = Number(cell.textContent);
  return Number.isNaN(number) ? null : number;
}

/** Return the columns of a table whose newest row comes first: seconds, then each line. */
function columnsOf(table) {
  const rows = [...table.tBodies[0].rows].reverse();
  const seconds = rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000);
  const lines = [...table.tHead.rows[0].cells].slice(1);
  return [seconds, ...lines.map((_, at) => rows.map((row) => numberIn(row.cells[at + 1])))];
}

/** Return the bottom and the top of each line's bars when they are stacked. */
function stacked([seconds, ...lines]) {
  const sums = seconds.map(() => 0);
  const feet = [];
  const tops = lines.map((line) => {
    feet.push([...sums]);
    return line.map((value, at) => {
      sums[at] += value;
      return sums[at];
    });
  });
  return { tops: [seconds, ...tops], feet };
}

function colour(place, name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function isLong(seconds) {
  return seconds.at(-1) - seconds[0] > 2 * DAY_SECONDS;
}

function written(format, moment) {
  return format.format(new Date(moment * 1000));
}

/** A chart in a card that has a .plot, .keys and a table. */
export class Chart {
  constructor(card) {
    this.card = card;
    this.place = card.querySelector(".plot");
    this.areBars = card.dataset.chart === "bars";
    this.readout = document.createElement("p");
    this.readout.className = "readout subtle";
    this.readout.ariaHidden = "true";
    this.place.append(this.readout);
    new ResizeObserver(() => this.fit()).observe(this.place);
  }

  fit() {
    const width = this.place.clientWidth;
    if (width && this.plot && width !== this.plot.width) {
      this.plot.setSize({ width, height: HEIGHT });
    }
  }

  /** Draw the numbers that are in the table now. */
  draw() {
    this.columns = columnsOf(this.card.querySelector("table"));
    const { tops, feet } = stacked(this.columns);
    const data = this.areBars ? tops : this.columns;
    this.feet = feet;
    const names = this.names().join("|");
    if (this.plot && names === this.drawn) {
      this.plot.setData(data);
    } else {
      this.redraw(data);
      this.drawn = names;
    }
  }

  /** Draw again, in the current colours. */
  redraw(data = this.plot?.data) {
    if (data) {
      this.plot?.destroy();
      this.plot = new uPlot(this.options(data), data, this.place);
    }
  }

  names() {
    return this.keys().map((key) => key.textContent.trim());
  }

  keys() {
    return [...this.card.querySelectorAll(".key")];
  }

  options(data) {
    const step = data[0][1] - data[0][0];
    const edge = this.areBars ? step / 2 : 0;
    return {
      width: this.place.clientWidth || 600,
      height: HEIGHT,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false, x: false }, points: { show: !this.areBars } },
      scales: {
        x: { range: (_, low, high) => [low - edge, high + edge] },
        y: { range: (_plot, _low, high) => [0, Math.max(4, Math.ceil(high * 1.05))] },
      },
      series: [{}, ...(this.areBars ? this.bars() : this.lines())],
      axes: this.axes(data[0]),
      hooks: { setCursor: [(plot) => this.read(plot.cursor.idx)] },
    };
  }

  bars() {
    const scaled = 3;
    const foot = { unit: scaled, values: (_, series) => this.feet[series - 1] };
    const top = { unit: scaled, values: (plot, series) => plot.data[series] };
    const paths = uPlot.paths.bars({ size: [0.8, 40], disp: { y0: foot, y1: top } });
    return this.keys().map((key) => {
      const { fill } = getComputedStyle(key.querySelector("rect"));
      return { fill, stroke: fill, width: 0, paths, points: { show: false } };
    });
  }

  lines() {
    return this.keys().map((key) => {
      const { stroke, strokeDasharray } = getComputedStyle(key.querySelector("path"));
      const dash = strokeDasharray === "none" ? [] : strokeDasharray.split(",").map(parseFloat);
      return { stroke, dash, width: 1.75, spanGaps: true, points: { show: false } };
    });
  }

  axes(seconds) {
    const time = isLong(seconds)
      ? { incrs: DAYS, values: (_, all) => all.map((moment) => written(dayFormat, moment)) }
      : { values: (_, all) => all.map((moment) => written(hourFormat, moment)) };
    const shared = {
      font: TICK_FONT,
      stroke: colour(this.place, "--text-subtle"),
      ticks: { show: false },
    };
    const grid = { stroke: colour(this.place, "--chart-grid"), width: GRID };
    const foot = { stroke: colour(this.place, "--line-strong"), width: GRID };
    return [
      { ...shared, grid: { show: false }, border: { show: true, ...foot }, size: 22, space: 72, ...time },
      {
        ...shared,
        grid,
        incrs: STEPS,
        size: 38,
        space: 32,
        values: (_, all) => all.map((value) => value.toLocaleString(locale())),
      },
    ];
  }

  /** Show the numbers under the pointer; everyone else finds them in the table. */
  read(at) {
    const [seconds, ...lines] = this.columns;
    if (at === null || at === undefined || seconds[at] === undefined) {
      this.readout.textContent = "";
      return;
    }
    const names = this.names();
    const values = lines.map((line, number) => `${names[number]} ${line[at]?.toLocaleString(locale()) ?? "–"}`);
    const moment = written(isLong(seconds) ? momentFormat : hourFormat, seconds[at]);
    this.readout.textContent = `${moment}: ${values.join(", ")}`;
  }
}

/** Call `redraw` when the system's theme or contrast changes, because a canvas keeps its colours. */
export function watchColours(redraw) {
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", redraw);
  }
}

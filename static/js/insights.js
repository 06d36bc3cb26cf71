// The charts of the page, drawn from their tables.
import { Chart, watchColours } from "./chart.js";

const charts = [...document.querySelectorAll("[data-chart]")].map((card) => new Chart(card));
watchColours(() => charts.forEach((chart) => chart.redraw()));
charts.forEach((chart) => chart.draw());

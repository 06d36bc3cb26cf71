// Draw the page's charts from their tables.
import { Chart, watchColours } from "./chart.js";

const charts = [...document.querySelectorAll("[data-chart]")].map((card) => new Chart(card));
watchColours(() => {
  for (const chart of charts) {
    chart.redraw();
  }
});
for (const chart of charts) {
  chart.draw();
}

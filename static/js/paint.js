// Paint at most four times a second, however fast events come.

const PAUSE_MS = 250;
const due = new Set();
let waits = false;
let paintedAt = -Infinity;

function paintAll() {
  const paints = [...due];
  due.clear();
  waits = false;
  paintedAt = performance.now();
  for (const paint of paints) {
    paint();
  }
}

/** Run `paint` with all others that wait, at the next paint; asked for twice, it runs once. */
export function paintSoon(paint) {
  due.add(paint);
  if (!waits) {
    waits = true;
    const rest = Math.max(0, paintedAt + PAUSE_MS - performance.now());
    setTimeout(() => requestAnimationFrame(paintAll), rest);
  }
}

// Paint at most four times a second, however fast events arrive.

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

/** Run `paint` at the next paint with all others that wait; it runs once, however often it was asked for. */
export function paintSoon(paint) {
  due.add(paint);
  if (!waits) {
    waits = true;
    const rest = Math.max(0, paintedAt + PAUSE_MS - performance.now());
    setTimeout(() => requestAnimationFrame(paintAll), rest);
  }
}

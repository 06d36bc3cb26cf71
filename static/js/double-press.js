// Two presses in quick succession decide one item: the second one would hit an item that nobody has
// read yet. A press counts again once the next item has been on screen for a moment.

export const GUARD_MS = 250;
const DECIDES = ".verbs .verb, [data-confirm]";
let sentAt = 0;

/** Note that a decision was just sent. */
export function decisionSent() {
  sentAt = Date.now();
}

/** Return whether a press now would follow the last decision too closely. */
export function isTooSoon() {
  return Date.now() - sentAt < GUARD_MS;
}

// What never left decided nothing: the same item is back, and they press again.
document.addEventListener("htmx:sendError", () => {
  sentAt = 0;
});
document.addEventListener(
  "click",
  (event) => {
    if (isTooSoon() && event.target.closest?.(DECIDES)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  { capture: true },
);

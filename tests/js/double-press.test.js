import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./page.js";

openPage(`
  <form class="verbs"><button class="verb" id="approve" type="button">Approve</button></form>
  <button data-confirm id="confirm" type="button">Reject</button>
  <button id="note" type="button">Add note</button>
`);
const { GUARD_MS, decisionSent, isTooSoon } = await import("../../static/js/double-press.js");

/** Press a control this long after a decision was sent; return whether the press arrived. */
function pressAfter(milliseconds, id, { mock }) {
  mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  decisionSent();
  mock.timers.tick(milliseconds);
  let isPressed = false;
  const control = document.getElementById(id);
  const onPress = () => {
    isPressed = true;
  };
  control.addEventListener("click", onPress);
  control.click();
  control.removeEventListener("click", onPress);
  return isPressed;
}

for (const id of ["approve", "confirm"]) {
  test(`a second press of ${id} right after a decision decides nothing`, (context) => {
    assert.equal(pressAfter(110, id, context), false);
    assert.equal(isTooSoon(), true);
  });

  test(`a press of ${id} counts once the item has been on screen`, (context) => {
    assert.equal(pressAfter(GUARD_MS, id, context), true);
  });
}

test("controls that decide nothing work at once", (context) => {
  assert.equal(pressAfter(0, "note", context), true);
});

test("a press counts at once after a decision that never left", ({ mock }) => {
  mock.timers.enable({ apis: ["Date"], now: 2_000_000 });
  decisionSent();
  document.dispatchEvent(new Event("htmx:sendError"));
  assert.equal(isTooSoon(), false);
});

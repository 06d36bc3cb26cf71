import assert from "node:assert/strict";
import { test } from "node:test";
import { controlFor, watchKeys } from "../../static/js/keyboard.js";
import { openPage } from "./page.js";

let window;

/** Open a page; return the names of the controls that are pressed on it from now on. */
function open(html) {
  window = openPage(html);
  watchKeys();
  const pressed = [];
  document.addEventListener("click", ({ target }) => pressed.push(target.id || target.dataset.action));
  return pressed;
}

/** Press a key on an element; return the event. */
function press(key, options = {}, target = document.body) {
  const event = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
  target.dispatchEvent(event);
  return event;
}

test("a key presses the control that names it, and does nothing else", () => {
  const pressed = open('<button id="approve" aria-keyshortcuts="a"></button><button id="other"></button>');
  assert.equal(press("a").defaultPrevented, true);
  assert.deepEqual(pressed, ["approve"]);
});

test("a key that no control names is left to the browser", () => {
  const pressed = open('<button id="approve" aria-keyshortcuts="a"></button>');
  assert.equal(press("z").defaultPrevented, false);
  assert.deepEqual(pressed, []);
});

test("a control may name several keys", () => {
  const pressed = open('<button id="next" aria-keyshortcuts="j ArrowDown"></button>');
  press("j");
  press("ArrowDown");
  assert.deepEqual(pressed, ["next", "next"]);
});

for (const key of [".", "/", "?", "1"]) {
  test(`the key ${key} presses its control`, () => {
    const pressed = open(`<button id="wanted" aria-keyshortcuts="${key}"></button>`);
    press(key);
    assert.deepEqual(pressed, ["wanted"]);
  });
}

for (const [state, html] of [
  ["hidden", '<div hidden><button id="no" aria-keyshortcuts="a"></button></div>'],
  ["disabled", '<button id="no" aria-keyshortcuts="a" disabled></button>'],
  ["inert", '<div inert><button id="no" aria-keyshortcuts="a"></button></div>'],
]) {
  test(`a ${state} control is passed over for the next one`, () => {
    open(`${html}<button id="yes" aria-keyshortcuts="a"></button>`);
    assert.equal(controlFor("a").id, "yes");
  });
}

test("an open dialog keeps keys to itself", () => {
  const page = '<button id="behind" aria-keyshortcuts="a"></button>';
  open(`${page}<dialog open><button id="inside" aria-keyshortcuts="b"></button></dialog>`);
  assert.equal(controlFor("a"), undefined);
  assert.equal(controlFor("b").id, "inside");
});

for (const modifier of ["ctrlKey", "metaKey", "altKey"]) {
  test(`a key with ${modifier} is left to the browser`, () => {
    const pressed = open('<button id="approve" aria-keyshortcuts="a"></button>');
    assert.equal(press("a", { [modifier]: true }).defaultPrevented, false);
    assert.deepEqual(pressed, []);
  });
}

for (const options of [{ repeat: true }, { isComposing: true }]) {
  test(`a key with ${JSON.stringify(options)} presses nothing`, () => {
    const pressed = open('<button id="approve" aria-keyshortcuts="a"></button>');
    press("a", options);
    assert.deepEqual(pressed, []);
  });
}

for (const [field, presses] of [
  ['<input type="text">', []],
  ["<textarea></textarea>", []],
  ["<select></select>", []],
  ["<p contenteditable></p>", []],
  ['<input type="checkbox">', ["approve"]],
  ['<input type="radio">', ["approve"]],
]) {
  test(`a key in ${field} presses ${presses.length ? "a control" : "nothing"}`, () => {
    const pressed = open(`<main>${field}</main><button id="approve" aria-keyshortcuts="a"></button>`);
    press("a", {}, document.querySelector("main").firstElementChild);
    assert.deepEqual(pressed, presses);
  });
}

test("a field that names the key gets the focus", () => {
  const pressed = open('<input id="search" aria-keyshortcuts="/">');
  press("/");
  assert.equal(document.activeElement.id, "search");
  assert.deepEqual(pressed, []);
});

test("a key that something else has handled presses nothing", () => {
  const pressed = open('<button id="approve" aria-keyshortcuts="a"></button>');
  document.body.addEventListener("keydown", (event) => event.preventDefault());
  press("a");
  assert.deepEqual(pressed, []);
});

test("shortcuts that are switched off press nothing", () => {
  const pressed = open('<button id="approve" aria-keyshortcuts="a"></button>');
  document.documentElement.dataset.shortcuts = "off";
  press("a");
  assert.deepEqual(pressed, []);
});

for (const modifier of ["ctrlKey", "metaKey"]) {
  test(`K with ${modifier} opens the palette, also from a field and with shortcuts off`, () => {
    const pressed = open('<input id="field"><button data-action="open-palette"></button>');
    document.documentElement.dataset.shortcuts = "off";
    const event = press("K", { [modifier]: true }, document.getElementById("field"));
    assert.equal(event.defaultPrevented, true);
    assert.deepEqual(pressed, ["open-palette"]);
  });
}

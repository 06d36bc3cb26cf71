// Fetch the next item while the moderator reads this one, and show it as soon as they decide. It is
// read-only until the server answers with the item that it has claimed for them. A key that they
// press before that is pressed on the claimed item, if it is the one that was shown.
import { decisionSent, isTooSoon } from "./double-press.js";
import { controlFor } from "./keyboard.js";
import { list, mark, nextOf, openId, rowOf } from "./queue-rows.js";

const SOON_MS = 50;
const pane = document.getElementById("item");

/** The item that was fetched, `{ id, parts }`, and the request that is running. */
let fetched = null;
let request = null;
/** The parts shown before the answer, the open item's parts that they cover, and the request to wait for. */
let ahead = [];
let covered = [];
let awaited = null;
let pressed = null;

async function fetchNext() {
  const id = openId() && nextOf(openId())?.dataset.reviewId;
  if (ahead.length || id === (request?.id ?? fetched?.id)) {
    return;
  }
  fetched = null;
  request?.stop.abort();
  request = id ? { id, stop: new AbortController() } : null;
  if (id) {
    await read(request);
  }
}

async function read(mine) {
  const address = rowOf(mine.id).querySelector(".qrow-text").href;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: mine.stop.signal });
    const pattern = document.createElement("template");
    pattern.innerHTML = answer.ok ? await answer.text() : "";
    if (mine === request && answer.ok) {
      // Parts for other places of the page come with the answer to the decision.
      const parts = [...pattern.content.children].filter((part) => !part.hasAttribute("hx-swap-oob"));
      fetched = { id: mine.id, parts };
    }
  } catch {
    // Then nothing is shown early, and the moderator waits for the answer.
  }
  request = mine === request ? null : request;
}

function show({ id, parts }) {
  covered = [...pane.children];
  for (const part of covered) {
    part.classList.add("covered");
  }
  ahead = parts;
  for (const part of ahead) {
    part.inert = true;
  }
  pane.prepend(...ahead);
  fetched = null;
  mark(id);
}

/** Show the open item again, because the decision did not go through. */
function uncover() {
  for (const part of ahead) {
    part.remove();
  }
  for (const part of covered) {
    part.classList.remove("covered");
  }
  mark(openId());
}

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  const { path, target, parameters } = detail.requestConfig;
  if (target === pane && /\/(decide|skip)$/.test(path)) {
    decisionSent();
  }
  if (target === pane && /\/(decide|skip)$/.test(path) && fetched && parameters.next === fetched.id) {
    awaited = detail.requestConfig;
    show(fetched);
  }
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig !== awaited) {
    return;
  }
  if (ahead.some((part) => part.isConnected)) {
    uncover();
  }
  awaited = null;
  ahead = [];
  covered = [];
  if (pressed?.id === openId()) {
    controlFor(pressed.key)?.click();
  }
  pressed = null;
});
document.addEventListener("keydown", (event) => {
  if (
    awaited &&
    !event.defaultPrevented &&
    !isTooSoon() &&
    pane.querySelector(`[inert] [aria-keyshortcuts~="${CSS.escape(event.key)}"]`)
  ) {
    pressed = { id: openId(), key: event.key };
  }
});

let due;
function fetchSoon() {
  clearTimeout(due);
  due = setTimeout(fetchNext, SOON_MS);
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === pane) {
    fetchSoon();
  }
});
list.addEventListener("gavel:rows", fetchSoon);
document.addEventListener("gavel:review_update", ({ detail: { data } }) => {
  if (data.review_id === fetched?.id) {
    fetched = null;
    fetchSoon();
  }
});
fetchSoon();

// The item that comes next is fetched while this one is read, and shown at the press that decides:
// to read only, until the server answers with whatever item it has claimed for us. A key pressed
// until then is pressed on that item, if it is the one that was shown.
import { controlFor } from "./keyboard.js";
import { list, mark, nextOf, openId, rowOf } from "./queue-rows.js";

const SOON_MS = 50;
const pane = document.getElementById("item");

/** What was fetched, `{ id, parts }`, and the request that is under way. */
let kept = null;
let asking = null;
/** What is shown ahead of its answer, the open item's parts, which it covers, and the request. */
let ahead = [];
let covered = [];
let awaited = null;
let pressed = null;

async function fetchNext() {
  const id = openId() && nextOf(openId())?.dataset.reviewId;
  if (ahead.length || id === (asking?.id ?? kept?.id)) {
    return;
  }
  kept = null;
  asking?.stop.abort();
  asking = id ? { id, stop: new AbortController() } : null;
  if (id) {
    await read(asking);
  }
}

async function read(asked) {
  const address = rowOf(asked.id).querySelector(".qrow-text").href;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.stop.signal });
    const pattern = document.createElement("template");
    pattern.innerHTML = answer.ok ? await answer.text() : "";
    if (asked === asking && answer.ok) {
      kept = { id: asked.id, parts: [...pattern.content.children] };
    }
  } catch {
    // Nothing is shown ahead then, and the press waits for its answer.
  }
  asking = asked === asking ? null : asking;
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
  kept = null;
  mark(id);
}

/** Show the open item again: nothing came of what was asked. */
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
  if (target === pane && /\/(decide|skip)$/.test(path) && kept && parameters.next === kept.id) {
    awaited = detail.requestConfig;
    show(kept);
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
  if (awaited && !event.defaultPrevented && pane.querySelector(`[inert] [aria-keyshortcuts~="${CSS.escape(event.key)}"]`)) {
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
  if (data.review_id === kept?.id) {
    kept = null;
    fetchSoon();
  }
});
fetchSoon();

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Feed, withNewest } from "../../static/js/feed.js";
import { openPage } from "./page.js";

const ROW = `<li data-content-id="OLD"><time data-time="age"></time><span class="chip"></span>
  <a href="/content/OLD"><span data-preview></span></a>
  <span class="from"><bdi></bdi> in <bdi></bdi>, by <bdi></bdi></span></li>`;
const PAGE = `<ol id="feed" data-covers="high critical" data-plain="SPAM FLOOD"></ol>
  <p id="note" hidden></p>
  <template id="row">${ROW}</template>
  <template id="chips"><b class="chip chip-allow"><i></i>Allow</b><b class="chip chip-flag"><i></i>Flag</b>
    <b class="chip chip-block"><i></i>Block</b></template>`;

let feed;
let now = 100_000;

beforeEach(() => {
  openPage(PAGE);
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.restoreAll();
  mock.method(performance, "now", () => now);
  feed = new Feed(document.getElementById("feed"), {
    pattern: document.getElementById("row"),
    chips: document.getElementById("chips"),
    note: document.getElementById("note"),
  });
});

// No paint may still wait when the next test begins.
afterEach(() => pass(10_000));

/** Return the data of an event about a message. */
function message(id, changes = {}) {
  return {
    content_id: id,
    content_preview: `Text of ${id}`,
    user_id: "ann",
    channel_id: "general",
    moderator_name: "engine",
    moderator_type: "automatic",
    verdict: "allow",
    status: "approved",
    severity: "low",
    reasons: [],
    timestamp: new Date().toISOString(),
    ...changes,
  };
}

function ids() {
  return [...feed.list.children].map((row) => row.dataset.contentId);
}

/** Show one message; return its row. */
function shown(changes) {
  feed.add(message("m", changes));
  feed.paint();
  return feed.list.firstElementChild;
}

/** Let time pass, with the paints that come due in it. */
function pass(milliseconds) {
  now += milliseconds;
  mock.timers.tick(milliseconds);
}

test("the newest message waits in front", () => {
  const waiting = withNewest([message("a")], message("b"));
  assert.deepEqual(
    waiting.map((data) => data.content_id),
    ["b", "a"],
  );
});

test("a message waits once, in its newest state", () => {
  const waiting = withNewest([message("b"), message("a", { verdict: "allow" })], message("a", { verdict: "block" }));
  assert.deepEqual(
    waiting.map((data) => [data.content_id, data.verdict]),
    [
      ["a", "block"],
      ["b", "allow"],
    ],
  );
});

test("no more messages wait than the feed shows", () => {
  const waiting = [..."abcdefghijkl"].reduce((all, id) => withNewest(all, message(id)), []);
  assert.deepEqual(waiting.map((data) => data.content_id).join(""), "lkjihgfedc");
});

test("the feed shows the newest first, and ten at most", () => {
  for (const id of "abcdefgh") {
    feed.add(message(id));
  }
  feed.paint();
  for (const id of "ijkl") {
    feed.add(message(id));
  }
  feed.paint();
  assert.equal(ids().join(""), "lkjihgfedc");
});

test("a message that changes moves to the top", () => {
  feed.add(message("a"));
  feed.add(message("b"));
  feed.paint();
  feed.add(message("a"));
  feed.paint();
  assert.deepEqual(ids(), ["a", "b"]);
});

test("a row links to its message and says from whom it is", () => {
  const row = shown({ user_id: "<b>", channel_id: "general", moderator_name: "engine", reasons: ["spam"] });
  assert.equal(row.querySelector("a").getAttribute("href"), "/content/m");
  assert.deepEqual(
    [...row.querySelectorAll(".from bdi")].map((place) => place.textContent),
    ["<b>", "general", "found by engine"],
  );
  assert.equal(row.querySelector("time").textContent, "0 s");
});

test("a feed of some verdicts takes no others", () => {
  feed.list.dataset.kinds = "flag";
  feed.readAttributes();
  feed.add(message("a", { verdict: "allow" }));
  feed.add(message("b", { verdict: "flag" }));
  feed.paint();
  assert.deepEqual(ids(), ["b"]);
});

test("a clean message was found by nothing", () => {
  assert.equal(shown({ reasons: [] }).querySelector(".from bdi:last-child").textContent, "nothing found");
});

test("a row says what found something, or who decided", () => {
  const by = (data) => shown({ reasons: ["insult"], ...data }).querySelector(".from bdi:last-child").textContent;
  assert.equal(by({ moderator_name: "Lexicon" }), "found by the word list");
  assert.equal(by({ moderator_name: "ads", rule_name: "ads" }), "found by the rule ads");
  assert.equal(by({ moderator_type: "manual", moderator_name: "noor" }), "decided by noor");
});

test("personal data is covered whatever the person chose", () => {
  const row = shown({ severity: "none", reasons: ["personal_info"], content_preview: "4111 1111 1111 1111" });
  assert.equal(row.textContent.includes("4111"), false);
  assert.equal(row.querySelector(".veil .sr").textContent, "hidden personal info");
});

test("what the engine says is shown as its verdict", () => {
  const chip = shown({ verdict: "flag" }).querySelector(".chip");
  assert.equal(chip.className, "chip chip-flag");
  assert.equal(chip.textContent, "Flag");
});

for (const [status, kind, text] of [
  ["approved", "allow", "Approved"],
  ["rejected", "block", "Rejected"],
  ["flagged", "flag", "Flagged"],
]) {
  test(`a moderator's decision is shown as ${text}, whatever the engine said`, () => {
    const chip = shown({ moderator_type: "manual", status, verdict: "flag" }).querySelector(".chip");
    assert.equal(chip.className, `chip chip-${kind}`);
    assert.equal(chip.textContent, text);
  });
}

for (const [title, changes, text] of [
  [
    "a severe text is hidden behind its reason",
    { severity: "high", reasons: ["HATE_SPEECH"] },
    "••••••hidden hate speech",
  ],
  [
    "the first reason that hides is named",
    { severity: "high", reasons: ["SPAM", "VIOLENCE"] },
    "••••••hidden violence",
  ],
  ["a severe text with harmless reasons is shown", { severity: "critical", reasons: ["SPAM"] }, "Text of m"],
  ["a mild text is shown", { severity: "low", reasons: ["VIOLENCE"] }, "Text of m"],
]) {
  test(title, () => assert.equal(shown(changes).querySelector("a").textContent.trim(), text));
}

test("markup in a text is shown as text", () => {
  const row = shown({ content_preview: "<img src=x>" });
  assert.equal(row.querySelector("img"), null);
  assert.equal(row.querySelector(".truncate").textContent, "<img src=x>");
});

test("a message without a stored text says so", () => {
  assert.match(shown({ content_preview: "" }).querySelector(".truncate").textContent, /not/);
});

test("nothing moves under the pointer: new messages are counted until it rests", () => {
  feed.add(message("a"));
  feed.paint();
  feed.list.firstElementChild.dispatchEvent(new Event("pointermove", { bubbles: true }));
  feed.add(message("b"));
  feed.add(message("c"));
  feed.paint();
  assert.deepEqual(ids(), ["a"]);
  assert.equal(feed.note.hidden, false);
  assert.equal(feed.note.textContent, "2 newer");
  pass(1900);
  assert.deepEqual(ids(), ["a"]);
  for (let step = 0; step < 10; step += 1) {
    pass(250);
  }
  assert.deepEqual(ids(), ["c", "b", "a"]);
  assert.equal(feed.note.hidden, true);
});

test("a pointer elsewhere holds nothing back", () => {
  document.getElementById("note").dispatchEvent(new Event("pointermove", { bubbles: true }));
  feed.add(message("a"));
  feed.paint();
  assert.deepEqual(ids(), ["a"]);
});

test("nothing moves while a row has the focus", () => {
  const row = shown({});
  row.querySelector("a").focus();
  feed.add(message("b"));
  feed.paint();
  assert.deepEqual(ids(), ["m"]);
  row.querySelector("a").blur();
  for (let step = 0; step < 10; step += 1) {
    pass(250);
  }
  assert.deepEqual(ids(), ["b", "m"]);
});

test("after missed events the feed stands still until a fresh list takes its place", () => {
  shown({});
  feed.clear();
  feed.add(message("b"));
  feed.paint();
  assert.deepEqual(ids(), ["m"]);
  const fresh = document.createElement("ol");
  fresh.innerHTML = ROW.replaceAll("OLD", "f").replace("<time", '<time datetime="2000-01-01T00:00:00Z"');
  feed.replace(fresh);
  assert.match(fresh.querySelector("time").textContent, /^\d+ d$/);
  feed.paint();
  assert.deepEqual(ids(), ["b", "f"]);
  assert.equal(fresh.isConnected, true);
});

test("what waited before events were missed is dropped", () => {
  feed.add(message("a"));
  feed.clear();
  const fresh = document.createElement("ol");
  feed.replace(fresh);
  feed.paint();
  assert.deepEqual(ids(), []);
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPage } from "./page.js";

openPage(`
  <div class="split"><section class="split-list">
    <div id="list"><ul id="rows"></ul></div>
    <p id="more"><a href="?after=1">More</a></p>
  </section><section id="item"></section></div>
  <template id="emptied-pattern"><p id="emptied">Nothing waits</p></template>
`);
const queue = await import("../../static/js/queue-rows.js");
const place = document.getElementById("rows");
let loads = 0;
let changes = 0;
document.getElementById("more").addEventListener("click", (event) => {
  event.preventDefault();
  loads += 1;
});
queue.list.addEventListener("gavel:rows", () => {
  changes += 1;
});

/** Show rows with these ids; attributes such as `data-held` may follow an id. */
function show(...rows) {
  place.innerHTML = rows
    .map((row) => row.split(" "))
    .map(([id, mark = ""]) => `<li data-review-id="${id}" ${mark}><a href="#${id}">${id}</a></li>`)
    .join("");
}

function ids() {
  return queue.rows().map((row) => row.dataset.reviewId);
}

function openItem(id) {
  document.getElementById("item").innerHTML = id ? `<h2 class="item-head" data-review="${id}"></h2>` : "";
}

beforeEach(() => {
  document.getElementById("emptied")?.remove();
  document.getElementById("more").innerHTML = '<a href="?after=1">More</a>';
  openItem(null);
  loads = 0;
  changes = 0;
});

test("a row is found by its id", () => {
  show("a", "b");
  assert.equal(queue.rowOf("a"), place.firstElementChild);
  assert.equal(queue.rowOf("missing"), null);
  assert.equal(queue.rowOf(null), null);
});

test("the open item's row is marked, and only that one", () => {
  show("a", "b", "c");
  queue.mark("a");
  assert.equal(queue.mark("b"), queue.rowOf("b"));
  assert.deepEqual(
    queue.rows().map((row) => row.getAttribute("aria-current")),
    [null, "true", null],
  );
});

for (const [title, rows, from, next] of [
  ["the next row comes next", ["a", "b", "c"], "a", "b"],
  ["a row that somebody holds is passed over", ["a", "b data-held", "c"], "a", "c"],
  ["a row that is closed is passed over", ["a", "b data-closed", "c"], "a", "c"],
  ["an appeal is passed over", ["a", "b data-appeal", "c"], "a", "c"],
  ["after the last row comes the first", ["a", "b", "c"], "c", "a"],
  ["every row before it is looked at", ["a data-held", "b", "c"], "c", "b"],
  ["the row itself never comes next", ["a data-held", "b"], "b", undefined],
  ["from an item without a row the first row comes next", ["a", "b"], "elsewhere", "a"],
]) {
  test(title, () => {
    show(...rows);
    assert.equal(queue.nextOf(from)?.dataset.reviewId, next);
  });
}

test("the chosen row is the one with the focus, else the open one, else the one that had the focus", () => {
  show("a", "b");
  queue.rowOf("b").querySelector("a").focus();
  assert.equal(queue.chosenRow(), queue.rowOf("b"));
  queue.mark("a");
  assert.equal(queue.chosenRow(), queue.rowOf("b"));
  document.activeElement.blur();
  assert.equal(queue.chosenRow(), queue.rowOf("a"));
  queue.mark(null);
  assert.equal(queue.chosenRow(), queue.rowOf("b"));
});

test("a removed row gives its focus to the next row", () => {
  show("a", "b", "c");
  queue.rowOf("b").querySelector("a").focus();
  queue.remove(queue.rowOf("b"));
  assert.deepEqual(ids(), ["a", "c"]);
  assert.equal(document.activeElement, queue.rowOf("c").querySelector("a"));
  assert.equal(changes, 1);
});

test("the last row gives its focus to the row before it", () => {
  show("a", "b");
  queue.rowOf("b").querySelector("a").focus();
  queue.remove(queue.rowOf("b"));
  assert.equal(document.activeElement, queue.rowOf("a").querySelector("a"));
});

test("a row without the focus takes no focus away", () => {
  show("a", "b", "c");
  queue.rowOf("a").querySelector("a").focus();
  queue.remove(queue.rowOf("b"));
  assert.equal(document.activeElement, queue.rowOf("a").querySelector("a"));
});

test("more rows are loaded once fewer than ten are left", () => {
  show(..."abcdefghijk");
  queue.remove(queue.rowOf("a"));
  assert.equal(loads, 0);
  queue.remove(queue.rowOf("b"));
  assert.equal(loads, 1);
});

test("an empty list with nothing more to load says so, once", () => {
  document.getElementById("more").innerHTML = "";
  show("a", "b");
  queue.remove(queue.rowOf("a"));
  assert.equal(document.getElementById("emptied"), null);
  queue.remove(queue.rowOf("b"));
  assert.equal(document.querySelectorAll("#list > #emptied").length, 1);
});

test("a list that already says that it is empty does not say it twice", () => {
  document.getElementById("more").innerHTML = "";
  document.getElementById("list").append(document.getElementById("emptied-pattern").content.cloneNode(true));
  show("a");
  queue.remove(queue.rowOf("a"));
  assert.equal(document.querySelectorAll("#list > #emptied").length, 1);
});

test("rows that were loaded twice are shown once, and an empty list is empty no more", () => {
  document.getElementById("list").append(document.getElementById("emptied-pattern").content.cloneNode(true));
  show("a", "b", "a");
  openItem("b");
  place.dispatchEvent(new Event("htmx:afterSwap", { bubbles: true }));
  assert.deepEqual(ids(), ["a", "b"]);
  assert.equal(document.getElementById("emptied"), null);
  assert.equal(queue.rowOf("b").getAttribute("aria-current"), "true");
  assert.equal(changes, 1);
});

test("what is loaded outside the list changes no row", () => {
  show("a", "a");
  document.getElementById("item").dispatchEvent(new Event("htmx:afterSwap", { bubbles: true }));
  assert.deepEqual(ids(), ["a", "a"]);
  assert.equal(changes, 0);
});

test("the lane of appeals leads from appeal to appeal", () => {
  show("a data-appeal", "b data-appeal");
  queue.list.dataset.lane = "appeals";
  assert.equal(queue.nextOf("a").dataset.reviewId, "b");
  delete queue.list.dataset.lane;
});

/** Show rows with these keys in an order, add a fresh one on top, and return all ids. */
function merged(order, keys, fresh) {
  queue.list.dataset.order = order;
  show(...keys.map((key) => `${key} data-key="${key}"`));
  place.insertAdjacentHTML("afterbegin", `<li data-review-id="new" data-key="${fresh}" data-fresh><a>new</a></li>`);
  place.dispatchEvent(new Event("htmx:afterSwap", { bubbles: true }));
  return ids();
}

for (const [title, order, keys, fresh, expected] of [
  ["the most urgent first", "desc desc", ["10.5~a", "9.5~a", "-3~b"], "2~z", ["10.5~a", "9.5~a", "new", "-3~b"]],
  ["last, below all others", "desc desc", ["9~a", "8~a"], "-1~a", ["9~a", "8~a", "new"]],
  ["first, above all others", "desc desc", ["9~a", "8~a"], "11~a", ["new", "9~a", "8~a"]],
  ["by the second part where the first is equal", "desc asc", ["9~a", "9~c"], "9~b", ["9~a", "new", "9~c"]],
  [
    "by time, the oldest first",
    "asc asc",
    ["2026-11-30T10:00:00+00:00~a", "2026-11-30T12:00:00+00:00~a"],
    "2026-11-30T10:00:00.5+00:00~a",
    ["2026-11-30T10:00:00+00:00~a", "new", "2026-11-30T12:00:00+00:00~a"],
  ],
]) {
  test(`a new row gets its place: ${title}`, () => {
    assert.deepEqual(merged(order, keys, fresh), expected);
  });
}

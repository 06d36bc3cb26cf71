// The rows of the queue: find them, mark the open one, take one away.

export const split = document.querySelector(".split");
export const list = split.querySelector(".split-list");
const FEW = 10;
let lastChosen = null;

export function rows() {
  return [...list.querySelectorAll("#rows > [data-review-id]")];
}

export function rowOf(id) {
  return id ? list.querySelector(`#rows > [data-review-id="${CSS.escape(id)}"]`) : null;
}

/** Return the link that loads the rows that follow, if there are any. */
export function more() {
  return list.querySelector("#more a");
}

/** Return the id of the open item. */
export function openId() {
  return document.querySelector("#item .item-head")?.dataset.review ?? null;
}

/** Return the row with the focus, the open one, or the last one that had the focus. */
export function chosenRow() {
  const focused = document.activeElement?.closest("#rows > [data-review-id]");
  return focused ?? list.querySelector("#rows > [aria-current]") ?? rowOf(lastChosen);
}

list.addEventListener("focusin", ({ target }) => {
  lastChosen = target.closest("[data-review-id]")?.dataset.reviewId ?? lastChosen;
});

/** Show which row's item is open; return that row. */
export function mark(id) {
  const open = rowOf(id);
  for (const row of rows()) {
    if (row === open) {
      row.setAttribute("aria-current", "true");
    } else {
      row.removeAttribute("aria-current");
    }
  }
  return open;
}

/** Return the row to go on with: the next one that may be taken, else the first such one. */
export function nextOf(id) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.reviewId === id);
  const order = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))];
  return order.find((row) => !row.matches("[data-held], [data-closed]")) ?? null;
}

/** Take a row away; its focus goes to the row that takes its place. */
export function remove(row) {
  const hadFocus = row.contains(document.activeElement);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (hadFocus) {
    next?.querySelector("a")?.focus();
  }
  tell();
  if (rows().length < FEW && more()) {
    more().click();
  } else if (!rows().length) {
    showEmpty();
  }
}

function showEmpty() {
  const pattern = document.getElementById("emptied-pattern");
  if (!document.getElementById("emptied")) {
    document.getElementById("list").append(pattern.content.cloneNode(true));
  }
}

/** Tell that rows came or went. */
function tell() {
  if (rows().length) {
    document.getElementById("emptied")?.remove();
  }
  mark(openId());
  list.dispatchEvent(new CustomEvent("gavel:rows"));
}

// What was loaded twice, as new and as following, is shown once.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (list.contains(target)) {
    const seen = new Set();
    for (const row of rows()) {
      if (seen.has(row.dataset.reviewId)) {
        row.remove();
      }
      seen.add(row.dataset.reviewId);
    }
    tell();
  }
});

// The rows of the queue: find them, mark the open one, remove one.

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

/** Return the link that loads more rows, if there are any. */
export function more() {
  return list.querySelector("#more a");
}

/** Return the id of the open item. */
export function openId() {
  return document.querySelector("#item .item-head")?.dataset.review ?? null;
}

/** Return the row that has the focus, else the open one, else the last one that had the focus. */
export function chosenRow() {
  const focused = document.activeElement?.closest("#rows > [data-review-id]");
  return focused ?? list.querySelector("#rows > [aria-current]") ?? rowOf(lastChosen);
}

list.addEventListener("focusin", ({ target }) => {
  lastChosen = target.closest("[data-review-id]")?.dataset.reviewId ?? lastChosen;
});

/** Mark the row whose item is open, and return it. */
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

/** Return whether row `a` stands before row `b` in this list's order. */
export function isBefore(a, b) {
  const directions = (list.dataset.order ?? "").split(" ");
  const [left, right] = [a, b].map((row) => (row.dataset.key ?? "").split("~"));
  for (const [at, direction] of directions.entries()) {
    const [one, two] = [left[at], right[at]];
    if (one !== two) {
      const isNumber = !Number.isNaN(Number(one)) && !Number.isNaN(Number(two));
      const isLess = isNumber ? Number(one) < Number(two) : one < two;
      return isLess === (direction === "asc");
    }
  }
  return false;
}

/** Move a row to its place in this list's order. */
function place(row) {
  const after = rows().find((other) => other !== row && isBefore(row, other));
  if (after) {
    after.before(row);
  } else {
    rows().at(-1)?.after(row);
  }
}

/**
 * Return the next row that nobody else has claimed; after the last row, start from the first. An
 * appeal needs a written answer, so only its own lane leads to one.
 */
export function nextOf(id) {
  const passed = `[data-held], [data-closed]${list.dataset.lane === "appeals" ? "" : ", [data-appeal]"}`;
  const all = rows();
  const at = all.findIndex((row) => row.dataset.reviewId === id);
  const order = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))];
  return order.find((row) => !row.matches(passed)) ?? null;
}

/** Remove a row; if it had the focus, its neighbour gets it. */
export function remove(row) {
  const hadFocus = row.contains(document.activeElement);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (hadFocus) {
    next?.querySelector("a")?.focus();
  }
  rowsChanged();
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

/** Send an event that rows were added or removed. */
function rowsChanged() {
  if (rows().length) {
    document.getElementById("emptied")?.remove();
  }
  mark(openId());
  list.dispatchEvent(new CustomEvent("gavel:rows"));
}

// A row that was loaded twice, as a new one and with older ones, is shown once.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (list.contains(target)) {
    const seen = new Set();
    for (const row of rows()) {
      if (seen.has(row.dataset.reviewId)) {
        row.remove();
      }
      seen.add(row.dataset.reviewId);
    }
    for (const row of rows().filter((fresh) => fresh.matches("[data-fresh]:not([data-placed])"))) {
      row.dataset.placed = "";
      place(row);
    }
    rowsChanged();
  }
});

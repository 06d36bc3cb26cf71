// The queue's list: move through it, open an item beside it, select items for a bulk decision.
import { on } from "./actions.js";
import { chosenRow, list, mark, more, nextOf, openId, remove, rowOf, rows, split } from "./queue-rows.js";
import "./peek.js";
import "./queue-live.js";
import { t } from "./words.js";

const MOST_SELECTED = 100;

// --- Moving through the list, or from item to item while one is open

function step(by) {
  const all = rows();
  const at = all.indexOf(chosenRow());
  const row = at < 0 ? all.at(by > 0 ? 0 : -1) : all[at + by];
  if (!row) {
    more()?.click();
    return;
  }
  const link = row.querySelector(".qrow-text");
  if (split.dataset.view === "item") {
    link.click();
  } else {
    link.focus();
  }
}

on("next-row", () => step(1));
on("previous-row", () => step(-1));
list.addEventListener("focusin", ({ target }) => offerSelection(target.closest("[data-review-id]")));

/** Let the key x select this row and no other. */
function offerSelection(row) {
  for (const box of list.querySelectorAll("[aria-keyshortcuts=x]")) {
    box.removeAttribute("aria-keyshortcuts");
  }
  row?.querySelector(".check input")?.setAttribute("aria-keyshortcuts", "x");
}

// --- The open item

function showOpen(id) {
  split.dataset.view = id ? "item" : "list";
  const row = mark(id);
  row?.scrollIntoView({ block: "nearest" });
  offerSelection(row ?? rows()[0]);
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "item") {
    showOpen(openId());
  }
});
document.addEventListener("gavel:decided", ({ detail }) => {
  const row = rowOf(detail.review_id);
  if (row) {
    remove(row);
  }
  mark(detail.next_id);
});
// A decision names the item to open next: the next row of this list that nobody else has claimed.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get" && detail.elt.closest("#item")) {
    detail.parameters.next = nextOf(openId())?.dataset.reviewId ?? "";
    detail.parameters.query = location.search;
  }
});

// --- Selection

const bulk = document.getElementById("bulk");
let lastBox = null;

function boxes() {
  return [...list.querySelectorAll(".check input")];
}

function countSelected() {
  const chosen = boxes().filter((box) => box.checked);
  const taken = chosen.map((box) => box.closest("[data-held]")).filter(Boolean);
  const closed = chosen.filter((box) => box.closest("[data-closed]:not([data-held])")).length;
  const names = [...new Set(taken.map((row) => row.querySelector("[data-claim] .truncate")?.textContent))];
  const holders = names.filter(Boolean).join(", ") || t("others");
  const most = chosen.length > MOST_SELECTED ? t(", at most {count} at once", { count: MOST_SELECTED }) : "";
  const held = taken.length ? t(", {count} now held by {names}", { count: taken.length, names: holders }) : "";
  const left = `${held}${closed ? t(", {count} for admins", { count: closed }) : ""}`;
  bulk.querySelector("[data-selected]").textContent =
    `${t("{count} selected", { count: chosen.length })}${left}${most}`;
  for (const button of bulk.querySelectorAll("[name=ruling]")) {
    button.disabled = most !== "";
  }
}

/** A press with Shift selects everything from the last checkbox to this one. */
function extend(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(lastBox), all.indexOf(box)].sort((a, b) => a - b);
  for (const other of from < 0 ? [] : all.slice(from, to)) {
    other.checked = box.checked;
  }
}

if (bulk) {
  list.addEventListener("click", (event) => {
    if (event.target.matches(".check input")) {
      if (event.shiftKey) {
        extend(event.target);
      }
      lastBox = event.target;
      countSelected();
    }
  });
  list.addEventListener("gavel:rows", countSelected);
  list.addEventListener("gavel:claims", countSelected);
  bulk.addEventListener("reset", () => setTimeout(countSelected));
  countSelected();
}

// --- The filter panel opens with the focus in its first field, before the next key is pressed

const filters = document.getElementById("filters");
filters.querySelector("summary").addEventListener("click", (event) => {
  event.preventDefault();
  filters.open = !filters.open;
  if (filters.open) {
    filters.querySelector(".field :is(input, select)").focus();
  }
});

showOpen(openId());

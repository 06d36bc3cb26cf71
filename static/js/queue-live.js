// What others do to the queue: a bar counts new items, claims appear, decided items go.
import { on } from "./actions.js";
import { announce } from "./notices.js";
import { list, more, remove, rowOf, rows, split } from "./queue-rows.js";
import { PAST_TENSE, t } from "./words.js";

const { lane, caller, since, lanesUrl, newUrl } = list.dataset;
const REFRESH_MS = 2000;
const ANNOUNCE_MS = 10_000;
const NOTE_MS = 5000;
const CLAIM_MS = 300_000;
// The server counts no further.
const MOST_NEW = 100;

const bar = document.getElementById("newbar");
/** Ids of new items that may belong in this list; the server decides. */
const candidates = new Set();

/** Updates that came while rows were loading: the server may have read the rows before them. */
let meanwhile = [];
let loading = 0;

document.addEventListener("gavel:review_update", ({ detail }) => {
  apply(detail.data);
  if (loading) {
    meanwhile.push(detail.data);
  }
  refreshLanes();
});

function apply(update) {
  const row = rowOf(update.review_id);
  if (belongs(update)) {
    if (row) {
      showClaim(row, update);
    } else if (lane === "mine" || update.status !== "claimed") {
      candidates.add(update.review_id);
    }
    return;
  }
  candidates.delete(update.review_id);
  if (row) {
    remove(row);
    // The undo bar already reports your own decision.
    if (update.decided_by !== caller) {
      note(update, row);
    }
  }
}

/** Return whether an item may be in this lane; false is certain, true is not. */
function belongs({ status, decision, claimed_by: holder }) {
  if (lane === "done") {
    return status === "decided";
  }
  if (lane === "mine") {
    return status === "claimed" && holder === caller;
  }
  return status !== "decided" && !(lane === "held" && decision === "escalate");
}

// --- Claims

function showClaim(row, { claimed_by: holder, timestamp }) {
  const place = row.querySelector("[data-claim]");
  row.toggleAttribute("data-held", Boolean(holder) && holder !== caller);
  place.replaceChildren();
  if (!holder || lane === "done") {
    list.dispatchEvent(new CustomEvent("gavel:claims"));
    return;
  }
  const pattern = document.getElementById(holder === caller ? "mine-pattern" : "claim-pattern");
  const claim = pattern.content.firstElementChild.cloneNode(true);
  claim.querySelector(".face").textContent = initials(holder);
  const name = claim.querySelector("[data-name]");
  if (name) {
    name.textContent = holder;
  } else {
    claim.querySelector("[data-ends]").dataset.until = new Date(Date.parse(timestamp) + CLAIM_MS).toISOString();
  }
  place.append(claim);
  list.dispatchEvent(new CustomEvent("gavel:claims"));
}

/** Return a name's initials, as the server's `initials` filter does. */
function initials(name) {
  const parts = name.split(/[\s._-]+/).filter(Boolean);
  return (parts.length > 1 ? parts[0][0] + parts.at(-1)[0] : name.slice(0, 2)).toUpperCase();
}

list.addEventListener("gavel:over", ({ target }) => {
  target.closest("[data-claim]")?.replaceChildren();
});

// --- Who decided what

const left = document.getElementById("left-note");
let leftCount = 0;
let clearing;

function note({ decision, decided_by: decider }, row) {
  const author = row.querySelector(".who").textContent.slice(0, 40);
  const what = PAST_TENSE[decision] ? `${decider}: ${t(PAST_TENSE[decision])}` : t("No longer in this list");
  leftCount += 1;
  left.textContent =
    leftCount > 1
      ? t("{what} ({author}), and {count} more", { what, author, count: leftCount - 1 })
      : `${what} (${author})`;
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    left.textContent = "";
    leftCount = 0;
  }, NOTE_MS);
}

// --- Lanes and the bar of new items

let refreshTimer = null;
let refreshedAt = 0;
let announcedAt = 0;

function refreshLanes() {
  if (refreshTimer === null) {
    refreshTimer = setTimeout(readLanes, Math.max(300, refreshedAt + REFRESH_MS - Date.now()));
  }
}

async function readLanes() {
  refreshedAt = Date.now();
  refreshTimer = null;
  await htmx.ajax("GET", `${lanesUrl}?${listQuery()}`, { target: "#lanes", swap: "outerHTML" });
  const lanes = document.getElementById("lanes");
  const count = lanes.querySelector("[aria-current] .lane-count").textContent;
  document.title = document.title.replace(/\(\d+\+?\)/, `(${count})`);
  showBar(Number(lanes.dataset.new));
}

/** Return this list's query, with the candidates and where the list ends. */
function listQuery() {
  const query = new URLSearchParams(location.search);
  query.delete("after");
  if (candidates.size) {
    query.set("ids", [...candidates].slice(-MOST_NEW).join(","));
    query.set("since", since);
  }
  if (more()) {
    query.set("after", new URL(more().href).searchParams.get("after"));
  }
  return query;
}

function showBar(count) {
  const shown = count >= MOST_NEW ? `${MOST_NEW}+` : String(count);
  // An empty list has nothing that could move.
  if (count && !rows().length && candidates.size) {
    showNew();
    return;
  }
  bar.hidden = !count;
  bar.querySelector("[data-count]").textContent = shown;
  if (count && Date.now() - announcedAt > ANNOUNCE_MS) {
    announcedAt = Date.now();
    announce(t("{count} new in this list", { count: shown }));
  }
}

on("show-new", showNew);

async function showNew() {
  if (candidates.size > MOST_NEW) {
    location.reload();
    return;
  }
  const query = listQuery();
  candidates.clear();
  const fresh = await load(query);
  showBar(0);
  fresh[0]?.scrollIntoView({ block: "nearest" });
  if (split.dataset.view === "list") {
    fresh[0]?.querySelector(".qrow-text").focus();
  }
  announce(t("{count} new shown", { count: fresh.length }));
}

/** Load a query's rows, each to its place in the list's order; return the rows that were added. */
async function load(query) {
  const before = new Set(rows());
  loading += 1;
  await htmx.ajax("GET", `${newUrl}?${query}`, { target: "#rows", swap: "afterbegin" });
  loading -= 1;
  meanwhile.forEach(apply);
  meanwhile = loading ? meanwhile : [];
  return rows().filter((row) => !before.has(row));
}

// An item comes back at once when you undo your own decision.
document.addEventListener("gavel:undone", async ({ detail }) => {
  if (!rowOf(detail.review_id)) {
    const query = listQuery();
    query.set("ids", detail.review_id);
    query.delete("after");
    await load(query);
    candidates.delete(detail.review_id);
  }
});

document.addEventListener("gavel:reset", () => {
  document.getElementById("reloadbar").hidden = false;
  bar.hidden = true;
});

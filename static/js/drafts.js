// What was typed into an item's fields but not sent: kept in this tab, per person and item, until it
// is sent. It returns with the item, also if a colleague decided that in the meantime.

const NOTE = "note-text";
const FIELDS = new Set([NOTE, "decision-note", "lead-answer"]);
/** The field that a request sends, by the end of its path. */
const SENT_BY = { notes: NOTE, decide: "decision-note", answer: "lead-answer" };

function placeOf({ me, review }) {
  return `draft ${me} ${review}`;
}

function draftsOf(item) {
  return JSON.parse(sessionStorage.getItem(placeOf(item)) ?? "{}");
}

function store(item, drafts) {
  if (Object.keys(drafts).length) {
    sessionStorage.setItem(placeOf(item), JSON.stringify(drafts));
  } else {
    sessionStorage.removeItem(placeOf(item));
  }
}

/** Keep what a field holds now. */
export function keepDraft(item, field) {
  if (FIELDS.has(field.id)) {
    const drafts = draftsOf(item);
    drafts[field.id] = field.value;
    if (!field.value.trim()) {
      delete drafts[field.id];
    }
    store(item, drafts);
  }
}

/** Forget what the request to this path has sent. */
export function draftSent(item, path) {
  const drafts = draftsOf(item);
  delete drafts[SENT_BY[path.split("/").at(-1)]];
  store(item, drafts);
}

export function hasDraft(item) {
  return Object.keys(draftsOf(item)).length > 0;
}

/** Put the item's drafts back; one whose field is gone goes into the note. */
export function restoreDrafts(item, pane) {
  const drafts = draftsOf(item);
  for (const [id, text] of Object.entries(drafts)) {
    const field = pane.querySelector(`#${id}`) ?? pane.querySelector(`#${NOTE}`);
    if (field && !field.value.includes(text)) {
      field.value = [field.value, text].filter(Boolean).join("\n");
    }
    if (field && field.id !== id) {
      delete drafts[id];
      drafts[field.id] = field.value;
    }
  }
  store(item, drafts);
}

// Show the state of the connection in words, and the number of open reviews.
import { announce, notify } from "./notices.js";
import { paintSoon } from "./paint.js";
import { t } from "./words.js";

const WORDS = { online: "Live", reconnecting: "Reconnecting", offline: "Offline" };
const ENDED = {
  "signed-out": { pill: "Signed out", text: "You were signed out. Sign in again to continue." },
  "no-access": { pill: "No access", text: "You are no longer a member of this project." },
};
let latest = null;
let openReviews = null;

function showConnection() {
  const pill = document.querySelector(".pill[data-connection]");
  if (!pill) {
    return;
  }
  const { state, behind, reason } = latest;
  const before = pill.dataset.connection;
  pill.dataset.connection = state;
  pill.textContent = behind ? t("Catching up {behind}", { behind }) : t(ENDED[reason]?.pill ?? WORDS[state]);
  if (reason) {
    tellEnd(reason);
  } else if (before === "offline" && state === "online") {
    announce(t("Live again"));
  }
}

/** Say for good why the page gets nothing more: "signed-out", with the way back, or "no-access". */
export function tellEnd(reason) {
  const link = reason === "signed-out" ? { href: signInAddress(), text: t("Sign in") } : null;
  notify(t(ENDED[reason].text), { kind: "warning", persistent: true, link });
}

function signInAddress() {
  return `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
}

function showOpenReviews() {
  const shown = document.querySelector(".rail [data-count=open_reviews]");
  if (shown && shown.textContent !== String(openReviews)) {
    shown.textContent = openReviews;
  }
}

function updateOpenReviews({ detail }) {
  openReviews = (detail.stats ?? detail.data)?.open_reviews ?? openReviews;
  if (openReviews !== null) {
    paintSoon(showOpenReviews);
  }
}

export function watchConnection() {
  document.addEventListener("gavel:connection", ({ detail }) => {
    latest = detail;
    paintSoon(showConnection);
  });
  for (const type of ["joined", "reset", "stats_update"]) {
    document.addEventListener(`gavel:${type}`, updateOpenReviews);
  }
}

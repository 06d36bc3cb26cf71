// Say that a ban was added or ended since the list was loaded, and offer to reload it.
import { announce } from "./notices.js";
import { t } from "./words.js";

const bar = document.querySelector("[data-changed]");

document.addEventListener("gavel:ban_update", ({ detail }) => {
  // The list already has every change from before it was loaded.
  if (bar.hidden && new Date(detail.data.timestamp) > new Date(bar.dataset.readAt)) {
    bar.hidden = false;
    announce(t("The bans have changed"));
  }
});

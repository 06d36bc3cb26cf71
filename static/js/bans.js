// A ban that came or went while the list is read: say so, and let the reader fetch it.
import { announce } from "./notices.js";

const bar = document.querySelector("[data-changed]");

document.addEventListener("gavel:ban_update", ({ detail }) => {
  // What happened before the list was read is in it already.
  if (bar.hidden && new Date(detail.data.timestamp) > new Date(bar.dataset.readAt)) {
    bar.hidden = false;
    announce("The bans have changed");
  }
});

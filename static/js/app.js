// What every page has: keys, dialogs, times, toasts and the live connection.
import "./keyboard.js";
import "./actions.js";
import "./palette.js";
import "./clock.js";
import "./address.js";
import { connect } from "./socket.js";
import { watchConnection } from "./connection.js";
import { watchNotices } from "./notices.js";
import { watchRequests } from "./requests.js";

// Of tabs that do not fit, the one that is open is in sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

watchRequests();
watchNotices();
watchConnection();
const { project, seq } = document.body.dataset;
if (project) {
  connect(project, seq);
}

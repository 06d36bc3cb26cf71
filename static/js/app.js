// What every page has: keys, dialogs, times, toasts and the live connection.
import "./actions.js";
import "./palette.js";
import "./address.js";
import { watchTimes } from "./clock.js";
import { watchKeys } from "./keyboard.js";
import { connect } from "./socket.js";
import { watchConnection } from "./connection.js";
import { watchNotices } from "./notices.js";
import { watchRequests } from "./requests.js";

// If the tabs do not all fit, scroll to the open one.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

watchKeys();
watchTimes();
watchRequests();
watchNotices();
watchConnection();
const { project, seq } = document.body.dataset;
if (project) {
  connect(project, seq);
}

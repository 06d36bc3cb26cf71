// The demo chat: one channel over Socket.IO or over one of the chat sockets.
import { io } from "../vendor/socket.io/socket.io.esm.min.js";
import { on } from "./actions.js";
import { showTime } from "./clock.js";
import { notify } from "./notices.js";
import { t } from "./words.js";

const page = document.getElementById("chat");
const { token, channel, by } = page.dataset;
const log = page.querySelector("[data-chat-log]");
const state = page.querySelector("[data-chat-state] span");
const form = page.querySelector("[data-chat-write]");
const text = form.querySelector("textarea");
const button = form.querySelector("button");
const wait = form.querySelector("[data-chat-wait]");
const pattern = document.getElementById("chat-pattern");
/** What was sent and not answered yet, by message id; chat sockets answer in order instead. */
const sent = new Map();
const waiting = [];
/** Whether the server takes messages; until then what is typed stays in the field. */
let isReady = false;
let isOver = false;

// --- The log

function rowOf(id) {
  return [...log.children].find((row) => row.dataset.messageId === id);
}

function write(row, part, words) {
  const place = row.querySelector(`[data-part="${part}"]`);
  place.textContent = words;
  place.hidden = !words;
  return place;
}

/** Show a message; one that is there already, such as a blocked one, is shown again. */
function show({ id, author, content, time = new Date().toISOString(), kind = "shown", badge = "", note = "" }) {
  const known = id ? rowOf(id) : null;
  const row = known ?? pattern.content.firstElementChild.cloneNode(true);
  row.dataset.messageId = id ?? "";
  row.dataset.kind = kind;
  write(row, "author", author);
  write(row, "content", content);
  write(row, "note", note);
  const chip = write(row, "badge", badge);
  chip.className = `chip ${{ blocked: "chip-block", restored: "chip-allow" }[kind] ?? "chip-flag"}`;
  showTime(row.querySelector("time"), time);
  if (!known) {
    log.append(row);
  }
  log.scrollTop = log.scrollHeight;
  return row;
}

function tell(words) {
  state.textContent = words;
}

function setReady(ready, words) {
  isReady = ready;
  button.disabled = !ready;
  wait.hidden = ready;
  tell(words);
}

function begin() {
  setReady(true, t("Connected as {name}", { name: page.dataset.user }));
}

/** The server ended it: nothing more can be written until the page connects again. */
function end(words, kind = "error") {
  isOver = true;
  setReady(false, words);
  wait.hidden = true;
  notify(words, { kind, persistent: true });
  text.disabled = true;
}

function listed(reasons) {
  return reasons.join(", ").replaceAll("_", " ");
}

// --- Socket.IO

function received(message) {
  const { action, reasons } = message.moderation;
  const isFlagged = action === "flag";
  const badge = isFlagged ? t("Flagged for review") : "";
  const { id, author, content, created_at: time } = message;
  const row = show({ id, author, content, time, badge });
  row.querySelector("[data-part=badge]").title = isFlagged ? t("Reasons: {reasons}", { reasons: listed(reasons) }) : "";
}

function blocked({ message_id: id, reason, message, appeal_url: appeal }) {
  const row = show({
    id,
    author: page.dataset.user,
    content: sent.get(id) ?? "",
    kind: "blocked",
    badge: t("Blocked"),
  });
  const note = write(row, "note", `${message} `);
  if (appeal) {
    const link = document.createElement("a");
    link.href = appeal;
    link.textContent = t("Appeal");
    note.append(link);
  }
  notify(t("Message blocked. {reason}", { reason }), { kind: "error" });
}

function restored(message) {
  const { author, content, message_id: id, timestamp: time } = message;
  show({ id, author, content, time, kind: "restored", badge: t("Restored") });
  notify(t("A message was restored."), { kind: "success" });
}

function openSocketIo() {
  const socket = io({ auth: { token }, transports: ["websocket", "polling"] });
  socket.on("connect", () => socket.emit("join_channel", { channel_id: channel }));
  socket.on("joined_channel", begin);
  socket.on("message_received", received);
  socket.on("message_blocked", blocked);
  socket.on("message_restored", restored);
  socket.on("moderation_warning", ({ warning, reasons }) => {
    notify(t("Content warning: {reasons}. {warning}", { reasons: listed(reasons), warning }), { kind: "warning" });
  });
  socket.on("banned", ({ reason }) => end(t("You are banned from this channel: {reason}", { reason })));
  socket.on("rate_limited", () => end(t("Too many violations in a short time. You are banned for now.")));
  socket.on("authentication_failed", ({ message }) => end(message));
  socket.on("error", ({ message }) => notify(message, { kind: "error" }));
  socket.on("disconnect", () => isOver || setReady(false, t("Connection lost. Connecting again.")));
  return (id, content) => socket.emit("new_message", { channel_id: channel, message: { id, content } });
}

// --- The chat sockets

function warned({ action, reason }) {
  show({
    author: page.dataset.user,
    content: waiting.shift() ?? "",
    kind: "blocked",
    badge: t("Blocked"),
    note: reason,
  });
  notify(`${action ? `${action}: ` : ""}${reason}`, { kind: "warning" });
}

function shown({ message_id: id, user_id: author, content, timestamp: time }) {
  if (author === page.dataset.user && waiting[0] === content) {
    waiting.shift();
  }
  show({ id, author, content, time });
}

const ANSWERS = {
  message: shown,
  moderation_warning: warned,
  warning: warned,
  message_restored: restored,
  kicked: ({ reason }) => end(t("You were removed from the chat: {reason}", { reason }), "warning"),
  banned: ({ reason }) => end(t("You are banned from this chat: {reason}", { reason })),
  rate_limited: ({ reason }) => end(reason ?? t("You sent too many messages.")),
  authentication_failed: ({ message }) => end(message),
  error: ({ message }) => notify(message, { kind: "error" }),
};

function openWebSocket(path) {
  const url = new URL(`/ws/${path}/${encodeURIComponent(channel)}`, location.href.replace(/^http/, "ws"));
  url.searchParams.set("token", token);
  const socket = new WebSocket(url);
  socket.addEventListener("open", begin);
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(data);
    ANSWERS[answer.type]?.(answer);
  });
  socket.addEventListener("close", () => isOver || end(t("The connection ended. Press Connect to come back."), "info"));
  return (_id, content) => {
    waiting.push(content);
    socket.send(JSON.stringify({ content }));
  };
}

const OPENERS = {
  socketio: openSocketIo,
  websocket: () => openWebSocket("chat"),
  ratelimit: () => openWebSocket("chat-with-ratelimit"),
};
const send = OPENERS[by]();

// --- Writing

/* On a phone, toasts take their place from the log (css/pages/chat.css). */
page.querySelector(".chat-room").append(document.getElementById("toasts"));
new ResizeObserver(() => {
  log.scrollTop = log.scrollHeight;
}).observe(log);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  // Enter submits even while the button is disabled.
  if (!isReady) {
    return;
  }
  const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  sent.set(id, text.value);
  send(id, text.value);
  text.value = "";
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
on("chat-example", (example) => {
  text.value = example.dataset.text;
  text.focus();
});

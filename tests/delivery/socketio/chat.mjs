// AuraFlow's chat page: its connection with a token in the query, its listeners and toasts.
import { io } from "socket.io-client";

const [address, ...tokens] = process.argv.slice(2);
const CHANNEL = "general";

function open(token) {
  const socket = io(address, { query: { token }, transports: ["polling", "websocket"] });
  const page = { socket, messages: [], toasts: [] };
  socket.on("message_received", (message) => {
    const { author, content, is_blocked: isBlocked, moderation } = message;
    page.messages.push({ author, content, isBlocked, badge: moderation.action === "flag" ? moderation.reasons : null });
  });
  socket.on("message_blocked", ({ message_id: id, reason, severity, appeal_available: canAppeal }) => {
    page.toasts.push({ kind: "Message Blocked", id, reason, severity, canAppeal });
  });
  socket.on("moderation_warning", ({ message_id: id, warning, reasons }) => {
    page.toasts.push({ kind: "Content Warning", id, warning, reasons });
  });
  socket.on("connect", () => socket.emit("join_channel", { channel_id: CHANNEL }));
  page.joined = new Promise((done) => socket.on("joined_channel", done));
  return page;
}

function send(page, id, content) {
  page.socket.emit("new_message", {
    channel_id: CHANNEL,
    message: { id, content, created_at: new Date().toISOString() },
  });
}

function until(condition) {
  return new Promise((done) => {
    const timer = setInterval(() => {
      if (condition()) {
        clearInterval(timer);
        done();
      }
    }, 20);
  });
}

const [zed, ana] = tokens.map(open);
await Promise.all([zed.joined, ana.joined]);
send(zed, "m1", "Hello world");
send(zed, "m2", "This is damn good");
send(zed, "m3", "Shut up idiot");
send(zed, "m4", "You fucking idiot, die");
await until(() => zed.toasts.length === 2 && ana.messages.length === 3);
console.log(JSON.stringify({ zed: [zed.messages, zed.toasts], ana: [ana.messages, ana.toasts] }));
process.exit(0);

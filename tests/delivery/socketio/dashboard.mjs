// AutoModerate's dashboard page: its connection, its listeners and what it keeps, but for address and key.
import { io } from "socket.io-client";

const [address, key, transport] = process.argv.slice(2);
const PROJECT_ID = "arena";

const socket = io(address, {
  query: { api_key: key },
  transports: [transport],
  reconnection: true,
  reconnectionDelay: 1000,
  reconnectionAttempts: 5,
  timeout: 20000,
});
const dashboard = { updates: [], stats: null, rules: [], notices: [], activity: [], failures: [] };
const order = [];

socket.on("connect", () => {
  order.push("connect");
  socket.emit("join_project", { project_id: PROJECT_ID });
  setInterval(() => socket.emit("heartbeat"), 30000).unref();
});
socket.on("joined_project", async (data) => {
  order.push(`joined ${data.project_id}`);
  await check("Hello world");
  await check("Shut up idiot");
});
socket.on("moderation_update", (data) => {
  if (!data.content_id || !data.status) {
    dashboard.failures.push(data);
    return;
  }
  dashboard.updates.unshift(data);
  dashboard.updates.length = Math.min(dashboard.updates.length, 10);
});
socket.on("stats_update", (data) => {
  dashboard.stats = data;
  if (data.total_content === 2) {
    socket.emit("leave_project", { project_id: PROJECT_ID });
  }
});
socket.on("rule_update", (data) => dashboard.rules.push(data));
socket.on("system_notification", (data) => dashboard.notices.push(data));
socket.on("user_activity", (data) => dashboard.activity.push(data));
socket.on("left_project", () => socket.disconnect());
for (const name of ["authentication_failed", "project_access_denied", "error"]) {
  socket.on(name, (data) => dashboard.failures.push([name, data]));
}
socket.on("connect_error", (error) => dashboard.failures.push(error.message));
socket.on("disconnect", (reason) => {
  order.push(reason);
  console.log(JSON.stringify({ ...dashboard, order, transport: transport }));
  process.exit(0);
});

async function check(content) {
  const message = { message_id: content, user_id: "zed", channel_id: "general", content };
  const answer = await fetch(`${address}/api/v1/moderation/check`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-API-Key": key },
    body: JSON.stringify(message),
  });
  if (!answer.ok) {
    dashboard.failures.push(await answer.text());
  }
}

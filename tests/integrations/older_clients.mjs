// The JavaScript calls of the older services' documents, with another address and a key.
const [address, key] = process.argv.slice(2);
const headers = { "Content-Type": "application/json", "X-API-Key": key };
const call = async (method, path, body, more = {}) => {
  const response = await fetch(address + path, {
    method,
    headers: { ...headers, ...more },
    body: body && JSON.stringify(body),
  });
  return [response.status, await response.json()];
};
const message = { content: "Shut up idiot", user_id: "u1", chat_id: "c1" };
const moderated = await call("POST", "/api/moderate", {
  type: "text",
  content: "Shut up idiot",
  metadata: { user_id: "u1" },
});
console.log(
  JSON.stringify({
    moderated,
    content: await call("GET", `/api/content/${moderated[1].content_id}`),
    listed: await call("GET", "/api/content?page=1&per_page=20&status=flagged"),
    stats: await call("GET", "/api/stats"),
    health: await call("GET", "/api/health"),
    struck: await call("POST", "/api/moderate-with-strikes", message),
    sent: await call("POST", "/api/messages", { content: "hello", channel_id: 7, user_id: 12 }),
    blocked: await call("POST", "/api/messages", { content: "You fucking idiot, die", channel_id: 7, user_id: 12 }),
    accepted: await call("POST", "/api/messages", message),
  }),
);

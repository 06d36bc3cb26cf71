import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPage } from "./page.js";

/** Node's own, before a page takes the name. */
const NodeEvent = Event;
const PAGE = `
  <div id="chat" data-token="tok" data-channel="lobby" data-user="Ana">
    <p data-chat-state><span>Connecting</span></p>
    <div class="chat-room"><ol data-chat-log></ol></div>
    <form data-chat-write>
      <textarea></textarea>
      <button type="submit" disabled>Send</button>
      <p data-chat-wait>You can send once the chat is connected.</p>
    </form>
  </div>
  <template id="chat-pattern"><li></li></template>
  <div id="toasts"></div>
  <template id="toast-pattern"><div class="toast"><p></p></div></template>`;

let sockets;
let pages = 0;

/** Stands for the browser's WebSocket; the test plays the server. */
class FakeSocket extends EventTarget {
  constructor() {
    super();
    this.sent = [];
    sockets.push(this);
    for (const name of ["open", "message", "close"]) {
      this.addEventListener(name, (event) => this[`on${name}`]?.(event));
    }
  }

  send(text) {
    this.sent.push(text);
  }

  close() {}

  /** Let something happen; Socket.IO reads it in a later microtask. */
  async happen(name, fields = {}) {
    this.dispatchEvent(Object.assign(new NodeEvent(name), fields));
    await new Promise(setImmediate);
  }
}

globalThis.WebSocket = FakeSocket;
globalThis.ResizeObserver = class {
  observe() {}
};

/** Open the chat's page; the module connects when it is read, so each page reads it anew. */
async function open(by) {
  openPage(PAGE.replace("<div id", `<div data-by="${by}" id`), "http://gavel.test/p/demo/chat/lobby");
  pages += 1;
  await import(`../../static/js/chat.js?page=${pages}`);
  return sockets.at(-1);
}

function field(selector) {
  return document.querySelector(`[data-chat-write] ${selector}`);
}

function write(words) {
  field("textarea").value = words;
  document.querySelector("form").dispatchEvent(new Event("submit", { cancelable: true }));
}

/** What the page shows: the text field, whether Send is off, whether words say why. */
function shown() {
  return [field("textarea").value, field("button").disabled, !field("[data-chat-wait]").hidden];
}

/** Let the page join as over Socket.IO: the transport opens, the server lets in, the channel is joined. */
async function join(socket) {
  await socket.happen("open");
  const handshake = { sid: "s", upgrades: [], pingInterval: 25_000, pingTimeout: 20_000 };
  await socket.happen("message", { data: `0${JSON.stringify(handshake)}` });
  await socket.happen("message", { data: '40{"sid":"n"}' });
  assert.ok(field("button").disabled, "connected is not joined");
  await socket.happen("message", { data: '42["joined_channel",{"channel_id":"lobby"}]' });
}

beforeEach(() => {
  sockets = [];
});

test("a message written before a chat socket is open stays in the field", async () => {
  const socket = await open("websocket");
  write("Hello");
  assert.deepEqual(shown(), ["Hello", true, true]);
  await socket.happen("open");
  assert.deepEqual(shown(), ["Hello", false, false]);
  write("Hello");
  assert.deepEqual([shown(), socket.sent], [["", false, false], ['{"content":"Hello"}']]);
});

test("a message written while Socket.IO is away stays in the field", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const socket = await open("socketio");
  write("Too early");
  assert.deepEqual(shown(), ["Too early", true, true]);
  await join(socket);
  assert.deepEqual(shown(), ["Too early", false, false]);
  await socket.happen("close", { code: 1006 });
  write("Server away");
  assert.deepEqual(shown(), ["Server away", true, true]);
  assert.ok(!socket.sent.some((text) => text.includes("new_message")));
});

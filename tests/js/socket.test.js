import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { connect } from "../../static/js/socket.js";
import { openPage, recordEvents } from "./page.js";

/** Node's own, before a page takes the name. */
const NodeEvent = Event;
const HEARTBEAT_MS = 20_000;
/** Longer than any pause between two attempts. */
const LONG_MS = 120_000;

let sockets;
let states;
let window;

/** Stands for the browser's WebSocket; the test plays the server. */
class FakeSocket extends EventTarget {
  static OPEN = 1;
  static CLOSED = 3;

  constructor(url) {
    super();
    this.url = url;
    this.readyState = FakeSocket.OPEN;
    this.sent = [];
    sockets.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1006) {
    this.readyState = FakeSocket.CLOSED;
    this.dispatchEvent(Object.assign(new NodeEvent("close"), { code }));
  }

  receive(message) {
    this.dispatchEvent(Object.assign(new NodeEvent("message"), { data: JSON.stringify(message) }));
  }
}

globalThis.WebSocket = FakeSocket;

beforeEach(() => {
  window = openPage("", "https://gavel.test/p/demo/live");
  sockets = [];
  states = recordEvents("gavel:connection");
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  mock.restoreAll();
  mock.method(Math, "random", () => 0.5);
});

function latest() {
  return sockets.at(-1);
}

function joined(seq) {
  latest().receive({ type: "joined_project", seq });
}

test("the address names the project, over TLS where the page uses it", () => {
  connect("demo");
  assert.equal(latest().url, "wss://gavel.test/ws/projects/demo/");
});

test("a page without TLS connects without it", () => {
  openPage("", "http://gavel.test:8000/p/demo/live");
  connect("demo");
  assert.equal(latest().url, "ws://gavel.test:8000/ws/projects/demo/");
});

test("a page that shows event 7 asks for what came after it", () => {
  connect("demo", "7");
  assert.equal(latest().url, "wss://gavel.test/ws/projects/demo/?since=7");
});

test("a page is online once it joined and misses nothing", () => {
  connect("demo", 7);
  joined(7);
  assert.deepEqual(states, [{ state: "online" }]);
});

test("a page that is behind says by how much, until it has caught up", () => {
  const updates = recordEvents("gavel:review_update");
  connect("demo", 5);
  joined(7);
  latest().receive({ type: "review_update", seq: 6, data: { a: 1 } });
  latest().receive({ type: "review_update", seq: 7, data: { a: 2 } });
  latest().receive({ type: "review_update", seq: 8, data: { a: 3 } });
  assert.deepEqual(states, [
    { state: "reconnecting", behind: 2 },
    { state: "reconnecting", behind: 1 },
    { state: "online" },
  ]);
  assert.deepEqual(
    updates.map((update) => update.data.a),
    [1, 2, 3],
  );
});

test("a reset jumps to the present", () => {
  const resets = recordEvents("gavel:reset");
  connect("demo", 5);
  joined(900);
  latest().receive({ type: "reset", seq: 900 });
  assert.equal(resets.length, 1);
  assert.deepEqual(states.at(-1), { state: "online" });
});

test("a message without a number is passed on and changes no position", () => {
  const notices = recordEvents("gavel:system_notification");
  connect("demo", 5);
  joined(5);
  latest().receive({ type: "system_notification", data: {} });
  latest().close();
  mock.timers.tick(LONG_MS);
  assert.equal(notices.length, 1);
  assert.equal(latest().url, "wss://gavel.test/ws/projects/demo/?since=5");
});

test("a lost connection comes back and continues after the last event", () => {
  connect("demo");
  joined(3);
  latest().receive({ type: "review_update", seq: 4 });
  latest().close();
  assert.deepEqual(states.at(-1), { state: "reconnecting" });
  mock.timers.tick(799);
  assert.equal(sockets.length, 1);
  mock.timers.tick(1);
  assert.equal(sockets.length, 2);
  assert.equal(latest().url, "wss://gavel.test/ws/projects/demo/?since=4");
});

test("a page without a network is offline at its first failure", () => {
  Object.defineProperty(navigator, "onLine", { value: false });
  connect("demo");
  latest().close();
  assert.deepEqual(states, [{ state: "offline" }]);
});

test("pauses double up to ten seconds, and a page that failed three times is offline", () => {
  connect("demo");
  for (const pause of [800, 1600, 3200, 6400, 10_000, 10_000]) {
    const before = sockets.length;
    latest().close();
    mock.timers.tick(pause - 1);
    assert.equal(sockets.length, before);
    mock.timers.tick(1);
    assert.equal(sockets.length, before + 1);
  }
  assert.deepEqual(
    states.map(({ state }) => state),
    ["reconnecting", "reconnecting", "offline", "offline", "offline", "offline"],
  );
});

test("a page that is over its limit waits up to a minute", () => {
  connect("demo");
  for (let failure = 0; failure < 8; failure += 1) {
    latest().close(4429);
    mock.timers.tick(60_000);
  }
  const before = sockets.length;
  latest().close(4429);
  mock.timers.tick(59_999);
  assert.equal(sockets.length, before);
  mock.timers.tick(1);
  assert.equal(sockets.length, before + 1);
});

test("pauses are spread, so that pages do not all come back at once", () => {
  Math.random.mock.mockImplementation(() => 0);
  connect("demo");
  latest().close();
  mock.timers.tick(600);
  assert.equal(sockets.length, 2);
});

test("joining makes the next pause short again", () => {
  connect("demo");
  for (let failure = 0; failure < 5; failure += 1) {
    latest().close();
    mock.timers.tick(LONG_MS);
  }
  joined(1);
  const before = sockets.length;
  latest().close();
  mock.timers.tick(800);
  assert.equal(sockets.length, before + 1);
});

for (const [code, reason] of [
  [4401, "signed-out"],
  [4403, "no-access"],
]) {
  test(`after ${reason} the page stays offline`, () => {
    connect("demo");
    latest().close(code);
    mock.timers.tick(LONG_MS);
    assert.equal(sockets.length, 1);
    assert.deepEqual(states, [{ state: "offline", reason }]);
  });
}

test("the server hears every twenty seconds that the page is open", () => {
  connect("demo");
  mock.timers.tick(HEARTBEAT_MS);
  latest().receive({ type: "heartbeat" });
  mock.timers.tick(HEARTBEAT_MS);
  assert.deepEqual(latest().sent, [{ type: "heartbeat" }, { type: "heartbeat" }]);
});

test("a connection on which the server answers stays open", () => {
  connect("demo");
  for (let beat = 0; beat < 6; beat += 1) {
    mock.timers.tick(HEARTBEAT_MS);
    latest().receive({ type: "heartbeat" });
  }
  assert.equal(latest().readyState, FakeSocket.OPEN);
  assert.equal(sockets.length, 1);
});

test("a connection that is silent for 45 seconds is closed and opened again", () => {
  connect("demo");
  joined(1);
  mock.timers.tick(2 * HEARTBEAT_MS);
  assert.equal(latest().readyState, FakeSocket.OPEN);
  mock.timers.tick(HEARTBEAT_MS);
  assert.equal(sockets[0].readyState, FakeSocket.CLOSED);
  mock.timers.tick(LONG_MS);
  assert.ok(sockets.length > 1);
});

test("a page that is online again connects at once, and only once", () => {
  connect("demo");
  latest().close();
  window.dispatchEvent(new Event("online"));
  assert.equal(sockets.length, 2);
  window.dispatchEvent(new Event("online"));
  mock.timers.tick(HEARTBEAT_MS - 1);
  assert.equal(sockets.length, 2);
});

test("a page that goes offline drops its connection", () => {
  connect("demo");
  window.dispatchEvent(new Event("offline"));
  assert.equal(latest().readyState, FakeSocket.CLOSED);
});

test("a page that is looked at again connects at once", () => {
  connect("demo");
  latest().close();
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(sockets.length, 2);
});

test("a page that is hidden does not hurry", () => {
  Object.defineProperty(document, "hidden", { value: true });
  connect("demo");
  latest().close();
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(sockets.length, 1);
});

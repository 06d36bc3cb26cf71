// The page's live connection: it reconnects by itself and continues where it stopped.
// It dispatches on the document: gavel:<type> {seq, data} for each event, gavel:connection
// {state, ...}, and gavel:reset when events were missed for good and the page must reload its data.

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 10_000;
const HEARTBEAT_MS = 20_000;
const SILENCE_MS = 45_000;
const SIGNED_OUT = 4401;
const NO_ACCESS = 4403;
const OVER_LIMIT = 4429;

class Connection {
  constructor(project, seq) {
    this.project = project;
    this.seq = seq === undefined ? null : Number(seq);
    this.target = null;
    this.failures = 0;
    this.open();
  }

  open() {
    clearTimeout(this.pause);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const since = this.seq === null ? "" : `?since=${this.seq}`;
    this.socket = new WebSocket(`${scheme}://${location.host}/ws/projects/${this.project}/${since}`);
    this.socket.addEventListener("message", ({ data }) => this.receive(JSON.parse(data)));
    this.socket.addEventListener("close", ({ code }) => this.closed(code));
    this.lastMessageAt = Date.now();
  }

  receive(message) {
    this.lastMessageAt = Date.now();
    if (message.type === "joined_project") {
      this.join(message);
    } else if (message.type === "reset") {
      this.seq = message.seq;
      dispatch("reset", message);
      this.reportProgress();
    } else if (message.seq !== undefined) {
      this.seq = message.seq;
      dispatch(message.type, message);
      this.reportProgress();
    } else {
      dispatch(message.type, message);
    }
  }

  join(message) {
    this.failures = 0;
    this.target = message.seq;
    this.seq ??= message.seq;
    dispatch("joined", message);
    this.reportProgress();
  }

  /** Report whether every event up to the one at the time of joining has arrived. */
  reportProgress() {
    const behind = this.target === null ? 0 : this.target - this.seq;
    if (behind > 0) {
      dispatch("connection", { state: "reconnecting", behind });
    } else if (this.target !== null) {
      this.target = null;
      dispatch("connection", { state: "online" });
    }
  }

  closed(code) {
    if (code === SIGNED_OUT || code === NO_ACCESS) {
      dispatch("connection", { state: "offline", reason: code === SIGNED_OUT ? "signed-out" : "no-access" });
      return;
    }
    this.failures += 1;
    dispatch("connection", { state: this.failures > 2 || !navigator.onLine ? "offline" : "reconnecting" });
    const longest = code === OVER_LIMIT ? 60_000 : LONGEST_PAUSE_MS;
    const pause = Math.min(longest, FIRST_PAUSE_MS * 2 ** this.failures);
    this.pause = setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
  }

  /** Tell the server that the page is still open; close a connection that went silent. */
  beat() {
    if (this.socket.readyState !== WebSocket.OPEN) {
      return;
    }
    if (Date.now() - this.lastMessageAt > SILENCE_MS) {
      this.socket.close();
    } else {
      this.socket.send(JSON.stringify({ type: "heartbeat" }));
    }
  }

  /** Reconnect without waiting for the pause to end. */
  retryNow() {
    if (this.socket.readyState === WebSocket.CLOSED) {
      this.open();
    }
  }
}

function dispatch(type, detail) {
  document.dispatchEvent(new CustomEvent(`gavel:${type}`, { detail }));
}

/** Connect the page; `seq` is the last event that it already shows, or undefined. */
export function connect(project, seq) {
  const connection = new Connection(project, seq);
  setInterval(() => connection.beat(), HEARTBEAT_MS);
  addEventListener("online", () => connection.retryNow());
  addEventListener("offline", () => connection.socket.close());
  document.addEventListener("visibilitychange", () => document.hidden || connection.retryNow());
}

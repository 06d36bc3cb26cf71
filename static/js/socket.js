// The one live connection of the page: it comes back by itself and goes on where it stopped.
// Tells the document: gavel:<type> {seq, data} for each event, gavel:connection {state, ...},
// gavel:reset when events were missed for good and the page must be read anew.

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
    this.socket.addEventListener("message", ({ data }) => this.hear(JSON.parse(data)));
    this.socket.addEventListener("close", ({ code }) => this.lose(code));
    this.heardAt = Date.now();
  }

  hear(message) {
    this.heardAt = Date.now();
    if (message.type === "joined_project") {
      this.join(message);
    } else if (message.type === "reset") {
      this.seq = message.seq;
      tell("reset", message);
      this.settle();
    } else if (message.seq !== undefined) {
      this.seq = message.seq;
      tell(message.type, message);
      this.settle();
    } else {
      tell(message.type, message);
    }
  }

  join(message) {
    this.failures = 0;
    this.target = message.seq;
    this.seq ??= message.seq;
    tell("joined", message);
    this.settle();
  }

  settle() {
    const behind = this.target === null ? 0 : this.target - this.seq;
    if (behind > 0) {
      tell("connection", { state: "reconnecting", behind });
    } else if (this.target !== null) {
      this.target = null;
      tell("connection", { state: "online" });
    }
  }

  lose(code) {
    if (code === SIGNED_OUT || code === NO_ACCESS) {
      tell("connection", { state: "offline", reason: code === SIGNED_OUT ? "signed-out" : "no-access" });
      return;
    }
    this.failures += 1;
    tell("connection", { state: this.failures > 2 || !navigator.onLine ? "offline" : "reconnecting" });
    const longest = code === OVER_LIMIT ? 60_000 : LONGEST_PAUSE_MS;
    const pause = Math.min(longest, FIRST_PAUSE_MS * 2 ** this.failures);
    this.pause = setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
  }

  /** Notice a connection that died without a word, and say that the page is still there. */
  beat() {
    if (this.socket.readyState !== WebSocket.OPEN) {
      return;
    }
    if (Date.now() - this.heardAt > SILENCE_MS) {
      this.socket.close();
    } else {
      this.socket.send(JSON.stringify({ type: "heartbeat" }));
    }
  }

  hurry() {
    if (this.socket.readyState === WebSocket.CLOSED) {
      this.open();
    }
  }
}

function tell(type, detail) {
  document.dispatchEvent(new CustomEvent(`gavel:${type}`, { detail }));
}

/** Connect the page; `seq` is the last event that it shows already, or undefined. */
export function connect(project, seq) {
  const connection = new Connection(project, seq);
  setInterval(() => connection.beat(), HEARTBEAT_MS);
  addEventListener("online", () => connection.hurry());
  addEventListener("offline", () => connection.socket.close());
  document.addEventListener("visibilitychange", () => document.hidden || connection.hurry());
}

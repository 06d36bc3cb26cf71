// Tell people something: in a toast that goes after five seconds, or to screen readers only.

const TOAST_MS = 5000;

/** Tell screen readers, politely; the page shows it elsewhere. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  setTimeout(() => {
    announcer.textContent = text;
  }, 50);
}

/**
 * Show a toast, once for a text; kinds: info, success, warning, error. A persistent one stays until
 * closed. It may end with a link, `{ href, text }`.
 */
export function notify(text, { kind = "info", persistent = false, link = null } = {}) {
  const toasts = document.getElementById("toasts");
  for (const other of toasts.querySelectorAll(".toast")) {
    if (other.dataset.text === text) {
      other.remove();
    }
  }
  const pattern = document.getElementById("toast-pattern");
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.dataset.kind = kind;
  toast.dataset.text = text;
  toast.querySelector("p").textContent = text;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    toast.querySelector("p").append(" ", anchor);
  }
  toasts.append(toast);
  if (!persistent) {
    expire(toast);
  }
}

function expire(toast) {
  setTimeout(() => toast.remove(), TOAST_MS);
}

export function watchNotices() {
  for (const toast of document.querySelectorAll(".toasts .toast:not([data-persistent])")) {
    expire(toast);
  }
  document.addEventListener("gavel:system_notification", ({ detail }) => {
    const { message, type, persistent } = detail.data;
    notify(message, { kind: type, persistent });
  });
}

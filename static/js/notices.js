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

/** Show a toast; kinds: info, success, warning, error. A persistent one stays until closed. */
export function notify(text, { kind = "info", persistent = false } = {}) {
  const pattern = document.getElementById("toast-pattern");
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.dataset.kind = kind;
  toast.querySelector("p").textContent = text;
  document.getElementById("toasts").append(toast);
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

// A single key presses the first visible control that names it in aria-keyshortcuts: never while
// someone types, never with a modifier, and never if they switched shortcuts off (WCAG 2.1.4).

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Return the control that a key would press now: in the open dialog if there is one. */
export function controlFor(key) {
  const place = document.querySelector("dialog[open]") ?? document;
  const name = CSS.escape(key);
  const named = place.querySelectorAll(`[aria-keyshortcuts~="${name}"]`);
  return [...named].find((control) => control.checkVisibility() && !control.disabled && !control.closest("[inert]"));
}

function isTyping(target) {
  return target instanceof Element && target.closest(TYPING) !== null;
}

function onKey(event) {
  if (event.defaultPrevented || event.repeat || event.isComposing) {
    return;
  }
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault();
    document.querySelector("[data-action=open-palette]")?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    return;
  }
  if (document.documentElement.dataset.shortcuts === "off") {
    return;
  }
  const control = controlFor(event.key);
  if (control) {
    event.preventDefault();
    press(control);
  }
}

function press(control) {
  if (control.matches(TYPING)) {
    control.focus();
  } else {
    control.click();
  }
}

export function watchKeys() {
  document.addEventListener("keydown", onKey);
}

// The scripts' texts in the page's language: a page that is not in English brings a list of them.
let words = null;

export const PAST_TENSE = { approve: "approved", reject: "rejected", dismiss: "dismissed", escalate: "escalated" };

/** Return a text in the page's language, with `values` in its braces. */
export function t(text, values = {}) {
  words ??= JSON.parse(globalThis.document?.getElementById("script-words")?.textContent ?? "{}");
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Return the locale of dates and numbers: the device's own for an English page. */
export function locale() {
  const language = globalThis.document?.documentElement.lang;
  return ["es", "ur"].includes(language) ? language : undefined;
}

// A page for the modules under test: happy-dom's document, under the names that a browser uses.
import { Window } from "happy-dom";

const NAMES = ["document", "location", "navigator", "CSS", "CustomEvent", "Element", "Event"];

/** Put `html` into the body of the document that modules see; return the window. */
export function openPage(html = "", url = "http://gavel.test/p/demo/queue") {
  const window = new Window({ url });
  // Browsers have this rule themselves.
  window.document.head.innerHTML = "<style>[hidden] { display: none }</style>";
  window.document.body.innerHTML = html;
  for (const name of NAMES) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
  }
  globalThis.addEventListener = window.addEventListener.bind(window);
  globalThis.requestAnimationFrame = (paint) => setTimeout(paint);
  return window;
}

/** Return the details of every event of a type that the document dispatches from now on. */
export function recordEvents(type) {
  const details = [];
  document.addEventListener(type, ({ detail }) => details.push(detail));
  return details;
}

// Keep the address in step with what was loaded. Chromium takes about 9 ms to store an address, so
// store it after the new content is painted; htmx would do it before.

let shown = location.pathname + location.search;

document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  const { pathname, search } = new URL(detail.history.path, location.href);
  const path = pathname + search;
  requestAnimationFrame(() =>
    setTimeout(() => {
      if (path !== shown) {
        shown = path;
        history.pushState(null, "", path);
      }
    }),
  );
});

// Back and Forward load the page at the address; a step within the page needs nothing.
addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) {
    location.reload();
  }
});

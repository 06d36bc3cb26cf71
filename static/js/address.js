// The address follows what was loaded. Chromium takes some 9 ms to note one, so it is noted after
// the new content is painted; htmx would do so before.

let shown = location.pathname + location.search;

document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  const { path } = detail.history;
  requestAnimationFrame(() => setTimeout(() => {
    if (path !== shown) {
      shown = path;
      history.pushState(null, "", path);
    }
  }));
});

// Back and forward load what the address names; a step within the page needs nothing.
addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) {
    location.reload();
  }
});

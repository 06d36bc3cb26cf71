// Search or jump: the server sends the list, the arrow keys choose, Enter opens.

const palette = document.getElementById("palette");
const input = palette?.querySelector("input");

function options() {
  return [...palette.querySelectorAll(".palette-opt")];
}

function choose(option) {
  for (const other of options()) {
    other.setAttribute("aria-selected", String(other === option));
  }
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function chosen() {
  return palette.querySelector("[aria-selected=true]");
}

function step(by) {
  const all = options();
  if (all.length) {
    const at = all.indexOf(chosen());
    choose(all[(at + by + all.length) % all.length]);
  }
}

if (palette) {
  palette.addEventListener("palette-shown", () => {
    input.select();
    htmx.trigger(input, "palette-open");
  });
  palette.addEventListener("htmx:afterSettle", () => choose(options()[0]));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      chosen()?.click();
    } else if (event.key === "Escape") {
      // A search field would only be emptied by the first press.
      event.preventDefault();
      palette.close();
    }
  });
}

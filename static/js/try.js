// Try a text: count its characters, check it on Ctrl+Enter, put an example into the field.
import { on } from "./actions.js";
import { locale } from "./words.js";

const form = document.getElementById("try-form");
const text = document.getElementById("try-text");
const length = form.querySelector("[data-length]");

function count() {
  // Code points, as the server counts.
  length.textContent = [...text.value].length.toLocaleString(locale());
}

text.addEventListener("input", count);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".btn-primary"));
  }
});
on("example", (button, event) => {
  event.preventDefault();
  text.value = button.value;
  count();
  form.requestSubmit(form.querySelector(".btn-primary"));
});
count();

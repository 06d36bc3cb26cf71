// Put a prepared answer into the field; the moderator then makes it their own.
import { on } from "./actions.js";

on("use-answer", ({ dataset }) => {
  const field = document.querySelector("#answer textarea");
  field.value = [field.value.trim(), dataset.text].filter(Boolean).join("\n");
  field.focus();
});

// Mark the fields of the policy that differ from the active policy, as they are typed.
import { t } from "./words.js";
const form = document.querySelector("[data-policy]");

/** Return what a blank holds, in the shape of its `data-active`. */
export function heldBy(blank) {
  const boxes = [...blank.querySelectorAll("[type=checkbox]")];
  if (blank.getAttribute("role") === "group") {
    return boxes
      .filter((box) => box.checked)
      .map((box) => box.value)
      .join(",");
  }
  return boxes.length ? String(boxes[0].checked) : blank.querySelector("input, select, textarea").value.trim();
}

/** Say whether two values differ; 0.60 is 0.6. */
export function differ(one, other) {
  const areNumbers = one !== "" && other !== "" && !Number.isNaN(Number(one)) && !Number.isNaN(Number(other));
  return areNumbers ? Number(one) !== Number(other) : one !== other;
}

export function markChanges(part) {
  let count = 0;
  for (const blank of part.querySelectorAll("[data-blank]")) {
    const isChanged = differ(heldBy(blank), blank.dataset.active);
    blank.toggleAttribute("data-changed", isChanged);
    part.querySelector(`[data-was-of="${blank.dataset.blank}"]`).hidden = !isChanged;
    count += isChanged ? 1 : 0;
  }
  part.querySelector("[data-changes]").textContent = t("{count} changed", { count });
}

form?.addEventListener("input", () => markChanges(form));

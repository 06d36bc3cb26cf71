// Say that the first message arrived, as soon as it does.
import { announce } from "./notices.js";
import { t } from "./words.js";

const step = document.querySelector("[data-arrival]");

document.addEventListener("gavel:moderation_update", ({ detail: { data } }) => {
  const arrived = step.querySelector("[data-arrived]");
  if (!arrived.hidden) {
    return;
  }
  step.dataset.done = "";
  step.querySelector("[data-waiting]").hidden = true;
  arrived.querySelector("[data-text]").textContent = data.content_preview;
  const link = arrived.querySelector("[data-message]");
  link.href = `${new URL(link.href).pathname}/${data.content_id}`;
  arrived.hidden = false;
  announce(t("Your first message arrived"));
});

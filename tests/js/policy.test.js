import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPage } from "./page.js";

openPage("<p></p>");
const { differ, markChanges, heldBy } = await import("../../static/js/policy.js");

const PAGE = `<form>
  <span data-blank="flag" data-active="0.6"><input value="0.60"></span><p data-was-of="flag" hidden></p>
  <span data-blank="show" data-active="allow,warn" role="group">
    <input type="checkbox" value="allow" checked><input type="checkbox" value="warn"></span>
  <p data-was-of="show" hidden></p>
  <span data-blank="ban" data-active="true"><input type="checkbox" checked></span><p data-was-of="ban" hidden></p>
  <b data-changes></b></form>`;

let form;

beforeEach(() => {
  openPage(PAGE);
  form = document.querySelector("form");
});

test("numbers are compared as numbers, texts as texts", () => {
  assert.deepEqual([differ("0.60", "0.6"), differ("", "0"), differ("en", "es")], [false, true, true]);
});

test("ticks are compared together", () => {
  assert.equal(heldBy(form.querySelector("[data-blank=show]")), "allow");
});

test("what differs from the active policy is marked and counted", () => {
  markChanges(form);
  const marked = [...form.querySelectorAll("[data-changed]")].map((blank) => blank.dataset.blank);
  assert.deepEqual(marked, ["show"]);
  assert.equal(form.querySelector("[data-was-of=show]").hidden, false);
  assert.equal(form.querySelector("[data-was-of=flag]").hidden, true);
  assert.equal(form.querySelector("[data-changes]").textContent, "1 changed");
});

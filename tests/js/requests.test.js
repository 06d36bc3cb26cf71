import assert from "node:assert/strict";
import { test } from "node:test";
import { failureText } from "../../static/js/requests.js";

function answer(status, { html = "", id = null } = {}) {
  return { status, responseText: html, getResponseHeader: (name) => (name === "X-Request-ID" ? id : null) };
}

test("too many requests are no failure, and saved nothing", () => {
  assert.match(failureText(answer(429)), /^Too many requests\. Nothing was saved/);
});

test("a page that expired says to reload it", () => {
  const html = "\n<!doctype html><html></html>";
  assert.match(failureText(answer(403, { html })), /^This page has expired\. Nothing was saved/);
});

test("whoever was signed out is told the same, whichever of the two was noticed first", () => {
  assert.match(failureText(answer(401)), /^This page has expired\. Nothing was saved/);
});

test("a failure does not promise what nobody knows, and names the request if it has a number", () => {
  const text = "The server failed to do that (502). Reload to see whether it was saved.";
  assert.equal(failureText(answer(502)), text);
  assert.equal(failureText(answer(502, { id: "r-7" })), `${text} Request ID: r-7`);
});

test("a refusal saved nothing", () => {
  assert.equal(failureText(answer(404)), "The server refused that (404). Nothing was saved.");
});

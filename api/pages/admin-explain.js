// Where a question got lost: how an answer comes about, and how far an expected passage came.

import { attempt, byId, fillCollections, make } from "./admin-dom.js";
import { request } from "./admin-service.js";

const LOST = {
  "": "It is what was answered.",
  ingest: "Lost at ingest: no stored document holds it.",
  retrieve: "Lost at retrieval: it was not among the passages found.",
  unread: "Lost before reading: it was found, and others were read.",
  rank: "Lost in ranking: another passage answers better.",
  read: "Lost in reading: another sentence of its passage was chosen.",
  trust: "Lost in the decision: it was chosen, and not surely enough.",
  cut: "Lost by length: too little of its list or table is shown.",
  cite: "Lost in citing: something else of its passage is cited.",
};
const form = byId("explain-form");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { question, expected, collection } = Object.fromEntries(new FormData(form));
  const button = form.querySelector("button");
  button.disabled = true;
  byId("explanation").replaceChildren(make("p", { class: "muted", text: "Asking…" }));
  attempt(async () => {
    const body = { question, collection, expected: expected.trim() || null };
    show(await request("/v1/explain", { method: "POST", body }));
  }).finally(() => {
    button.disabled = false;
    if (byId("explanation").textContent === "Asking…") byId("explanation").replaceChildren();
  });
});

export function openExplain() {
  attempt(async () => {
    const { collections } = await request("/v1/collections");
    const names = collections.map(({ name }) => name);
    fillCollections(form.elements.collection, names.length ? names : ["default"]);
  });
}

function show({ answer, stages, expected }) {
  const text = answer.answered ? answer.answer : "Not answered.";
  const parts = [make("h2", { text: "Answer" }), make("p", { text, dir: "auto" })];
  if (expected) {
    const lines = expected.lines.map((line) => make("li", { text: line, dir: "auto" }));
    parts.push(
      make("h2", { text: "What became of what you expected" }),
      make("p", { class: "lost", text: LOST[expected.stage] ?? `Lost at: ${expected.stage}.` }),
      make("ol", {}, ...lines),
    );
  }
  const lines = stages.map((line) => make("li", { text: line, dir: "auto" })); // numbered where that says something
  parts.push(make("h2", { text: "How it came about" }), make("ul", { class: "stages" }, ...lines));
  byId("explanation").replaceChildren(...parts);
}

// Health and index state.

import { attempt, byId, count, make } from "./admin-dom.js";
import { request } from "./admin-service.js";

export function openStatus() {
  attempt(async () => {
    const status = await request("/v1/status");
    const indexes = Object.entries(status.indexes).map(([name, state]) => `${name}: ${state}`);
    const models = Object.entries(status.models).map(([name, fingerprint]) => `${name}: ${fingerprint}`);
    const rows = [
      ["Answers questions", status.ready ? "yes" : "no: an index is broken or being filled"],
      ["Takes documents", status.writable ? "yes" : "no"],
      ["Documents", `${count(status.documents, "document")} in ${count(status.collections, "collection")}`],
      ["Indexes", indexes.join("\n") || "in another store"],
      ["Found at the start", status.notes.join("\n") || "nothing damaged"],
      ["Sources", status.sources.join("\n") || "none on a schedule"],
      ["Questions are logged", status.question_log ? "yes" : "no"],
      ["Largest document", `${(status.limits.document_bytes / 1e6).toLocaleString()} MB`],
      ["Models", models.join("\n")],
      ["Version", status.version],
    ];
    byId("state").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", { text: name }), described(value)]));
  });
}

function described(value) {
  return make("dd", {}, ...value.split("\n").map((line) => make("div", { text: line })));
}

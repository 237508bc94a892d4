// Documents: adding them, the jobs on them, and the list with search, replacement and deletion.

import { attempt, byId, confirmed, count, fillCollections, make, notify, when } from "./admin-dom.js";
import { showJobs, watchJob } from "./admin-jobs.js";
import { query, request } from "./admin-service.js";
import { batches, chosenFiles, droppedFiles, sendBatch, visible } from "./admin-upload.js";

const [drop, files, folder, replacement, search, list] = [
  "drop", "files", "folder", "replacement", "search", "list",
].map(byId);
let limits = null;
let next = null; // the path of the list's next page
let replaced = null; // the document that the chosen file replaces

export function openDocuments(status) {
  limits = status.limits;
  drop.hidden = !status.writable;
  attempt(async () => {
    await refresh();
    if (status.writable) await showJobs(refresh);
  });
}

byId("choose-files").addEventListener("click", () => files.click());
byId("choose-folder").addEventListener("click", () => folder.click());
for (const input of [files, folder]) {
  input.addEventListener("change", () => {
    upload(chosenFiles(input.files));
    input.value = "";
  });
}
replacement.addEventListener("change", () => {
  const [item] = chosenFiles(replacement.files);
  if (item) upload([item], replaced);
  replacement.value = "";
});
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  upload(await droppedFiles(event.dataTransfer));
});
search.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(loadList);
});
search.elements.collection.addEventListener("change", () => attempt(loadList));
byId("more").addEventListener("click", () => attempt(loadMore));
byId("delete-collection").addEventListener("click", deleteCollection);

/** Sends files batch by batch, each after the work on the one before; `document`: what a file replaces. */
async function upload(chosen, document = null) {
  const items = visible(chosen);
  const collection = document?.collection ?? (byId("target").value.trim() || "default");
  const made = batches(items, limits);
  const refused = [];
  let done = 0;
  for (const batch of made) {
    say(`Sending ${done + 1} to ${done + batch.length} of ${count(items.length, "file")}…`);
    const sent = await attempt(() => sendBatch(batch, collection, document?.uri ?? null));
    if (sent === undefined) break;
    refused.push(...sent.refused);
    done += batch.length;
    for (const job of sent.jobs) await attempt(() => watchJob(job));
  }
  const lines = refused.map(({ path, reason }) => make("li", { class: "failed", text: `${path}: ${reason}`, dir: "auto" }));
  const taken = done - refused.length;
  say(`${count(taken, "file")} of ${items.length} sent.`, ...(lines.length ? [make("ul", {}, ...lines)] : []));
  await attempt(refresh);
}

function say(text, ...more) {
  byId("uploading").replaceChildren(make("p", { text }), ...more);
}

async function refresh() {
  const { collections } = await request("/v1/collections");
  const names = collections.map(({ name }) => name);
  fillCollections(search.elements.collection, names, "all");
  byId("collections").replaceChildren(...names.map((name) => make("option", { value: name })));
  await loadList();
}

async function loadList() {
  list.replaceChildren();
  const collection = search.elements.collection.value;
  byId("delete-collection").hidden = collection === "" || drop.hidden;
  next = `/v1/documents?${query({ q: search.elements.q.value.trim(), collection })}`;
  await loadMore();
  if (list.children.length === 0) {
    const isFiltered = search.elements.q.value.trim() || collection;
    list.append(make("li", { class: "muted", text: isFiltered ? "No document matches." : "There are no documents yet." }));
  }
}

async function loadMore() {
  const page = await request(next);
  next = page.next;
  byId("more").hidden = next === null;
  list.append(...page.documents.map(row));
}

function row(document) {
  const about = `${document.uri} · ${document.collection} · ${count(document.passages, "passage")} · ${when(document.updated_at)}`;
  const name = document.title || document.uri;
  const text = make(
    "div",
    {},
    make("a", { href: `/documents/${document.id}`, text: name, dir: "auto" }),
    make("p", { class: "muted", text: about, dir: "auto" }),
  );
  if (drop.hidden) return make("li", {}, text);
  const buttons = make(
    "div",
    { class: "buttons" },
    make("button", { type: "button", text: "Replace", "aria-label": `Replace ${name} by a file`, onclick: () => chooseReplacement(document) }),
    make("button", { type: "button", class: "danger", text: "Delete", "aria-label": `Delete ${name}`, onclick: () => deleteDocument(document, name) }),
  );
  return make("li", {}, make("div", { class: "one" }, text, buttons));
}

function chooseReplacement(document) {
  replaced = document;
  replacement.click();
}

async function deleteDocument(document, name) {
  if (!(await confirmed(`Delete “${name}”? No answer will cite it any more.`))) return;
  await attempt(async () => {
    await request(`/v1/documents/${document.id}`, { method: "DELETE" });
    await refresh();
    notify(`“${name}” is deleted.`);
  });
}

async function deleteCollection() {
  const name = search.elements.collection.value;
  if (!(await confirmed(`Delete the collection “${name}” with all of its documents?`))) return;
  await attempt(async () => {
    await request(`/v1/collections/${encodeURIComponent(name)}`, { method: "DELETE" });
    await refresh();
    notify(`The collection “${name}” is deleted.`);
  });
}

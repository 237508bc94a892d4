// The team's page: asks for the API key where the service has one, and shows the part that the address names.

import { byId, notify } from "./admin-dom.js";
import { openDocuments } from "./admin-documents.js";
import { openExplain } from "./admin-explain.js";
import { openQuestions } from "./admin-questions.js";
import { openKeys } from "./admin-keys.js";
import { hasKey, request, setKey, whenKeyNeeded } from "./admin-service.js";
import { openStatus } from "./admin-status.js";

const PARTS = {
  documents: ["Documents", openDocuments],
  questions: ["Questions", openQuestions],
  explain: ["Where was it lost?", openExplain],
  keys: ["Keys", openKeys],
  status: ["Status", openStatus],
};
let status = null; // of the service; null while it isn't open to this page

whenKeyNeeded(() => {
  const wasSent = hasKey();
  close();
  byId("sign-in").hidden = false;
  if (wasSent) notify("The service doesn't accept this key.", true);
});
byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  setKey(event.target.elements.key.value.trim());
  event.target.reset();
  open();
});
byId("sign-out").addEventListener("click", () => {
  close();
  open();
});
addEventListener("hashchange", () => status && show());
open();

async function open() {
  notify(null);
  try {
    status = await request("/v1/status");
  } catch (error) {
    if (error.status !== 401) notify(error.message, true);
    return;
  }
  byId("sign-in").hidden = true;
  byId("nav").hidden = false;
  byId("sign-out").hidden = !hasKey();
  show(false);
}

function close() {
  status = null;
  setKey(null);
  byId("nav").hidden = byId("sign-out").hidden = true;
  byId("heading").textContent = "Team";
  for (const part of Object.keys(PARTS)) byId(part).hidden = true;
}

function show(moveFocus = true) {
  const named = location.hash.slice(1);
  const part = Object.hasOwn(PARTS, named) ? named : "documents";
  const [title, fill] = PARTS[part];
  notify(null);
  byId("heading").textContent = title;
  document.title = `${title} – Saywhere`;
  for (const name of Object.keys(PARTS)) byId(name).hidden = name !== part;
  for (const link of byId("nav").children) {
    if (link.hash === `#${part}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (moveFocus) byId("heading").focus();
  fill(status);
}

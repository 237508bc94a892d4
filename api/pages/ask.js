// The page with the widget. /?q=… asks its question when the page opens, unless the tab's conversation
// has it already: the widget restores that, for example after Back from a source.

import { fetchJson } from "./service.js";

const [chat, hint] = ["chat", "hint"].map((id) => document.getElementById(id));

await customElements.whenDefined("saywhere-chat");
const question = new URLSearchParams(location.search).get("q");
if (question && !chat.turns.some((turn) => turn.question === question)) chat.ask(question);

const readiness = await fetchJson("/readyz").catch((error) => error);
if (readiness instanceof Error) {
  hint.textContent = readiness.message;
} else if (readiness.documents === 0) {
  hint.textContent = "There are no documents yet: add some with saywhere ingest FOLDER.";
} else {
  const documents = readiness.documents === 1 ? "1 document" : `${readiness.documents} documents`;
  hint.textContent = `${documents} to ask. Each answer comes with the exact places that say so.`;
}

// The page that shows the widget at work. /?q=… asks its question on opening; Back from a source finds
// the conversation as it was, since the widget keeps it for the tab.

import { call } from "./service.js";

const [chat, hint, origin] = ["chat", "hint", "origin"].map((id) => document.getElementById(id));

origin.textContent = location.origin;
await customElements.whenDefined("saywhere-chat");
const question = new URLSearchParams(location.search).get("q");
if (question && !chat.turns.some((turn) => turn.question === question)) chat.ask(question);

const ready = await call("/readyz").catch((error) => error);
if (ready instanceof Error) {
  hint.textContent = ready.message;
} else if (ready.documents === 0) {
  hint.textContent = "There are no documents yet: add some with saywhere ingest FOLDER.";
} else {
  const documents = ready.documents === 1 ? "1 document" : `${ready.documents} documents`;
  hint.textContent = `${documents} to ask. Each answer comes with the exact places that say so.`;
}

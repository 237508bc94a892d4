// Shows a document's text and marks what the address names: /documents/{id}?version={hex}#{start}-{end}.
// Of another version than the stored one nothing is marked: the place holds other words now.

import { parts, span } from "./positions.js";
import { call, element } from "./service.js";

const [title, about, notice, shown] = ["title", "about", "notice", "text"].map((id) =>
  document.getElementById(id),
);
notice.append(element("p", "reading quiet", "Opening…"));

try {
  const stored = await call(`/v1${location.pathname}`);
  title.textContent = title.title = stored.title;
  document.title = `${stored.title} – Saywhere`;
  about.textContent = `${stored.uri} · version ${hex(stored).slice(0, 12)}`;
  about.title = stored.version;
  show(stored);
  addEventListener("hashchange", () => show(stored));
} catch (error) {
  notice.replaceChildren(element("p", "error", error.message));
}

function hex({ version }) {
  return version.replace("sha256:", "");
}

function show(stored) {
  notice.replaceChildren();
  const named = new URLSearchParams(location.search).get("version") ?? "";
  if (hex(stored).startsWith(named)) {
    mark(stored.text);
    return;
  }
  shown.replaceChildren(stored.text);
  const changed = "The document has changed since the answer was given, so its quote is not marked here.";
  notice.append(element("p", "error", changed));
}

function mark(text) {
  const place = span(location.hash);
  const [before, quote, after] = place ? parts(text, place) : [text, "", ""];
  shown.replaceChildren(before);
  if (quote === "") {
    if (place) notice.append(element("p", "error", "The text has no such place; it may have changed."));
    shown.append(after);
    return;
  }
  const marked = document.createElement("mark");
  marked.textContent = quote;
  marked.tabIndex = -1; // so that reading aloud, and Tab, go on from here
  shown.append(marked, after);
  marked.scrollIntoView();
  marked.focus({ preventScroll: true });
}

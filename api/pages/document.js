// Shows a document's text and marks what the address names: /documents/{id}#{start}-{end}.

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
  about.textContent = `${stored.uri} · version ${stored.version.replace("sha256:", "").slice(0, 12)}`;
  about.title = stored.version;
  mark(stored.text);
  addEventListener("hashchange", () => mark(stored.text));
} catch (error) {
  notice.replaceChildren(element("p", "error", error.message));
}

function mark(text) {
  notice.replaceChildren();
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

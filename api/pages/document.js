// Shows a document and marks the span that the address names: /documents/{id}?version={hex}#{start}-{end}.
// If the stored version is another one, nothing is marked, since the offsets point to other text.

import { layOut, pageOf } from "./layout.js";
import { parseSpan } from "./positions.js";
import { createElement, fetchJson } from "./service.js";

const [title, about, notice, container] = ["title", "about", "notice", "text"].map((id) =>
  document.getElementById(id),
);
notice.append(createElement("p", "reading muted", "Opening…"));

try {
  const stored = await fetchJson(`/v1${location.pathname}`);
  title.textContent = title.title = stored.title;
  document.title = `${stored.title} – Saywhere`;
  about.title = stored.version;
  show(stored);
  addEventListener("hashchange", () => show(stored));
} catch (error) {
  notice.replaceChildren(createElement("p", "error", error.message));
}

function versionHex({ version }) {
  return version.replace("sha256:", "");
}

function show(stored) {
  notice.replaceChildren();
  const version = new URLSearchParams(location.search).get("version") ?? "";
  if (versionHex(stored).startsWith(version)) {
    showMarked(stored);
    return;
  }
  render(stored, null);
  const message = "The document has changed since the answer was given, so its quote is not marked here.";
  notice.append(createElement("p", "error", message));
}

function showMarked(stored) {
  const span = parseSpan(location.hash);
  const marks = render(stored, span);
  if (marks.length === 0) {
    const message = "The text has no such place; it may have changed.";
    if (span) notice.append(createElement("p", "error", message));
    return;
  }
  marks[0].tabIndex = -1; // focusable, so that a screen reader and Tab continue from here
  marks[0].scrollIntoView();
  marks[0].focus({ preventScroll: true });
  // Parts that have come into view have their real height now, so the position is corrected.
  requestAnimationFrame(() => requestAnimationFrame(() => marks[0].scrollIntoView()));
}

/** Renders the text, and the line about its source; returns the mark elements of a span. */
function render(stored, span) {
  const { parts, marks } = layOut(stored, span);
  container.replaceChildren(...parts);
  const page = span && marks.length > 0 ? pageOf(stored.pages, span.start) : null;
  const version = `version ${versionHex(stored).slice(0, 12)}`;
  const source = page === null ? [stored.uri, version] : [stored.uri, `page ${page}`, version];
  about.textContent = source.join(" · ");
  return marks;
}

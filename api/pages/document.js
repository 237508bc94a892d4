// Shows a document's text and marks what the address names: /documents/{id}?version={hex}#{start}-{end}.
// Of another version than the stored one nothing is marked: the place holds other words now.

import { laidOut, pageOf } from "./layout.js";
import { span } from "./positions.js";
import { call, element } from "./service.js";

const [title, about, notice, shown] = ["title", "about", "notice", "text"].map((id) =>
  document.getElementById(id),
);
notice.append(element("p", "reading quiet", "Opening…"));

try {
  const stored = await call(`/v1${location.pathname}`);
  title.textContent = title.title = stored.title;
  document.title = `${stored.title} – Saywhere`;
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
    mark(stored);
    return;
  }
  fill(stored, null);
  const changed = "The document has changed since the answer was given, so its quote is not marked here.";
  notice.append(element("p", "error", changed));
}

function mark(stored) {
  const place = span(location.hash);
  const marks = fill(stored, place);
  if (marks.length === 0) {
    if (place) notice.append(element("p", "error", "The text has no such place; it may have changed."));
    return;
  }
  marks[0].tabIndex = -1; // so that reading aloud, and Tab, go on from here
  marks[0].scrollIntoView();
  marks[0].focus({ preventScroll: true });
  // What came into view by that has now its real height, above the mark too.
  requestAnimationFrame(() => requestAnimationFrame(() => marks[0].scrollIntoView()));
}

/** Shows text and where it is from; returns the marks of a place in it. */
function fill(stored, place) {
  const { parts, marks } = laidOut(stored, place);
  shown.replaceChildren(...parts);
  const page = place && marks.length > 0 ? pageOf(stored.pages, place.start) : null;
  const version = `version ${hex(stored).slice(0, 12)}`;
  const where = page === null ? [stored.uri, version] : [stored.uri, `page ${page}`, version];
  about.textContent = where.join(" · ");
  return marks;
}

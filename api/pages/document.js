// Shows a document and marks the span that the address names: /documents/{id}?version={hex}#{start}-{end}.
// If the stored version is another one, nothing is marked, since the offsets point to other text. With
// `view=page` in its query, it shows the page of the PDF that the document was read from.

import { layOut, pageOf } from "./layout.js";
import { PageView } from "./page-view.js";
import { parseSpan } from "./positions.js";
import { createElement, fetchJson } from "./service.js";

const [title, about, notice, container, pages, views] = ["title", "about", "notice", "text", "pages", "views"].map(
  (id) => document.getElementById(id),
);
const [textButton, pageButton] = views.children;
notice.append(createElement("p", "reading muted", "Opening…"));

try {
  const stored = await fetchJson(`/v1${location.pathname}`);
  title.textContent = title.title = stored.title;
  document.title = `${stored.title} – Saywhere`;
  about.title = stored.version;
  const pageView = stored.original?.has_pages ? new PageView(pages, stored) : null;
  views.hidden = pageView === null;
  const showAll = () => show(stored, pageView);
  textButton.addEventListener("click", () => changeView("text", showAll));
  pageButton.addEventListener("click", () => changeView("page", showAll));
  addEventListener("hashchange", showAll);
  showAll();
} catch (error) {
  notice.replaceChildren(createElement("p", "error", error.message));
}

function versionHex({ version }) {
  return version.replace("sha256:", "");
}

function changeView(view, showAll) {
  const address = new URL(location.href);
  if (view === "page") address.searchParams.set("view", view);
  else address.searchParams.delete("view");
  history.replaceState(null, "", address);
  showAll();
}

function show(stored, pageView) {
  const query = new URLSearchParams(location.search);
  const isCurrent = versionHex(stored).startsWith(query.get("version") ?? "");
  const isPage = pageView !== null && query.get("view") === "page";
  notice.replaceChildren();
  textButton.ariaPressed = String(!isPage);
  pageButton.ariaPressed = String(isPage);
  container.hidden = isPage;
  pages.hidden = !isPage;
  const span = isCurrent ? parseSpan(location.hash) : null;
  const marks = render(stored, span);
  if (isPage) pageView.show(marks.length > 0 ? span : null);
  else if (marks.length > 0) bringIntoView(marks[0]);
  if (!isCurrent) {
    complain("The document has changed since the answer was given, so its quote is not marked here.");
  } else if (span && marks.length === 0) {
    complain("The text has no such place; it may have changed.");
  }
}

function complain(message) {
  notice.append(createElement("p", "error", message));
}

function bringIntoView(mark) {
  mark.tabIndex = -1; // focusable, so that a screen reader and Tab continue from here
  mark.scrollIntoView();
  mark.focus({ preventScroll: true });
  // Parts that have come into view have their real height now, so the position is corrected.
  requestAnimationFrame(() => requestAnimationFrame(() => mark.scrollIntoView()));
}

/** Renders the text, and the line about its source; returns the mark elements of a span. */
function render(stored, span) {
  const { parts, marks } = layOut(stored, span);
  container.replaceChildren(...parts);
  const page = span && marks.length > 0 ? pageOf(stored.pages, span.start) : null;
  const version = `version ${versionHex(stored).slice(0, 12)}`;
  const source = page === null ? [stored.uri, version] : [stored.uri, `page ${page}`, version];
  about.replaceChildren(source.join(" · "));
  if (stored.original) about.append(" · ", download(stored.original));
  return marks;
}

function download({ name, size, url }) {
  const link = createElement("a", "", "Download the original");
  link.href = url;
  link.download = name;
  const kind = /\.(\w{1,5})$/.exec(name)?.[1].toUpperCase();
  link.append(` (${[kind, formatSize(size)].filter(Boolean).join(", ")})`);
  return link;
}

function formatSize(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

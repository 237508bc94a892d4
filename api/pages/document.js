// Shows a document's text and marks what the address names: /documents/{id}#{start}-{end}.

import { parts, span } from "./positions.js";

const title = document.getElementById("title");
const about = document.getElementById("about");
const shown = document.getElementById("text");

const response = await fetch(`/v1${location.pathname}`);
const stored = await response.json();
if (response.ok) {
  title.textContent = document.title = stored.title;
  about.textContent = `${stored.uri} · ${stored.version}`;
  mark();
  addEventListener("hashchange", mark);
} else {
  title.textContent = stored.title;
}

function mark() {
  const place = span(location.hash);
  if (!place) {
    shown.textContent = stored.text;
    return;
  }
  const [before, quote, after] = parts(stored.text, place);
  const marked = document.createElement("mark");
  marked.textContent = quote;
  shown.replaceChildren(before, marked, after);
  marked.scrollIntoView({ block: "center" });
}

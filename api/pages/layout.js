// A document's text as elements: its headings, where its pages begin, and the marked place; all of the
// text and nothing else is in them. It is cut at line ends into parts that the browser lays out as they
// come into view, so that a book opens as fast as a note.

import { units } from "./positions.js";
import { element } from "./service.js";

const PART = 6000; // UTF-16 units after which a new part begins at the next line

/** The parts of a document as the service sends it, and the marks in them; `place` is a span or null. */
export function laidOut({ text, sections, pages }, place) {
  const spans = place ? [...sections, ...pages, place] : [...sections, ...pages];
  const at = units(text, spans.flatMap(({ start, end }) => [start, end]));
  const headings = new Map(sections.flatMap((section) => heading(text, at.get(section.start), section.path)));
  const breaks = new Map(pages.map((page) => [at.get(page.start), page.number]));
  const marked = place && [at.get(place.start), at.get(place.end)];
  const parts = [];
  const marks = [];
  let size = 0;
  for (const { start, end, level, page } of blocks(text, headings, breaks)) {
    if (parts.length === 0 || (size > PART && text[start - 1] === "\n")) {
      parts.push(element("div", "part"));
      size = 0;
    }
    const part = parts.at(-1);
    if (page !== undefined) part.append(pageBreak(page));
    const into = level ? part.appendChild(element(`h${level}`, "heading")) : part;
    marks.push(...fill(into, text, start, end, marked));
    size += end - start;
  }
  return { parts, marks };
}

/** The number of the page that holds a code point offset, or null. */
export function pageOf(pages, offset) {
  return pages.find((page) => page.start <= offset && offset < page.end)?.number ?? null;
}

/** [[start, { end, level }]] where a section begins with its heading's line, or []. */
function heading(text, start, path) {
  const line = text.indexOf("\n", start) + 1;
  const end = line || text.length;
  const same = path.length > 0 && squeezed(text.slice(start, end)) === squeezed(path.at(-1));
  return same ? [[start, { end, level: Math.min(6, path.length + 1) }]] : [];
}

/** The text in order: headings, and stretches between them that begin with a page or at a line. */
function* blocks(text, headings, breaks) {
  const ends = [...headings.values()].map(({ end }) => end);
  const edges = [...new Set([0, ...headings.keys(), ...ends, ...breaks.keys()])].sort((a, b) => a - b);
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1] ?? text.length;
    const level = headings.get(start)?.level;
    let from = start;
    while (end - from > PART) {
      const line = text.indexOf("\n", from + PART) + 1;
      if (line === 0 || line >= end) break;
      yield { start: from, end: line, level, page: from === start ? breaks.get(start) : undefined };
      from = line;
    }
    yield { start: from, end, level, page: from === start ? breaks.get(start) : undefined };
  }
}

/** Appends text[start:end], what of it is marked as mark elements; returns those. */
function fill(into, text, start, end, marked) {
  const [first, last] = marked ?? [end, end];
  const from = Math.min(Math.max(start, first), end);
  const to = Math.max(Math.min(end, last), from);
  const mark = element("mark", "", text.slice(from, to));
  into.append(text.slice(start, from), ...(from < to ? [mark] : []), text.slice(to, end));
  return from < to ? [mark] : [];
}

function pageBreak(number) {
  const made = element("span", "page");
  made.dataset.number = number;
  made.setAttribute("role", "separator");
  made.setAttribute("aria-label", `Page ${number}`);
  return made;
}

function squeezed(text) {
  return text.replace(/\s+/g, " ").trim();
}

// A document's text as elements: headings, page breaks and the marked span, with all of the text and
// nothing else in them. It is divided at line ends into parts that the browser lays out as they come into
// view (content-visibility), so that a long document opens as fast as a short one.

import { utf16Indices } from "./positions.js";
import { createElement } from "./service.js";

const PART_LENGTH = 6000; // UTF-16 units after which the next line begins a new part

/** The parts of a document as the service sends it, and the mark elements; `span`: what to mark, or null. */
export function layOut({ text, sections, pages }, span) {
  const spans = span ? [...sections, ...pages, span] : [...sections, ...pages];
  const index = utf16Indices(text, spans.flatMap(({ start, end }) => [start, end]));
  const headings = new Map(sections.flatMap((section) => heading(text, index.get(section.start), section.path)));
  const breaks = new Map(pages.map((page) => [index.get(page.start), page.number]));
  const marked = span && [index.get(span.start), index.get(span.end)];
  const parts = [];
  const marks = [];
  let length = 0; // of the last part
  for (const { start, end, level, page } of blocks(text, headings, breaks)) {
    if (parts.length === 0 || (length > PART_LENGTH && text[start - 1] === "\n")) {
      parts.push(createElement("div", "part"));
      length = 0;
    }
    const part = parts.at(-1);
    if (page !== undefined) part.append(pageBreak(page));
    const parent = level ? part.appendChild(createElement(`h${level}`, "heading")) : part;
    marks.push(...appendText(parent, text, start, end, marked));
    length += end - start;
  }
  return { parts, marks };
}

/** The number of the page that contains a code point offset, or null. */
export function pageOf(pages, offset) {
  return pages.find((page) => page.start <= offset && offset < page.end)?.number ?? null;
}

/** [[start, { end, level }]] if the section's first line is its heading, else []. */
function heading(text, start, path) {
  const nextLine = text.indexOf("\n", start) + 1;
  const end = nextLine || text.length;
  const isHeading = path.length > 0 && collapseSpaces(text.slice(start, end)) === collapseSpaces(path.at(-1));
  return isHeading ? [[start, { end, level: Math.min(6, path.length + 1) }]] : [];
}

/** The text in order: headings, and the stretches between them, split at page breaks and line ends. */
function* blocks(text, headings, breaks) {
  const ends = [...headings.values()].map(({ end }) => end);
  const boundaries = [...new Set([0, ...headings.keys(), ...ends, ...breaks.keys()])].sort((a, b) => a - b);
  for (const [i, start] of boundaries.entries()) {
    const end = boundaries[i + 1] ?? text.length;
    const level = headings.get(start)?.level;
    let from = start;
    while (end - from > PART_LENGTH) {
      const nextLine = text.indexOf("\n", from + PART_LENGTH) + 1;
      if (nextLine === 0 || nextLine >= end) break;
      yield { start: from, end: nextLine, level, page: from === start ? breaks.get(start) : undefined };
      from = nextLine;
    }
    yield { start: from, end, level, page: from === start ? breaks.get(start) : undefined };
  }
}

/** Appends text[start:end], its part within `marked` as a mark element; returns the mark elements. */
function appendText(parent, text, start, end, marked) {
  const [first, last] = marked ?? [end, end];
  const from = Math.min(Math.max(start, first), end);
  const to = Math.max(Math.min(end, last), from);
  const mark = createElement("mark", "", text.slice(from, to));
  parent.append(text.slice(start, from), ...(from < to ? [mark] : []), text.slice(to, end));
  return from < to ? [mark] : [];
}

function pageBreak(number) {
  const separator = createElement("span", "page");
  separator.dataset.number = number;
  separator.setAttribute("role", "separator");
  separator.setAttribute("aria-label", `Page ${number}`);
  return separator;
}

function collapseSpaces(text) {
  return text.replace(/\s+/g, " ").trim();
}

// A document's text as elements: headings, paragraphs, lists, tables, page breaks and the marked span, with
// all of the text and nothing else in them. What only divides blocks or cells (line ends, bars) is in them
// too, but hidden, so that the text before a place is the document's text up to it. It is divided into parts
// that the browser lays out as they come into view (content-visibility), so that a long document opens as
// fast as a short one.

import { BlockWriter } from "./blocks.js";
import { utf16Indices } from "./positions.js";
import { TextWriter } from "./text-writer.js";

const PART_LENGTH = 6000; // UTF-16 units after which the next line begins a new part

/** The parts of a document as the service sends it, and the mark elements; `span`: what to mark, or null. */
export function layOut({ text, sections, pages, blocks = [] }, span) {
  const spans = [...sections, ...pages, ...blocks, ...(span ? [span] : [])];
  const index = utf16Indices(text, spans.flatMap(({ start, end }) => [start, end]));
  const headings = new Map(sections.flatMap((section) => heading(text, index.get(section.start), section.path)));
  const breaks = pages.map((page) => [index.get(page.start), page.number]);
  const marked = span && [index.get(span.start), index.get(span.end)];
  const placed = blocks.map(({ start, end, kind }) => ({ start: index.get(start), end: index.get(end), kind }));
  const textWriter = new TextWriter(text, breaks, marked);
  const writer = new BlockWriter(text, textWriter, PART_LENGTH);
  for (const piece of placed.length ? structured(text, placed, headings) : plain(text, headings)) {
    writer.add(piece);
  }
  writer.finish();
  return { parts: writer.parts, marks: textWriter.marks };
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

/** The text in order as blocks and the gaps between them; a heading has its level. */
function* structured(text, blocks, headings) {
  let at = 0;
  for (const { start, end, kind } of blocks) {
    if (start < at) continue; // blocks don't overlap
    if (at < start) yield { start: at, end: start, kind: "gap" };
    if (start < end) yield { start, end, kind, level: headings.get(start)?.level ?? 2 };
    at = end;
  }
  if (at < text.length) yield { start: at, end: text.length, kind: "gap" };
}

/** A text without blocks in order: headings, and the stretches between them, cut at line ends. */
function* plain(text, headings) {
  const ends = [...headings.values()].map(({ end }) => end);
  const boundaries = [...new Set([0, ...headings.keys(), ...ends])].sort((a, b) => a - b);
  for (const [i, start] of boundaries.entries()) {
    const end = boundaries[i + 1] ?? text.length;
    const level = headings.get(start)?.level;
    const kind = level ? "heading" : "text";
    let from = start;
    while (end - from > PART_LENGTH) {
      const nextLine = text.indexOf("\n", from + PART_LENGTH) + 1;
      if (nextLine === 0 || nextLine >= end) break;
      yield { start: from, end: nextLine, kind, level };
      from = nextLine;
    }
    yield { start: from, end, kind, level };
  }
}

function collapseSpaces(text) {
  return text.replace(/\s+/g, " ").trim();
}

// Appends stretches of the text to elements, with the marked span and the page breaks in them.

import { createElement } from "./service.js";

/** `breaks`: [index, page number] in order; `marked`: [start, end] or null; `marks`: the elements made. */
export class TextWriter {
  #text;
  #breaks;
  #marked;
  #hidden = false;
  marks = [];

  constructor(text, breaks, marked) {
    this.#text = text;
    this.#breaks = [...breaks];
    this.#marked = marked;
  }

  /** Whether a page begins at the index or before it, and its break isn't written yet. */
  hasBreakAt(index) {
    return this.#breaks.length > 0 && this.#breaks[0][0] <= index;
  }

  /** Appends the breaks of the pages that begin at the index or before it. */
  breakAt(index, parent) {
    while (this.hasBreakAt(index)) parent.append(pageBreak(this.#breaks.shift()[1]));
  }

  /** Appends text[start:end], its part within the marked span as mark elements. */
  append(parent, start, end) {
    let from = start;
    while (this.hasBreakAt(end - 1)) {
      const at = Math.max(from, this.#breaks[0][0]);
      this.#appendStretch(parent, from, at);
      this.breakAt(at, parent);
      from = at;
    }
    this.#appendStretch(parent, from, end);
  }

  /** Appends text[start:end] so that it isn't seen or read; marks in it are none of `marks`. */
  appendHidden(parent, start, end) {
    if (start >= end) return;
    const hidden = parent.appendChild(createElement("span", "gap"));
    hidden.hidden = true;
    this.#hidden = true;
    this.#appendStretch(hidden, start, end);
    this.#hidden = false;
  }

  #appendStretch(parent, start, end) {
    if (start >= end) return;
    const [first, last] = this.#marked ?? [end, end];
    const from = Math.min(Math.max(start, first), end);
    const to = Math.max(Math.min(end, last), from);
    if (start < from) parent.append(this.#text.slice(start, from));
    if (from < to) {
      const mark = parent.appendChild(createElement("mark", "", this.#text.slice(from, to)));
      if (!this.#hidden) this.marks.push(mark);
    }
    if (to < end) parent.append(this.#text.slice(to, end));
  }
}

function pageBreak(number) {
  const separator = createElement("span", "page");
  separator.dataset.number = number;
  separator.setAttribute("role", "separator");
  separator.setAttribute("aria-label", `Page ${number}`);
  return separator;
}

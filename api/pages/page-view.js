// The pages of a PDF as images, with a quote marked where it stands.

import { pageOf } from "./layout.js";
import { createElement, fetchJson } from "./service.js";

const LOST = "The quote can't be located on the page's image; it is marked in the text.";

export class PageView {
  #stored;
  #count;
  #number = 1;
  #places = new Map(); // by page number: the boxes of the quote
  #shown = null; // what `show` was last given, as text
  #image = createElement("img");
  #sheet = createElement("div", "sheet");
  #label = createElement("span", "", "");
  #note = createElement("p", "muted");
  #previous = button("‹", "Previous page");
  #next = button("›", "Next page");

  constructor(container, stored) {
    this.#stored = stored;
    this.#count = Math.max(1, ...stored.pages.map(({ number }) => number));
    this.#note.setAttribute("role", "status");
    this.#sheet.append(this.#image);
    const controls = createElement("div", "pager");
    controls.append(this.#previous, this.#label, this.#next);
    container.replaceChildren(controls, this.#note, this.#sheet);
    this.#previous.addEventListener("click", () => this.#go(this.#number - 1));
    this.#next.addEventListener("click", () => this.#go(this.#number + 1));
    this.#image.addEventListener("load", () => {
      this.#note.textContent = this.#isLost() ? LOST : "";
      this.#mark();
    });
    this.#image.addEventListener("error", () => {
      this.#note.textContent = "This page can't be drawn now.";
    });
  }

  /** Shows the page that a span of the text is on, with the span marked; without a span, the first page. */
  async show(span) {
    const asked = span ? `${span.start}-${span.end}` : "";
    if (asked === this.#shown) return;
    this.#shown = asked;
    this.#places = new Map();
    const first = span ? (pageOf(this.#stored.pages, span.start) ?? 1) : 1;
    this.#go(first);
    if (!span) return;
    try {
      const query = this.#query({ start: span.start, end: span.end });
      const { pages } = await fetchJson(this.#path("page-marks", query));
      if (asked !== this.#shown) return;
      this.#places = new Map(pages.map(({ number, boxes }) => [number, boxes]));
      if (this.#isLost()) this.#note.textContent = LOST;
      if (this.#image.complete && this.#image.naturalWidth > 0) this.#mark();
    } catch (error) {
      this.#note.textContent = error.message;
    }
  }

  #go(number) {
    this.#number = Math.min(Math.max(number, 1), this.#count);
    this.#label.textContent = `Page ${this.#number} of ${this.#count}`;
    this.#previous.disabled = this.#number === 1;
    this.#next.disabled = this.#number === this.#count;
    this.#note.textContent = "Drawing the page…";
    this.#sheet.replaceChildren(this.#image);
    this.#image.alt = `Page ${this.#number} of ${this.#stored.title}`;
    this.#image.src = this.#path("page-images", this.#query({ page: this.#number }));
  }

  /** Whether a quote was looked for and found on no page. */
  #isLost() {
    return this.#places.size > 0 && [...this.#places.values()].every((boxes) => boxes.length === 0);
  }

  /** Marks the quote on the page that is shown, and brings it into view. */
  #mark() {
    const boxes = this.#places.get(this.#number) ?? [];
    const places = boxes.map(({ left, top, width, height }) => {
      const place = createElement("div", "place");
      Object.assign(place.style, { left: share(left), top: share(top), width: share(width), height: share(height) });
      return place;
    });
    this.#sheet.replaceChildren(this.#image, ...places);
    places[0]?.scrollIntoView({ block: "center" });
  }

  #query(values) {
    return new URLSearchParams({ ...values, version: this.#stored.version });
  }

  #path(route, query) {
    const id = this.#stored.id.split("/").map(encodeURIComponent).join("/");
    return `/v1/${route}/${id}?${query}`;
  }
}

function button(text, label) {
  const element = createElement("button", "", text);
  element.type = "button";
  element.ariaLabel = label;
  return element;
}

function share(value) {
  return `${value * 100}%`;
}

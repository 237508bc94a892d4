// The card that shows a citation in its context: on hover, focus or tap of its number.
// It comes with the pointer and stays under it, Escape closes it (WCAG 2.2, 1.4.13), and it stands
// right after its number, so that Tab leads from one into the other.

import { h } from "./dom.js";
import { publicUrl, sourceUrl } from "./links.js";
import { place } from "./markdown.js";
import { fill } from "./texts.js";

const SOON = 120; // milliseconds of hovering before it opens
const LATE = 250; // and after it before it closes
const GAP = 8; // pixels

export class Card {
  #element = h("span", { class: "card", id: "card", popover: "manual", role: "group" });
  #number = null;
  #pinned = false;
  #timer = 0;

  constructor() {
    const stay = () => clearTimeout(this.#timer);
    this.#element.addEventListener("pointerenter", stay);
    this.#element.addEventListener("pointerleave", (event) => this.#leave(event));
    this.#element.addEventListener("focusout", (event) => this.#blur(event));
  }

  get open() {
    return this.#number !== null;
  }

  /** The button that stands for a citation. */
  number(index, citation, options) {
    const name = fill(options.texts.source, { n: index + 1, title: citation.title });
    const show = () => this.#show(number, name, citation, options);
    const number = h(
      "button",
      {
        type: "button",
        class: "number",
        "aria-label": name,
        "aria-expanded": "false",
        pointerenter: (event) => event.pointerType === "mouse" && this.#later(SOON, show),
        pointerleave: (event) => this.#leave(event),
        focus: () => number.matches(":focus-visible") && show(),
        blur: (event) => this.#blur(event),
        click: (event) => this.#click(event, number, show),
      },
      `${index + 1}`,
    );
    return number;
  }

  /** Closes it, and gives the focus back to its number if it was inside. */
  close() {
    clearTimeout(this.#timer);
    const number = this.#number;
    if (!number) return;
    const inside = this.#element.contains(this.#element.getRootNode().activeElement);
    this.#number = null;
    this.#pinned = false;
    number.setAttribute("aria-expanded", "false");
    number.removeAttribute("aria-controls");
    if (inside) number.focus();
    this.#number = null; // the focus may have opened it again
    if (this.#element.matches(":popover-open")) this.#element.hidePopover();
    this.#element.remove();
  }

  /** Follows its number when something scrolled; closes when that is out of sight. */
  follow(frame) {
    if (!this.#number) return;
    const [box, seen] = [this.#number.getBoundingClientRect(), frame.getBoundingClientRect()];
    if (box.bottom < seen.top || box.top > seen.bottom) this.close();
    else this.#place();
  }

  #show(number, name, citation, options) {
    clearTimeout(this.#timer);
    if (this.#number === number) return;
    this.close();
    this.#number = number;
    this.#element.replaceChildren(...content(citation, options));
    this.#element.setAttribute("aria-label", name);
    number.setAttribute("aria-expanded", "true");
    number.setAttribute("aria-controls", "card");
    number.after(this.#element);
    this.#element.showPopover();
    this.#place();
  }

  #click(event, number, show) {
    if (this.#number === number && this.#pinned) return this.close();
    show();
    this.#pinned = true;
    if (event.detail === 0) this.#element.querySelector("a")?.focus(); // by keyboard
  }

  #leave(event) {
    if (event.pointerType === "mouse") this.#later(LATE, () => this.#pinned || this.close());
  }

  #blur({ relatedTarget }) {
    const within = relatedTarget === this.#number || this.#element.contains(relatedTarget);
    if (this.#number && !within && relatedTarget) this.close();
  }

  #later(milliseconds, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, milliseconds);
  }

  /** Under its number, or above it where there is more room. */
  #place() {
    const number = this.#number.getBoundingClientRect();
    const card = this.#element.getBoundingClientRect();
    const below = innerHeight - number.bottom;
    const top =
      below > card.height + 2 * GAP || below > number.top
        ? Math.min(number.bottom + GAP, innerHeight - card.height - GAP)
        : Math.max(GAP, number.top - card.height - GAP);
    const middle = number.left + number.width / 2 - card.width / 2;
    const left = Math.max(GAP, Math.min(middle, document.documentElement.clientWidth - card.width - GAP));
    this.#element.style.setProperty("top", `${top}px`);
    this.#element.style.setProperty("left", `${left}px`);
  }
}

function content(citation, { texts, endpoint }) {
  const { prefix, quote, suffix, title } = citation;
  const near = [prefix?.split("\n").at(-1).trimStart(), suffix?.split("\n")[0].trimEnd()]; // of its own line
  const [before, after] = [near[0] ? `…${near[0]}` : "", near[1] ? `${near[1]}…` : ""];
  return [
    h("span", { class: "context", dir: "auto" }, before, h("mark", {}, quote), after),
    h("span", { class: "place", dir: "auto" }, h("b", {}, title), ...steps(citation, texts)),
    h(
      "span",
      { class: "links" },
      outward(sourceUrl(citation, endpoint), texts.openSource, texts),
      outward(publicUrl(citation), texts.openPublic, texts),
    ),
  ];
}

/** What stands between a title and the quote: headings and page. */
export function steps(citation, texts) {
  const page = citation.page ? [fill(texts.page, { n: citation.page })] : [];
  return [...place(citation), ...page].map((step) => h("span", { class: "step" }, step));
}

/** A link to another page, in another tab; null where there is no address. */
export function outward(address, words, texts) {
  if (!address) return null;
  const hint = h("span", { class: "unseen" }, ` ${texts.newTab}`);
  return h("a", { href: address, target: "_blank", rel: "noopener" }, words, hint);
}

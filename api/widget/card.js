// The card that shows a citation in its context, on hover, focus or tap of the citation's number.
// The pointer may move onto it, Escape closes it (WCAG 2.2, 1.4.13), and it follows its number in the
// document, so that Tab moves from the one into the other.

import { h } from "./dom.js";
import { publicUrl, sourceUrl } from "./links.js";
import { headingsOf } from "./markdown.js";
import { quoteElements } from "./quote.js";
import { fill } from "./texts.js";

const OPEN_DELAY = 120; // milliseconds of hovering
const CLOSE_DELAY = 250; // milliseconds after the pointer left
const GAP = 8; // pixels
const CONTEXT = 32; // characters that the service sends of what stands before and after a quote

export class Card {
  #element = h("div", { class: "card", id: "card", popover: "manual", role: "group" });
  #number = null; // the button whose citation is shown
  #pinned = false; // opened by a click: stays when the pointer leaves
  #timer = 0;

  constructor() {
    const cancelTimer = () => clearTimeout(this.#timer);
    this.#element.addEventListener("pointerenter", cancelTimer);
    this.#element.addEventListener("pointerleave", (event) => this.#onLeave(event));
    this.#element.addEventListener("focusout", (event) => this.#onBlur(event));
  }

  get open() {
    return this.#number !== null;
  }

  /** A citation's number: the button that opens the card. `options`: texts and endpoint. */
  numberButton(index, citation, options) {
    const name = fill(options.texts.source, { n: index + 1, title: citation.title });
    const show = () => this.#show(number, name, citation, options);
    const number = h(
      "button",
      {
        type: "button",
        class: "number",
        "aria-label": name,
        "aria-expanded": "false",
        pointerenter: (event) => event.pointerType === "mouse" && this.#schedule(OPEN_DELAY, show),
        pointerleave: (event) => this.#onLeave(event),
        focus: () => number.matches(":focus-visible") && show(),
        blur: (event) => this.#onBlur(event),
        click: (event) => this.#onClick(event, number, show),
      },
      `${index + 1}`,
    );
    return number;
  }

  /** Closes it; if the focus was inside, the number gets it. */
  close() {
    clearTimeout(this.#timer);
    const number = this.#number;
    if (!number) return;
    const hadFocus = this.#element.contains(this.#element.getRootNode().activeElement);
    this.#number = null;
    this.#pinned = false;
    number.setAttribute("aria-expanded", "false");
    number.removeAttribute("aria-controls");
    if (hadFocus) number.focus();
    this.#number = null; // the focus event may have set it again
    if (this.#element.matches(":popover-open")) this.#element.hidePopover();
    this.#element.remove();
  }

  /** Moves with its number when `frame` or the page scrolls; closes when the number is out of sight. */
  follow(frame) {
    if (!this.#number) return;
    const [box, visible] = [this.#number.getBoundingClientRect(), frame.getBoundingClientRect()];
    if (box.bottom < visible.top || box.top > visible.bottom) this.close();
    else this.#position();
  }

  #show(number, name, citation, options) {
    clearTimeout(this.#timer);
    if (this.#number === number) return;
    this.close();
    this.#number = number;
    this.#element.replaceChildren(...cardContent(citation, options));
    this.#element.setAttribute("aria-label", name);
    number.setAttribute("aria-expanded", "true");
    number.setAttribute("aria-controls", "card");
    number.after(this.#element);
    this.#element.showPopover();
    this.#position();
  }

  #onClick(event, number, show) {
    if (this.#number === number && this.#pinned) return this.close();
    show();
    this.#pinned = true;
    if (event.detail === 0) this.#element.querySelector("a")?.focus(); // pressed by keyboard
  }

  #onLeave(event) {
    if (event.pointerType === "mouse") this.#schedule(CLOSE_DELAY, () => this.#pinned || this.close());
  }

  #onBlur({ relatedTarget }) {
    const inside = relatedTarget === this.#number || this.#element.contains(relatedTarget);
    if (this.#number && !inside && relatedTarget) this.close();
  }

  #schedule(milliseconds, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, milliseconds);
  }

  /** Below its number, or above it if there is more room. */
  #position() {
    const number = this.#number.getBoundingClientRect();
    const card = this.#element.getBoundingClientRect();
    const below = innerHeight - number.bottom;
    const top =
      below > card.height + 2 * GAP || below > number.top
        ? Math.min(number.bottom + GAP, innerHeight - card.height - GAP)
        : Math.max(GAP, number.top - card.height - GAP);
    const centred = number.left + number.width / 2 - card.width / 2;
    const left = Math.max(GAP, Math.min(centred, document.documentElement.clientWidth - card.width - GAP));
    this.#element.style.setProperty("top", `${top}px`);
    this.#element.style.setProperty("left", `${left}px`);
  }
}

function cardContent(citation, { texts, endpoint }) {
  const { quote, title, columns = [] } = citation;
  const [before, after] = sameLine(citation);
  const to = before.length + quote.length;
  return [
    h("div", { class: "context" }, ...quoteElements(before + quote + after, columns, before.length, to)),
    h("span", { class: "place", dir: "auto" }, h("b", {}, title), ...breadcrumbs(citation, texts)),
    h(
      "span",
      { class: "links" },
      externalLink(sourceUrl(citation, endpoint), texts.openSource, texts),
      externalLink(publicUrl(citation), texts.openPublic, texts),
    ),
  ];
}

/** What stands before and after a quote on its line, in whole words; the service sends so many characters. */
function sameLine({ start, prefix = "", suffix = "" }) {
  const isWhole = prefix.includes("\n") || start <= [...prefix].length;
  const line = prefix.split("\n").at(-1);
  const before = isWhole ? line.trimStart() : line.replace(/^\S*\s*/, "…");
  const isEnd = suffix.includes("\n") || [...suffix].length < CONTEXT;
  const rest = suffix.split("\n")[0];
  const after = isEnd ? rest.trimEnd() : rest.replace(/\s*\S*$/, "…");
  return [before === "…" ? "" : before, after === "…" ? "" : after];
}

/** The headings and the page of a citation, as elements. */
export function breadcrumbs(citation, texts) {
  const page = citation.page ? [fill(texts.page, { n: citation.page })] : [];
  return [...headingsOf(citation), ...page].map((step) => h("span", { class: "step" }, step));
}

/** A link that opens in a new tab; null if there is no address. */
export function externalLink(address, label, texts) {
  if (!address) return null;
  const hint = h("span", { class: "visually-hidden" }, ` ${texts.newTab}`);
  return h("a", { href: address, target: "_blank", rel: "noopener" }, label, hint);
}

// The passages nearest to a question without an answer: some at once, the others on request, long ones folded.

import { breadcrumbs, externalLink } from "./card.js";
import { h } from "./dom.js";
import { sourceUrl } from "./links.js";
import { fill } from "./texts.js";

const SHOWN_AT_ONCE = 3;

/** A list of the passages, and a button where there are more of them. `options`: texts and endpoint. */
export function passageList(citations, options) {
  const items = citations.map((citation) => passageItem(citation, options));
  const list = h("ol", { class: "passages", role: "list" }, ...items);
  const others = items.slice(SHOWN_AT_ONCE);
  if (!others.length) return [list];
  const showOthers = () => {
    for (const item of others) item.hidden = false;
    more.remove();
    others[0].focus();
  };
  for (const item of others) item.hidden = true;
  others[0].tabIndex = -1; // gets the focus of the button that is gone
  const label = fill(options.texts.more, { n: others.length });
  const more = h("button", { type: "button", class: "plain more", click: showOthers }, label);
  return [list, more];
}

function passageItem(citation, { texts, endpoint }) {
  const link = externalLink(sourceUrl(citation, endpoint), citation.title, texts) ?? citation.title;
  const place = h("span", { class: "place", dir: "auto" }, link, ...breadcrumbs(citation, texts));
  return h("li", {}, ...foldedQuote(citation, texts), place);
}

/** The quote, cut after some lines by the style, and a button that shows all of it or folds it again. */
function foldedQuote({ quote, title }, texts) {
  const text = h("blockquote", { class: "folded", dir: "auto" }, quote);
  const label = h("span", {}, texts.unfold);
  const toggle = () => {
    const folded = text.classList.toggle("folded");
    label.textContent = folded ? texts.unfold : texts.fold;
    if (folded) text.scrollIntoView({ block: "nearest" });
  };
  const name = h("span", { class: "visually-hidden" }, ` (${title})`);
  const button = h("button", { type: "button", class: "fold", hidden: true, click: toggle }, label, name);
  const isCut = () => text.scrollHeight > text.clientHeight + 1;
  new ResizeObserver(() => {
    if (text.classList.contains("folded")) button.hidden = !isCut();
  }).observe(text);
  return [text, button];
}

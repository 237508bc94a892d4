// The passages that come closest to a question without an answer, as whole paragraphs with the likeliest
// sentence marked; the question of a FAQ stands above its answer.

import { breadcrumbs, externalLink } from "./card.js";
import { h } from "./dom.js";
import { sourceUrl } from "./links.js";
import { headingsOf } from "./markdown.js";
import { quoteElements } from "./quote.js";

const MOST = 3; // shown

/** The first of them. `options`: texts and endpoint. */
export function passageList(citations, options) {
  const shown = citations.slice(0, MOST);
  return h("ol", { class: "passages", role: "list" }, ...shown.map((citation) => passageItem(citation, options)));
}

function passageItem(citation, { texts, endpoint }) {
  const { quote, title, start, likeliest, columns = [] } = citation;
  const headings = headingsOf(citation);
  const question = headings.at(-1)?.endsWith("?") ? headings.at(-1) : null;
  const link = externalLink(sourceUrl(citation, endpoint), title, texts) ?? title;
  const above = question ? { ...citation, section: headings.slice(0, -1) } : citation;
  const [from, to] = likeliest ? [likeliest.start, likeliest.end].map((at) => utf16Index(quote, at - start)) : [0, 0];
  return h(
    "li",
    {},
    h("span", { class: "place", dir: "auto" }, link, ...breadcrumbs(above, texts)),
    h("blockquote", {}, question && h("h3", { dir: "auto" }, question), ...quoteElements(quote, columns, from, to)),
  );
}

/** The UTF-16 index of a code point index. */
function utf16Index(text, codePoints) {
  return [...text].slice(0, codePoints).join("").length;
}

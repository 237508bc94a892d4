// The sources of an answer: its citations' quotes as links to their places.

import { breadcrumbs, externalLink } from "./card.js";
import { h } from "./dom.js";
import { sourceUrl } from "./links.js";
import { foldSpaces } from "./reply.js";

/**
 * Title and headings stand once for consecutive citations that share them. A quote that is `shown` above
 * already is a link of its number alone. `shown`: the indices of these; `options`: texts and endpoint.
 */
export function sourceList(citations, shown, options) {
  const items = [];
  let previousPlace = "";
  citations.forEach((citation, index) => {
    const place = h("span", { class: "place", dir: "auto" }, citation.title, ...breadcrumbs(citation, options.texts));
    const isSamePlace = place.textContent === previousPlace;
    previousPlace = place.textContent;
    const isShown = shown.has(index);
    const numbers = isSamePlace && isShown && items.at(-1).querySelector(".shown");
    if (numbers) numbers.append(numberLink(citation, index, options));
    else {
      const links = isShown
        ? [h("span", { class: "shown" }, numberLink(citation, index, options))]
        : [h("span", { class: "index", "aria-hidden": "true" }, `${index + 1}`), quoteLink(citation, options)];
      items.push(h("li", {}, isSamePlace ? null : place, ...links));
    }
  });
  return h("ol", { class: "sources", role: "list" }, ...items);
}

function quoteLink(citation, { texts, endpoint }) {
  const quote = `“${foldSpaces(citation.quote)}”`;
  const link = externalLink(sourceUrl(citation, endpoint), quote, texts) ?? h("span", {}, quote);
  link.dir = "auto";
  return link;
}

function numberLink(citation, index, { texts, endpoint }) {
  const quote = h("span", { class: "visually-hidden" }, ` “${foldSpaces(citation.quote)}”`);
  const label = h("span", {}, `${index + 1}`, quote);
  return externalLink(sourceUrl(citation, endpoint), label, texts) ?? label;
}

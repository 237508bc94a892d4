// The sources of an answer: the places of its citations, each once, with a link for each number.

import { breadcrumbs, externalLink } from "./card.js";
import { h } from "./dom.js";
import { sourceUrl } from "./links.js";
import { foldSpaces } from "./reply.js";

/**
 * Consecutive citations of one place stand together. A quote that isn't `shown` above stands beside its
 * number. `shown`: the indices of those that are; `options`: texts and endpoint.
 */
export function sourceList(citations, shown, options) {
  const items = [];
  let previousPlace = "";
  citations.forEach((citation, index) => {
    const place = h("span", { class: "place", dir: "auto" }, citation.title, ...breadcrumbs(citation, options.texts));
    if (place.textContent !== previousPlace) items.push(h("li", {}, place));
    previousPlace = place.textContent;
    items.at(-1).append(sourceLink(citation, index, shown.has(index), options));
  });
  return h("ol", { class: "sources", role: "list" }, ...items);
}

function sourceLink(citation, index, isShown, { texts, endpoint }) {
  const quote = h("span", { class: isShown ? "visually-hidden" : "quote", dir: "auto" }, ` “${foldSpaces(citation.quote)}”`);
  const label = h("span", { class: "label" }, h("span", { class: "index" }, `${index + 1}`), quote);
  return externalLink(sourceUrl(citation, endpoint), label, texts) ?? label;
}

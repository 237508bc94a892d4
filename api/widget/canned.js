// The reply to small talk, or to a question about the service: a text, and documents where they were asked for.

import { externalLink } from "./card.js";
import { h } from "./dom.js";
import { sourceUrl } from "./links.js";
import { fill } from "./texts.js";

export function cannedReply({ text, documents, document_count: all }, panel) {
  const { texts, endpoint } = panel;
  panel.announce(text);
  const link = (one) => h("li", { dir: "auto" }, externalLink(sourceUrl(one, endpoint), one.title, texts));
  return [
    h("p", { class: "canned", dir: "auto" }, text),
    documents.length ? h("ul", { role: "list" }, ...documents.map(link)) : null,
    all > documents.length ? h("p", { class: "muted" }, fill(texts.cut, { n: documents.length, all })) : null,
  ].filter(Boolean);
}

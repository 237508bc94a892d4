// A follow-up as it was completed from the conversation, which the reader may change.

import { h } from "./dom.js";
import { fill } from "./texts.js";

/** "Asked as: …" with a button that puts it into the field; nothing for a question that stood alone. */
export function askedAs({ reply }, panel) {
  const { texts } = panel;
  const question = reply.asked_as;
  if (!question) return [];
  const text = fill(texts.askedAs, { q: question });
  panel.announce(text);
  const change = () => panel.rephrase({ question });
  const button = h("button", { type: "button", class: "plain", click: change }, texts.change);
  return [h("p", { class: "muted asked", dir: "auto" }, `${text} `, button)];
}

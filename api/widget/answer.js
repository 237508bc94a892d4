// The view of a reply: an answer with its evidence, competing answers, or an abstention.

import { cannedReply } from "./canned.js";
import { externalLink } from "./card.js";
import { h, icon } from "./dom.js";
import { Evidence } from "./evidence.js";
import { sourceUrl } from "./links.js";
import { passageList } from "./passages.js";
import { abstentionText, certaintyMark, confidencePercent, cutList, shortAnswer, shownCitations } from "./reply.js";
import { sourceList } from "./sources.js";
import { fill } from "./texts.js";

export class AnswerView {
  #turn;
  #panel;
  #headline = null; // the element of the short answer

  /** `panel`: texts, endpoint, card, announce(), rephrase(), suggestions(). */
  constructor(turn, panel) {
    this.#turn = turn;
    this.#panel = panel;
  }

  get #reply() {
    return this.#turn.reply; // another object once the whole answer has arrived
  }

  /** What stands before the evidence. */
  head() {
    if (this.#reply.reply) return cannedReply(this.#reply.reply, this.#panel);
    return this.#reply.abstention ? this.#abstention() : this.#answer();
  }

  /** The evidence, with these statements for now; after `head`, whose short answer it may add numbers to. */
  evidence(statements, headline = this.#headline) {
    const evidence = new Evidence(this.#reply, (statement) => this.#numbers(statement), headline);
    for (const statement of statements) evidence.add(statement);
    return evidence;
  }

  /** What stands after the evidence: what is missing, and the sources. */
  foot() {
    const { citations } = this.#reply;
    const { texts } = this.#panel;
    if (!citations.length) return this.#missing();
    const sources = sourceList(citations, shownCitations(this.#reply), this.#panel);
    return [...this.#missing(), h("p", { class: "heading" }, texts.sources), sources];
  }

  /** The whole reply. */
  whole() {
    const { conflicts, statements } = this.#reply;
    if (conflicts.length) return [...this.#conflict(), ...this.foot()];
    return [...this.head(), this.evidence(statements).element, ...this.foot()];
  }

  /** How certain the answer is, and the short answer if there is one. */
  #answer() {
    const { texts } = this.#panel;
    const short = shortAnswer(this.#reply, texts);
    this.#panel.announce([this.#mark ? `${this.#mark}:` : texts.answer, short].filter(Boolean).join(" "));
    this.#headline = short === null ? null : h("p", { class: "answer", dir: "auto" }, short);
    return [this.#certainty(), this.#headline].filter(Boolean);
  }

  get #mark() {
    return certaintyMark(this.#reply, this.#panel.texts);
  }

  /** In words; the number is its tooltip. */
  #certainty() {
    const name = this.#mark ? "likely" : "sure";
    return h("p", { class: `certainty ${name}`, ...this.#confidence() }, icon(name), this.#mark ?? this.#panel.texts.sure);
  }

  #confidence() {
    return { title: fill(this.#panel.texts.confidence, { n: confidencePercent(this.#reply) }) };
  }

  #numbers({ citations: indices }) {
    const { citations } = this.#reply;
    const cited = (indices ?? []).filter((index) => citations[index]);
    return cited.map((index) => this.#panel.card.numberButton(index, citations[index], this.#panel));
  }

  /** The competing answers side by side, each with its own sources. */
  #conflict() {
    const { texts } = this.#panel;
    const { answer, statements, conflicts } = this.#reply;
    const own = { text: shortAnswer(this.#reply, texts), statements };
    const values = [answer, ...conflicts.map(({ text }) => text)].join("; ");
    const mark = this.#mark ? [`${this.#mark}.`] : [];
    this.#panel.announce([...mark, `${texts.disagree}: ${values}`].join(" "));
    return [
      this.#certainty(),
      h("p", { class: "heading" }, texts.disagree),
      h("ul", { class: "sides", role: "list" }, ...[own, ...conflicts].map((side) => this.#side(side))),
    ];
  }

  /** One of the competing answers: its value, its statements, and the title of its first source. */
  #side({ text, statements, citations: indices }) {
    const { citations } = this.#reply;
    const first = citations[indices?.[0] ?? statements?.[0]?.citations?.[0]];
    const quote = { text: first ? `“${first.quote}”` : "", citations: indices };
    const value = text ? h("p", { class: "value", dir: "auto" }, text) : null;
    return h(
      "li",
      {},
      value,
      this.evidence(statements?.length ? statements : [quote], value).element,
      first ? h("span", { class: "place", dir: "auto" }, first.title) : null,
    );
  }

  /** How much of a list is left out, and which parts of the question have no answer. */
  #missing() {
    const { texts, endpoint } = this.#panel;
    const notes = [];
    const add = (text, link) => {
      this.#panel.announce(text);
      notes.push(h("p", { class: "missing", dir: "auto" }, `${text} `, link));
    };
    const cut = cutList(this.#reply);
    if (cut) add(fill(texts.cut, cut), externalLink(sourceUrl(cut.citation, endpoint), texts.whole, texts));
    const parts = (this.#reply.unanswered ?? []).map((part) => `“${part}”`);
    if (parts.length) add(`${texts.missing} ${parts.join(", ")}`, null);
    return notes;
  }

  #abstention() {
    const { texts } = this.#panel;
    const said = abstentionText(this.#turn, texts);
    const { nearest = [], reason } = this.#reply.abstention;
    this.#panel.announce(said);
    const isEmpty = reason === "nothing_indexed";
    const heading = h("p", { class: "unanswered", dir: "auto", ...(nearest.length ? this.#confidence() : {}) }, said);
    if (isEmpty) return [heading, h("p", { class: "tip" }, texts.addDocuments)];
    const rephrase = () => this.#panel.rephrase(this.#turn);
    return [
      heading,
      nearest.length ? passageList(nearest, this.#panel) : null,
      h("p", { class: "tip" }, texts.tip),
      h("button", { type: "button", class: "plain", click: rephrase }, texts.rephrase),
      nearest.length ? null : this.#panel.suggestions(),
    ].filter(Boolean);
  }
}

// The view of a reply: an answer with its evidence, competing answers, or an abstention.

import { cannedReply } from "./canned.js";
import { externalLink } from "./card.js";
import { h, icon } from "./dom.js";
import { Evidence } from "./evidence.js";
import { sourceUrl } from "./links.js";
import { passageList } from "./passages.js";
import { certaintyMark, confidencePercent, cutList, shortAnswer, shownCitations } from "./reply.js";
import { sourceList } from "./sources.js";
import { fill } from "./texts.js";

const MAX_REPEATED_QUOTES = 3; // quotes that are repeated in the sources though the answer shows them

export class AnswerView {
  #turn;
  #panel;

  /** `panel`: texts, endpoint, card, announce(), rephrase(). */
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

  /** The evidence, with these statements for now. */
  evidence(statements) {
    const evidence = new Evidence(this.#reply, (statement) => this.#numbers(statement));
    for (const statement of statements) evidence.add(statement);
    return evidence;
  }

  /** What stands after the evidence: what is missing, and the sources. */
  foot() {
    const { citations } = this.#reply;
    const { texts } = this.#panel;
    if (!citations.length) return this.#missing();
    const shown = shortAnswer(this.#reply, texts) === null ? shownCitations(this.#reply) : new Set();
    const sources = sourceList(citations, shown.size > MAX_REPEATED_QUOTES ? shown : new Set(), this.#panel);
    return [...this.#missing(), h("p", { class: "heading" }, texts.sources), sources];
  }

  /** The whole reply. */
  whole() {
    const { conflicts, statements } = this.#reply;
    if (conflicts.length) return [...this.#conflict(), ...this.foot()];
    return [...this.head(), this.evidence(statements).element, ...this.foot()];
  }

  /** The short answer, if there is one, and how certain the answer is; a likely one is marked first. */
  #answer() {
    const { texts } = this.#panel;
    const short = shortAnswer(this.#reply, texts);
    this.#panel.announce([this.#mark ? `${this.#mark}:` : texts.answer, short].filter(Boolean).join(" "));
    return [
      this.#marked(),
      short === null ? null : h("p", { class: "answer", dir: "auto" }, short),
      h("p", { class: "muted" }, fill(texts.sure, { n: confidencePercent(this.#reply) })),
    ].filter(Boolean);
  }

  get #mark() {
    return certaintyMark(this.#reply, this.#panel.texts);
  }

  #marked() {
    return this.#mark ? h("p", { class: "likely" }, icon("likely"), this.#mark) : null;
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
      this.#marked(),
      h("p", { class: "heading" }, texts.disagree),
      h("ul", { class: "sides", role: "list" }, ...[own, ...conflicts].map((side) => this.#side(side))),
    ].filter(Boolean);
  }

  /** One of the competing answers: its value, its statements, and the title of its first source. */
  #side({ text, statements, citations: indices }) {
    const { citations } = this.#reply;
    const first = citations[indices?.[0] ?? statements?.[0]?.citations?.[0]];
    const quote = { text: first ? `“${first.quote}”` : "", citations: indices };
    return h(
      "li",
      {},
      text ? h("p", { class: "value", dir: "auto" }, text) : null,
      this.evidence(statements?.length ? statements : [quote]).element,
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
    const { question, abstention } = this.#reply;
    const reason = texts.reasons[abstention.reason] ?? texts.unanswered;
    this.#panel.announce(`${texts.unanswered} ${reason}`);
    const nearest = abstention.nearest ?? [];
    const passages = nearest.length ? [h("p", { class: "heading" }, texts.nearest), ...passageList(nearest, this.#panel)] : [];
    return [
      h("p", { class: "unanswered" }, reason),
      h("p", { class: "muted", dir: "auto" }, fill(texts.lookedFor, { q: question ?? this.#turn.question })),
      ...passages,
      h("p", { class: "tip" }, texts.tip),
      h("button", { type: "button", class: "plain", click: () => this.#panel.rephrase(this.#turn) }, texts.rephrase),
    ];
  }
}

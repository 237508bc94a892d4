// One question and what came of it, drawn as it comes.

import { outward, steps } from "./card.js";
import { h, iconButton } from "./dom.js";
import { sourceUrl } from "./links.js";
import { toMarkdown } from "./markdown.js";
import { fill } from "./texts.js";

export class TurnView {
  element = h("li", { class: "turn" });
  #turn;
  #panel;
  #reply = h("div", { class: "reply" });
  #shown = "";
  #statements = 0;

  /** `panel` has what is said and done: texts, endpoint, card, say(), retry(), rephrase(), rate(). */
  constructor(turn, panel) {
    this.#turn = turn;
    this.#panel = panel;
    const you = h("span", { class: "unseen" }, `${panel.texts.you} `);
    this.element.append(h("p", { class: "question" }, you, h("bdi", {}, turn.question)), this.#reply);
    this.update();
  }

  /** Draws what is new. What was said stays where it is, so that no focus or place is lost. */
  update() {
    const { state, reply, passages } = this.#turn;
    const live = state === "asking";
    const begun = live && (reply.answer !== null || reply.abstention);
    const now = begun ? "begun" : live ? (passages === null ? "looking" : "reading") : state;
    if (now === "begun" || (now === "done" && this.#shown === "begun" && !reply.conflicts.length)) {
      this.#grow(now);
    } else if (now !== this.#shown) {
      this.#draw(now);
    }
    this.#shown = now;
  }

  #grow(now) {
    const { reply } = this.#turn;
    if (this.#shown !== "begun") {
      this.#statements = 0;
      this.#reply.replaceChildren(...(reply.abstention ? this.#abstention() : this.#answer()));
    }
    this.#state();
    for (const statement of reply.statements.slice(this.#statements)) {
      this.#reply.append(this.#statement(statement));
      this.#panel.say(statement.text);
    }
    this.#statements = reply.statements.length;
    if (now === "done") this.#reply.append(...this.#end());
  }

  #draw(now) {
    const { texts } = this.#panel;
    const { reply, problem } = this.#turn;
    this.#state();
    if (now === "looking" || now === "reading") {
      this.#reply.replaceChildren(h("p", { class: "working" }, texts[now]));
      if (now === "looking") this.#panel.say(texts.looking);
    } else if (now === "waiting") {
      this.#reply.replaceChildren(h("p", { class: "notice working" }, texts.away));
      this.#panel.say(texts.away);
    } else if (now === "stopped") {
      this.#reply.replaceChildren(this.#notice(texts.stopped, texts.retry));
      this.#panel.say(texts.stopped);
    } else if (now === "failed") {
      const wait = problem.seconds ? fill(texts.wait, { n: problem.seconds }) : "";
      const why = [texts[problem.kind] ?? texts.failed, wait].filter(Boolean).join(" ");
      this.#reply.replaceChildren(this.#notice(why, texts.retry, problem.message));
      this.#panel.say(why);
    } else {
      const said = reply.conflicts.length ? this.#disagreement() : [];
      const head = reply.abstention ? this.#abstention() : this.#answer();
      const body = said.length ? said : [...head, ...reply.statements.map((s) => this.#statement(s))];
      this.#reply.replaceChildren(...body, ...this.#end());
    }
  }

  #state() {
    this.#reply.setAttribute("aria-busy", String(this.#turn.state === "asking"));
  }

  #answer() {
    const { answer, confidence } = this.#turn.reply;
    const { texts } = this.#panel;
    this.#panel.say(`${texts.answer} ${answer}`);
    return [
      h("p", { class: "answer", dir: "auto" }, answer),
      h("p", { class: "quiet" }, fill(texts.sure, { n: Math.round(confidence * 100) })),
    ];
  }

  #statement({ text, citations }) {
    const { citations: all } = this.#turn.reply;
    const numbers = (citations ?? []).filter((index) => all[index]).map((index) => this.#number(index, all[index]));
    return h("div", { class: "statement", dir: "auto" }, `${text} `, ...numbers);
  }

  #number(index, citation) {
    return this.#panel.card.number(index, citation, this.#panel);
  }

  /** What the documents say instead of one thing: each side with its own sources, none above the other. */
  #disagreement() {
    const { texts } = this.#panel;
    const { answer, statements, conflicts } = this.#turn.reply;
    const sides = [{ text: answer, statements }, ...conflicts].map((side) => this.#side(side));
    this.#panel.say(`${texts.disagree}: ${[answer, ...conflicts.map((c) => c.text)].join("; ")}`);
    return [h("p", { class: "heading" }, texts.disagree), h("ul", { class: "sides", role: "list" }, ...sides)];
  }

  /** A value, the words it rests on, and what they are from. */
  #side({ text, statements, citations }) {
    const all = this.#turn.reply.citations;
    const first = all[citations?.[0] ?? statements?.[0]?.citations?.[0]];
    const said = statements?.length ? statements : [{ text: first ? `“${first.quote}”` : "", citations }];
    return h(
      "li",
      {},
      h("p", { class: "value", dir: "auto" }, text ?? ""),
      ...said.map((statement) => this.#statement(statement)),
      first ? h("span", { class: "place", dir: "auto" }, first.title) : null,
    );
  }

  #abstention() {
    const { texts } = this.#panel;
    const { question, abstention } = this.#turn.reply;
    const reason = texts.reasons[abstention.reason] ?? texts.unanswered;
    this.#panel.say(`${texts.unanswered} ${reason}`);
    const nearest = abstention.nearest ?? [];
    return [
      h("p", { class: "unanswered" }, reason),
      h("p", { class: "quiet", dir: "auto" }, fill(texts.lookedFor, { q: question ?? this.#turn.question })),
      nearest.length ? h("p", { class: "heading" }, texts.nearest) : null,
      nearest.length ? this.#passages(nearest) : null,
      h("p", { class: "tip" }, texts.tip),
      h("button", { type: "button", class: "plain", click: () => this.#panel.rephrase(this.#turn) }, texts.rephrase),
    ].filter(Boolean);
  }

  #passages(nearest) {
    const items = nearest.map((citation) =>
      h("li", {}, h("blockquote", { dir: "auto" }, citation.quote), this.#place(citation)),
    );
    return h("ol", { class: "passages", role: "list" }, ...items);
  }

  /** Each quote's beginning leads to its place; what it is from is said once for those of one place. */
  #sources(citations) {
    const { texts, endpoint } = this.#panel;
    let before = "";
    const items = citations.map((citation, index) => {
      const place = h("span", { class: "place", dir: "auto" }, citation.title, ...steps(citation, texts));
      const again = place.textContent === before;
      before = place.textContent;
      const number = h("span", { class: "index", "aria-hidden": "true" }, `${index + 1}`);
      const words = `“${citation.quote.replace(/\s+/g, " ")}”`;
      const link = outward(sourceUrl(citation, endpoint), words, texts) ?? h("span", {}, words);
      link.dir = "auto";
      return h("li", {}, again ? null : place, number, link);
    });
    return [h("p", { class: "heading" }, texts.sources), h("ol", { class: "sources", role: "list" }, ...items)];
  }

  #place(citation) {
    const { texts, endpoint } = this.#panel;
    const link = outward(sourceUrl(citation, endpoint), citation.title, texts) ?? citation.title;
    return h("span", { class: "place", dir: "auto" }, link, ...steps(citation, texts));
  }

  #end() {
    const { reply } = this.#turn;
    const sources = reply.citations.length ? this.#sources(reply.citations) : [];
    return [...sources, this.#actions()];
  }

  #actions() {
    const { texts } = this.#panel;
    const status = h("span", { class: "status" });
    const tell = (words) => {
      status.textContent = words;
      this.#panel.say(words);
    };
    const copy = async () => {
      const words = toMarkdown(this.#turn, this.#panel.endpoint, texts);
      tell((await copied(words, status)) ? texts.copied : texts.notCopied);
    };
    const thumbs = [true, false].map((helpful) => this.#thumb(helpful, tell, () => thumbs));
    return h("div", { class: "actions" }, iconButton("copy", texts.copy, copy), ...thumbs, status);
  }

  #thumb(helpful, tell, all) {
    const { texts } = this.#panel;
    const rate = async () => {
      if (!(await this.#rate(helpful, "", tell))) return;
      for (const [at, thumb] of all().entries()) thumb.setAttribute("aria-pressed", String((at === 0) === helpful));
      this.#note(helpful, tell);
    };
    const pressed = String(this.#turn.helpful === helpful);
    return iconButton(helpful ? "up" : "down", helpful ? texts.helpful : texts.unhelpful, rate, { "aria-pressed": pressed });
  }

  async #rate(helpful, note, tell) {
    const { texts } = this.#panel;
    const sent = await this.#panel.rate(this.#turn, helpful, note).then(() => true, () => false);
    tell(sent ? texts.thanks : texts.notSent);
    return sent;
  }

  #note(helpful, tell) {
    const { texts } = this.#panel;
    const words = h("textarea", { rows: 2, maxlength: 2000, "aria-label": texts.note, placeholder: texts.note });
    const send = async (event) => {
      event.preventDefault();
      if (words.value.trim() && !(await this.#rate(helpful, words.value, tell))) return;
      form.remove();
      this.#reply.querySelector(".actions button[aria-pressed=true]")?.focus();
    };
    const form = h("form", { class: "note", submit: send }, words, h("button", { class: "plain" }, texts.sendNote));
    this.#reply.querySelector(".note")?.remove();
    this.#reply.append(form);
    this.#panel.reveal(form);
  }

  #notice(words, again, more = "") {
    const retry = () => this.#panel.retry(this.#turn);
    const detail = more ? h("span", { class: "quiet", dir: "auto" }, more) : null;
    const button = h("button", { type: "button", class: "plain", click: retry }, again);
    return h("div", { class: "notice" }, h("p", {}, words), detail, button);
  }
}

/** Whether the words are on the clipboard; the old way where a page is served without TLS. */
async function copied(words, beside) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const before = beside.getRootNode().activeElement;
    const held = h("textarea", { class: "unseen", "aria-hidden": "true", tabindex: -1 });
    held.value = words;
    beside.after(held);
    held.select();
    const done = document.execCommand("copy");
    held.remove();
    before?.focus();
    return done;
  }
}

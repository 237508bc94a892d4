// The view of one turn: the question, and the answer as it arrives.

import { breadcrumbs, externalLink } from "./card.js";
import { h, iconButton } from "./dom.js";
import { sourceUrl } from "./links.js";
import { toMarkdown } from "./markdown.js";
import { fill } from "./texts.js";

export class TurnView {
  element = h("li", { class: "turn" });
  #turn;
  #panel;
  #reply = h("div", { class: "reply" });
  #phase = ""; // what is shown: looking, reading, answering, or the turn's state
  #statements = 0; // how many are shown

  /** `panel`: texts, endpoint, card, announce(), retry(), rephrase(), rate(), reveal(). */
  constructor(turn, panel) {
    this.#turn = turn;
    this.#panel = panel;
    const you = h("span", { class: "visually-hidden" }, `${panel.texts.you} `);
    this.element.append(h("p", { class: "question" }, you, h("bdi", {}, turn.question)), this.#reply);
    this.update();
  }

  /** Shows what is new. Elements that are shown already stay, so that focus and scroll position do too. */
  update() {
    const { state, reply, passages } = this.#turn;
    const asking = state === "asking";
    const answering = asking && (reply.answer !== null || reply.abstention);
    const phase = answering ? "answering" : asking ? (passages === null ? "looking" : "reading") : state;
    const completes = phase === "done" && this.#phase === "answering" && !reply.conflicts.length;
    if (phase === "answering" || completes) this.#append(phase);
    else if (phase !== this.#phase) this.#render(phase);
    this.#phase = phase;
  }

  #append(phase) {
    const { reply } = this.#turn;
    if (this.#phase !== "answering") {
      this.#statements = 0;
      this.#reply.replaceChildren(...(reply.abstention ? this.#abstention() : this.#answer()));
    }
    this.#setBusy();
    for (const statement of reply.statements.slice(this.#statements)) {
      this.#reply.append(this.#statement(statement));
      this.#panel.announce(statement.text);
    }
    this.#statements = reply.statements.length;
    if (phase === "done") this.#reply.append(...this.#footer());
  }

  #render(phase) {
    const { texts } = this.#panel;
    const { reply, problem } = this.#turn;
    this.#setBusy();
    if (phase === "looking" || phase === "reading") {
      this.#reply.replaceChildren(h("p", { class: "working" }, texts[phase]));
      if (phase === "looking") this.#panel.announce(texts.looking);
    } else if (phase === "waiting") {
      this.#reply.replaceChildren(h("p", { class: "notice working" }, texts.away));
      this.#panel.announce(texts.away);
    } else if (phase === "stopped") {
      this.#reply.replaceChildren(this.#notice(texts.stopped, texts.retry));
      this.#panel.announce(texts.stopped);
    } else if (phase === "failed") {
      const wait = problem.seconds ? fill(texts.wait, { n: problem.seconds }) : "";
      const message = [texts[problem.kind] ?? texts.failed, wait].filter(Boolean).join(" ");
      this.#reply.replaceChildren(this.#notice(message, texts.retry, problem.message));
      this.#panel.announce(message);
    } else {
      const conflict = reply.conflicts.length ? this.#conflict() : null;
      const head = reply.abstention ? this.#abstention() : this.#answer();
      const body = conflict ?? [...head, ...reply.statements.map((statement) => this.#statement(statement))];
      this.#reply.replaceChildren(...body, ...this.#footer());
    }
  }

  #setBusy() {
    this.#reply.setAttribute("aria-busy", String(this.#turn.state === "asking"));
  }

  #answer() {
    const { answer, confidence } = this.#turn.reply;
    const { texts } = this.#panel;
    this.#panel.announce(`${texts.answer} ${answer}`);
    return [
      h("p", { class: "answer", dir: "auto" }, answer),
      h("p", { class: "muted" }, fill(texts.sure, { n: Math.round(confidence * 100) })),
    ];
  }

  #statement({ text, citations: indices }) {
    const { citations } = this.#turn.reply;
    const cited = (indices ?? []).filter((index) => citations[index]);
    const numbers = cited.map((index) => this.#panel.card.numberButton(index, citations[index], this.#panel));
    return h("div", { class: "statement", dir: "auto" }, `${text} `, ...numbers);
  }

  /** The competing answers side by side, each with its own sources. */
  #conflict() {
    const { texts } = this.#panel;
    const { answer, statements, conflicts } = this.#turn.reply;
    const sides = [{ text: answer, statements }, ...conflicts].map((side) => this.#side(side));
    this.#panel.announce(`${texts.disagree}: ${[answer, ...conflicts.map((c) => c.text)].join("; ")}`);
    return [h("p", { class: "heading" }, texts.disagree), h("ul", { class: "sides", role: "list" }, ...sides)];
  }

  /** One of the competing answers: its value, its statements, and the title of its first source. */
  #side({ text, statements, citations: indices }) {
    const { citations } = this.#turn.reply;
    const first = citations[indices?.[0] ?? statements?.[0]?.citations?.[0]];
    const quote = { text: first ? `“${first.quote}”` : "", citations: indices };
    const shown = statements?.length ? statements : [quote];
    return h(
      "li",
      {},
      h("p", { class: "value", dir: "auto" }, text ?? ""),
      ...shown.map((statement) => this.#statement(statement)),
      first ? h("span", { class: "place", dir: "auto" }, first.title) : null,
    );
  }

  #abstention() {
    const { texts } = this.#panel;
    const { question, abstention } = this.#turn.reply;
    const reason = texts.reasons[abstention.reason] ?? texts.unanswered;
    this.#panel.announce(`${texts.unanswered} ${reason}`);
    const nearest = abstention.nearest ?? [];
    return [
      h("p", { class: "unanswered" }, reason),
      h("p", { class: "muted", dir: "auto" }, fill(texts.lookedFor, { q: question ?? this.#turn.question })),
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

  /** The quotes as links; title and headings once for consecutive citations that share them. */
  #sources(citations) {
    const { texts, endpoint } = this.#panel;
    let previous = "";
    const items = citations.map((citation, index) => {
      const place = h("span", { class: "place", dir: "auto" }, citation.title, ...breadcrumbs(citation, texts));
      const repeated = place.textContent === previous;
      previous = place.textContent;
      const number = h("span", { class: "index", "aria-hidden": "true" }, `${index + 1}`);
      const quote = `“${citation.quote.replace(/\s+/g, " ")}”`;
      const link = externalLink(sourceUrl(citation, endpoint), quote, texts) ?? h("span", {}, quote);
      link.dir = "auto";
      return h("li", {}, repeated ? null : place, number, link);
    });
    return [h("p", { class: "heading" }, texts.sources), h("ol", { class: "sources", role: "list" }, ...items)];
  }

  #place(citation) {
    const { texts, endpoint } = this.#panel;
    const link = externalLink(sourceUrl(citation, endpoint), citation.title, texts) ?? citation.title;
    return h("span", { class: "place", dir: "auto" }, link, ...breadcrumbs(citation, texts));
  }

  #footer() {
    const { reply } = this.#turn;
    const sources = reply.citations.length ? this.#sources(reply.citations) : [];
    return [...sources, this.#actions()];
  }

  #actions() {
    const { texts } = this.#panel;
    const status = h("span", { class: "status" });
    const showStatus = (message) => {
      status.textContent = message;
      this.#panel.announce(message);
    };
    const copy = async () => {
      const markdown = toMarkdown(this.#turn, this.#panel.endpoint, texts);
      showStatus((await copyText(markdown, status)) ? texts.copied : texts.notCopied);
    };
    const thumbs = [true, false].map((helpful) => this.#thumb(helpful, showStatus, () => thumbs));
    return h("div", { class: "actions" }, iconButton("copy", texts.copy, copy), ...thumbs, status);
  }

  #thumb(helpful, showStatus, thumbs) {
    const { texts } = this.#panel;
    const rate = async () => {
      if (!(await this.#rate(helpful, "", showStatus))) return;
      for (const [i, thumb] of thumbs().entries()) thumb.setAttribute("aria-pressed", String((i === 0) === helpful));
      this.#addNoteForm(helpful, showStatus);
    };
    const pressed = String(this.#turn.helpful === helpful);
    return iconButton(helpful ? "up" : "down", helpful ? texts.helpful : texts.unhelpful, rate, { "aria-pressed": pressed });
  }

  async #rate(helpful, note, showStatus) {
    const { texts } = this.#panel;
    const sent = await this.#panel.rate(this.#turn, helpful, note).then(() => true, () => false);
    showStatus(sent ? texts.thanks : texts.notSent);
    return sent;
  }

  #addNoteForm(helpful, showStatus) {
    const { texts } = this.#panel;
    const note = h("textarea", { rows: 2, maxlength: 2000, "aria-label": texts.note, placeholder: texts.note });
    const submit = async (event) => {
      event.preventDefault();
      if (note.value.trim() && !(await this.#rate(helpful, note.value, showStatus))) return;
      form.remove();
      this.#reply.querySelector(".actions button[aria-pressed=true]")?.focus();
    };
    const form = h("form", { class: "note", submit }, note, h("button", { class: "plain" }, texts.sendNote));
    this.#reply.querySelector(".note")?.remove();
    this.#reply.append(form);
    this.#panel.reveal(form);
  }

  #notice(message, retryLabel, detail = "") {
    const retry = () => this.#panel.retry(this.#turn);
    const more = detail ? h("span", { class: "muted", dir: "auto" }, detail) : null;
    const button = h("button", { type: "button", class: "plain", click: retry }, retryLabel);
    return h("div", { class: "notice" }, h("p", {}, message), more, button);
  }
}

/** Copies text; whether that worked. Without TLS there is no clipboard API, so execCommand is used. */
async function copyText(text, sibling) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = sibling.getRootNode().activeElement;
    const textarea = h("textarea", { class: "visually-hidden", "aria-hidden": "true", tabindex: -1 });
    textarea.value = text;
    sibling.after(textarea);
    textarea.select();
    const done = document.execCommand("copy");
    textarea.remove();
    focused?.focus();
    return done;
  }
}

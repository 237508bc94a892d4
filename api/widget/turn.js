// The view of one turn: the question, and the answer as it arrives.

import { AnswerView } from "./answer.js";
import { askedAs } from "./asked.js";
import { h, iconButton } from "./dom.js";
import { toMarkdown } from "./markdown.js";
import { fill } from "./texts.js";

export class TurnView {
  element = h("li", { class: "turn" });
  #turn;
  #panel;
  #reply = h("div", { class: "reply" });
  #phase = ""; // what is shown: looking, reading, answering, or the turn's state
  #view; // of the reply
  #evidence = null; // the statements that are shown

  /** `panel`: texts, endpoint, card, announce(), ask(), retry(), rephrase(), rate(), reveal(), suggestions(). */
  constructor(turn, panel) {
    this.#turn = turn;
    this.#panel = panel;
    this.#view = new AnswerView(turn, panel);
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
    if (phase === "reading") this.#showDraft();
    this.#phase = phase;
  }

  #append(phase) {
    const { reply } = this.#turn;
    if (this.#phase !== "answering") {
      const head = this.#view.head();
      this.#evidence = this.#view.evidence([]);
      this.#reply.replaceChildren(...this.#asked(), ...head, this.#evidence.element);
    }
    this.#setBusy();
    for (const statement of reply.statements.slice(this.#evidence.count)) {
      this.#evidence.add(statement);
      this.#panel.announce(statement.text);
    }
    if (phase === "done") this.#reply.append(...this.#view.foot(), ...this.#actions());
  }

  #render(phase) {
    const { texts } = this.#panel;
    const { problem } = this.#turn;
    this.#setBusy();
    if (phase === "looking" || phase === "reading") {
      this.#reply.replaceChildren(h("p", { class: "working" }, texts[phase]));
      if (phase === "looking") this.#panel.announce(texts.looking);
    } else if (phase === "waiting") {
      const message = `${problem ? texts.busy : texts.away} ${texts.again}`;
      this.#reply.replaceChildren(h("p", { class: "notice working" }, message));
      this.#panel.announce(message);
    } else if (phase === "stopped") {
      this.#reply.replaceChildren(this.#notice(texts.stopped, texts.retry));
      this.#panel.announce(texts.stopped);
    } else if (phase === "failed") {
      const wait = problem.seconds ? fill(texts.wait, { n: problem.seconds }) : "";
      const message = [texts[problem.kind] ?? texts.failed, wait].filter(Boolean).join(" ");
      this.#reply.replaceChildren(this.#notice(message, texts.retry, problem.message));
      this.#panel.announce(message);
    } else {
      this.#reply.replaceChildren(...this.#asked(), ...this.#view.whole(), ...this.#actions());
    }
  }

  /** The sentences of a draft, which the answer replaces. */
  #showDraft() {
    const shown = this.#reply.querySelectorAll(".statement").length;
    const statements = this.#turn.draft.slice(shown).map((text) => h("p", { class: "statement", dir: "auto" }, text));
    this.#reply.append(...statements);
  }

  #setBusy() {
    this.#reply.setAttribute("aria-busy", String(this.#turn.state === "asking"));
  }

  #asked() {
    return askedAs(this.#turn, this.#panel);
  }

  /** None below a reply to small talk, which says nothing that could be copied or wrong. */
  #actions() {
    const { texts } = this.#panel;
    if (this.#turn.reply.reply) return [];
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
    return [h("div", { class: "actions" }, iconButton("copy", texts.copy, copy), ...thumbs, this.#moreButton(), status)];
  }

  /** Asks for the section around the answer; shown at the last answer only, which the service takes it for. */
  #moreButton() {
    const { abstention, unit } = this.#turn.reply;
    if (abstention || unit === "section") return null;
    const { tellMore } = this.#panel.texts;
    return h("button", { type: "button", class: "more", click: () => this.#panel.ask(tellMore) }, tellMore);
  }

  #thumb(helpful, showStatus, thumbs) {
    const { texts } = this.#panel;
    const rate = async () => {
      if (!(await this.#rate(helpful, "", showStatus))) return;
      for (const [i, thumb] of thumbs().entries()) thumb.setAttribute("aria-pressed", String((i === 0) === helpful));
      this.#reply.querySelector(".note")?.remove();
      if (!helpful) this.#askWhatWasWrong(showStatus);
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

  #askWhatWasWrong(showStatus) {
    const { texts } = this.#panel;
    const note = h("textarea", { rows: 2, maxlength: 2000, "aria-label": texts.note });
    const faults = texts.faults.split("|").map((fault) => {
      const choose = () => {
        note.value = fault;
        note.focus();
      };
      return h("button", { type: "button", class: "suggestion", click: choose }, fault);
    });
    const submit = async (event) => {
      event.preventDefault();
      if (note.value.trim() && !(await this.#rate(false, note.value, showStatus))) return;
      form.remove();
      this.#reply.querySelector(".actions button[aria-pressed=true]")?.focus();
    };
    const send = h("button", { class: "plain" }, texts.sendNote);
    const form = h("form", { class: "note", submit }, h("p", {}, texts.note), ...faults, note, send);
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

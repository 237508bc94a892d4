// What is seen and used: head, conversation, suggestions, and the field to ask in.

import { Card } from "./card.js";
import { h, iconButton } from "./dom.js";
import { TurnView } from "./turn.js";

const NEAR = 80; // pixels from the end at which reading on is taken for granted
const MARGIN = 16; // pixels above what is scrolled to

export class Panel {
  card = new Card();
  #conversation;
  #views = new Map();
  #list;
  #start;
  #scroller;
  #said = h("div", { class: "unseen", role: "log", "aria-live": "polite" });
  #field;
  #send;
  #fresh;
  #stop = new AbortController();

  /** `options`: texts, endpoint, title, greeting, placeholder; `close`: null where it can't be closed. */
  constructor(conversation, options, close) {
    this.#conversation = conversation;
    Object.assign(this, options);
    const { texts } = options;
    this.#list = h("ol", { class: "turns", role: "list" });
    this.#start = h("div", { class: "start" }, h("p", { class: "greeting", dir: "auto" }, this.greeting));
    this.#scroller = h(
      "div",
      { class: "scroller", role: "region", tabindex: 0, "aria-label": texts.conversation },
      this.#start,
      this.#list,
    );
    this.#scroller.addEventListener("scroll", () => this.card.follow(this.#scroller), { passive: true });
    this.element = h("div", { class: "panel" }, this.#head(close), this.#scroller, this.#form(), this.#said);
    this.element.addEventListener("keydown", (event) => this.#escape(event));
    const { signal } = this.#stop;
    conversation.addEventListener("change", ({ detail }) => this.#change(detail), { signal });
    addEventListener("resize", () => this.card.follow(this.#scroller), { signal, passive: true });
    addEventListener("scroll", () => this.card.follow(this.#scroller), { signal, passive: true, capture: true });
    addEventListener("pointerdown", (event) => this.#outside(event), { signal });
    for (const turn of conversation.turns) this.#view(turn);
    this.#refresh();
    this.#said.replaceChildren(); // what was said before isn't news
  }

  dispose() {
    this.card.close();
    this.#stop.abort();
    this.element.remove();
  }

  get draft() {
    return this.#field.value;
  }

  set draft(words) {
    this.#field.value = words;
    this.#grow();
  }

  focus() {
    this.#field.focus();
  }

  /** Questions to start with. */
  suggest(questions) {
    const buttons = questions.map((question) =>
      h("li", {}, h("button", { type: "button", class: "suggestion", dir: "auto", click: () => this.#ask(question) }, question)),
    );
    this.#start.querySelector("ul")?.remove();
    const list = h("ul", { class: "suggestions", role: "list", "aria-label": this.texts.suggestions }, ...buttons);
    if (buttons.length) this.#start.append(list);
  }

  /** Has a whole sentence read aloud. */
  say(words) {
    this.#said.append(h("p", { dir: "auto" }, words));
  }

  retry(turn) {
    this.focus();
    this.#conversation.retry(turn);
  }

  rephrase({ question }) {
    this.draft = question;
    this.focus();
    this.#field.select();
  }

  rate(turn, helpful, note) {
    return this.#conversation.rate(turn, helpful, note);
  }

  reveal(element) {
    element.scrollIntoView({ block: "nearest" });
  }

  /** Shows the last question and what came of it. */
  latest() {
    const last = this.#conversation.turns.at(-1);
    if (last) this.#read(last);
  }

  #head(close) {
    const { texts } = this;
    this.#fresh = iconButton("fresh", texts.fresh, () => this.#forget());
    const shut = close ? iconButton("close", texts.close, close) : null;
    return h("header", { class: "head" }, h("h2", { class: "title", dir: "auto" }, this.title), this.#fresh, shut);
  }

  #form() {
    const { texts } = this;
    this.#field = h("textarea", {
      class: "field",
      rows: 1,
      maxlength: 2000,
      enterkeyhint: "send",
      autocomplete: "off",
      dir: "auto",
      "aria-label": this.placeholder,
      placeholder: this.placeholder,
      input: () => this.#grow(),
      keydown: (event) => this.#key(event),
    });
    this.#send = h("button", { class: "send" });
    const submit = (event) => {
      event.preventDefault();
      if (this.#conversation.busy && !this.draft.trim()) this.#conversation.stop();
      else this.#ask(this.draft);
    };
    return h("form", { class: "form", submit }, this.#field, this.#send);
  }

  #key(event) {
    // Enter that chooses a word of an input method (229: as Safari tells it) asks nothing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#field.form.requestSubmit();
  }

  #ask(question) {
    const words = question.trim();
    if (!words) return;
    this.draft = "";
    this.focus();
    this.#said.replaceChildren();
    this.#conversation.ask(words);
    this.latest();
  }

  #forget() {
    this.#conversation.forget();
    this.focus();
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing || !this.card.open) return;
    this.card.close();
    event.preventDefault();
    event.stopPropagation();
  }

  #outside(event) {
    const kept = event.composedPath().some((at) => at.classList?.contains("card") || at.classList?.contains("number"));
    if (!kept) this.card.close();
  }

  #change(turn) {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const following = scrollHeight - scrollTop - clientHeight < NEAR;
    if (turn === null) {
      this.card.close();
      this.#views.clear();
      this.#list.replaceChildren();
    } else {
      this.#view(turn).update();
    }
    this.#refresh();
    if (turn && following) this.#read(turn);
  }

  /** Keeps the question and the answer's beginning in sight, not its end. */
  #read(turn) {
    const question = this.#views.get(turn).element.firstElementChild;
    const by = question.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    this.#scroller.scrollTop += by - MARGIN;
  }

  #view(turn) {
    let view = this.#views.get(turn);
    if (!view) {
      view = new TurnView(turn, this);
      this.#views.set(turn, view);
      this.#list.append(view.element);
    }
    return view;
  }

  #refresh() {
    const { busy, turns } = this.#conversation;
    const { texts } = this;
    this.#start.hidden = turns.length > 0;
    this.#fresh.hidden = turns.length === 0;
    const stop = busy && !this.draft.trim();
    const [name, label] = stop ? ["stop", texts.stop] : ["send", texts.send];
    if (this.#send.dataset.does === name) return;
    this.#send.dataset.does = name;
    this.#send.setAttribute("aria-label", label);
    this.#send.title = label;
    this.#send.replaceChildren(...iconButton(name, label, null).childNodes);
  }

  /** The field is as high as its lines, up to a limit that the style sets. */
  #grow() {
    this.#field.style.setProperty("height", "auto");
    this.#field.style.setProperty("height", `${this.#field.scrollHeight + 2}px`);
    this.#refresh();
  }
}

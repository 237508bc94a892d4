// The panel: header, conversation, suggestions, and the form to ask with.

import { Card } from "./card.js";
import { h, iconButton } from "./dom.js";
import { TurnView } from "./turn.js";

const FOLLOW_DISTANCE = 80; // pixels from the end within which the panel scrolls on with new content
const SCROLL_MARGIN = 16; // pixels above the question that is scrolled to

export class Panel {
  card = new Card();
  #conversation;
  #views = new Map(); // by turn
  #list;
  #suggested = []; // questions
  #welcome; // greeting and suggestions, until the first question
  #scroller;
  #liveRegion = h("div", { class: "visually-hidden", role: "log", "aria-live": "polite" });
  #field;
  #sendButton;
  #clearButton;
  #listeners = new AbortController();

  /** `options`: texts, endpoint, title, greeting, placeholder. `close`: null for a panel that can't be closed. */
  constructor(conversation, options, close) {
    this.#conversation = conversation;
    Object.assign(this, options);
    const { texts } = options;
    this.#list = h("ol", { class: "turns", role: "list" });
    this.#welcome = h("div", { class: "welcome" }, h("p", { class: "greeting", dir: "auto" }, this.greeting));
    this.#scroller = h(
      "div",
      { class: "scroller", role: "region", tabindex: 0, "aria-label": texts.conversation },
      this.#welcome,
      this.#list,
    );
    this.#scroller.addEventListener("scroll", () => this.card.follow(this.#scroller), { passive: true });
    this.element = h("div", { class: "panel" }, this.#header(close), this.#scroller, this.#form(), this.#liveRegion);
    this.element.addEventListener("keydown", (event) => this.#onEscape(event));
    const { signal } = this.#listeners;
    conversation.addEventListener("change", ({ detail }) => this.#onChange(detail), { signal });
    addEventListener("resize", () => this.card.follow(this.#scroller), { signal, passive: true });
    addEventListener("scroll", () => this.card.follow(this.#scroller), { signal, passive: true, capture: true });
    addEventListener("pointerdown", (event) => this.#onPointerDown(event), { signal });
    for (const turn of conversation.turns) this.#viewOf(turn);
    this.#refresh();
    this.#liveRegion.replaceChildren(); // turns that are loaded are not announced
  }

  dispose() {
    this.card.close();
    this.#listeners.abort();
    this.element.remove();
  }

  get draft() {
    return this.#field.value;
  }

  set draft(text) {
    this.#field.value = text;
    this.#resizeField();
  }

  focus() {
    this.#field.focus();
  }

  /** Shows suggested questions. */
  suggest(questions) {
    this.#suggested = questions;
    this.#welcome.querySelector("ul")?.remove();
    this.#welcome.append(this.suggestions() ?? "");
  }

  /** A list of the suggested questions; null if there is none. */
  suggestions() {
    if (!this.#suggested.length) return null;
    const buttons = this.#suggested.map((question) =>
      h("li", {}, h("button", { type: "button", class: "suggestion", dir: "auto", click: () => this.ask(question) }, question)),
    );
    return h("ul", { class: "suggestions", role: "list", "aria-label": this.texts.suggestions }, ...buttons);
  }

  /** Has a screen reader read a sentence aloud. */
  announce(sentence) {
    this.#liveRegion.append(h("p", { dir: "auto" }, sentence));
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

  /** Scrolls to the last question. */
  showLatest() {
    const last = this.#conversation.turns.at(-1);
    if (last) this.#scrollTo(last);
  }

  #header(close) {
    const { texts } = this;
    this.#clearButton = iconButton("fresh", texts.fresh, () => this.#clear());
    const closeButton = close ? iconButton("close", texts.close, close) : null;
    const title = h("h2", { class: "title", dir: "auto" }, this.title);
    return h("header", { class: "head" }, title, this.#clearButton, closeButton);
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
      input: () => this.#resizeField(),
      keydown: (event) => this.#onKey(event),
    });
    this.#sendButton = h("button", { class: "send" });
    const submit = (event) => {
      event.preventDefault();
      if (this.#conversation.busy && !this.draft.trim()) this.#conversation.stop();
      else this.ask(this.draft);
    };
    return h("form", { class: "form", submit }, this.#field, this.#sendButton);
  }

  #onKey(event) {
    // Enter that confirms an input method's word doesn't submit (keyCode 229: how Safari reports it).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#field.form.requestSubmit();
  }

  /** Asks a question as if the reader had typed it. */
  ask(text) {
    const question = text.trim();
    if (!question) return;
    this.draft = "";
    this.focus();
    this.#liveRegion.replaceChildren();
    this.#conversation.ask(question);
    this.showLatest();
  }

  #clear() {
    this.#conversation.clear();
    this.focus();
  }

  #onEscape(event) {
    if (event.key !== "Escape" || event.isComposing || !this.card.open) return;
    this.card.close();
    event.preventDefault();
    event.stopPropagation();
  }

  /** A press outside the card and of no number closes the card. */
  #onPointerDown(event) {
    const path = event.composedPath();
    const inside = path.some(({ classList }) => classList?.contains("card") || classList?.contains("number"));
    if (!inside) this.card.close();
  }

  #onChange(turn) {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight < FOLLOW_DISTANCE;
    if (turn === null) {
      this.card.close();
      this.#views.clear();
      this.#list.replaceChildren();
    } else {
      this.#viewOf(turn).update();
    }
    this.#refresh();
    if (turn && atEnd) this.#scrollTo(turn);
  }

  /** Scrolls so that the question and the beginning of its answer are in sight. */
  #scrollTo(turn) {
    const question = this.#views.get(turn).element.firstElementChild;
    const distance = question.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    this.#scroller.scrollTop += distance - SCROLL_MARGIN;
  }

  #viewOf(turn) {
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
    this.#welcome.hidden = turns.length > 0;
    this.#clearButton.hidden = turns.length === 0;
    const stops = busy && !this.draft.trim();
    const [action, label] = stops ? ["stop", texts.stop] : ["send", texts.send];
    if (this.#sendButton.dataset.action === action) return;
    this.#sendButton.dataset.action = action;
    this.#sendButton.setAttribute("aria-label", label);
    this.#sendButton.title = label;
    this.#sendButton.replaceChildren(...iconButton(action, label, null).childNodes);
  }

  /** Makes the field as high as its lines, up to the style's limit. */
  #resizeField() {
    this.#field.style.setProperty("height", "auto");
    this.#field.style.setProperty("height", `${this.#field.scrollHeight + 2}px`);
    this.#refresh();
  }
}

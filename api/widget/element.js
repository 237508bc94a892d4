// <saywhere-chat>: attributes in, a panel or a launcher with a panel out. Logic is in the plain classes.

import { readableOn } from "./colour.js";
import { Conversation } from "./conversation.js";
import { h, icon } from "./dom.js";
import { Panel } from "./panel.js";
import { Service } from "./service.js";
import { sheet } from "./style.js";
import { textsOf } from "./texts.js";

const PHONE = matchMedia("(max-width: 480px)");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const SERVICE = ["endpoint", "collection", "public-key"];
const LOOK = ["accent", "theme", "position", "style", "class"];
const TEXT = ["greeting", "heading", "language", "mode", "placeholder", "suggestions", "title"];
const HOME = new URL("./", import.meta.url).href; // where this script is served
const taken = new Set(); // the numbers of the widgets on the page

export class SaywhereChat extends HTMLElement {
  static observedAttributes = [...SERVICE, ...LOOK, ...TEXT, "open"];

  #root = h("div", { class: "root" });
  #number = null;
  #service = null;
  #conversation = null;
  #panel = null;
  #dialog = null;
  #launcher = null;
  #texts = {};
  #due = new Set();
  #life = null;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#root);
  }

  connectedCallback() {
    this.#adopt();
    if (this.title) this.attributeChangedCallback("title", null, this.title);
    this.#number = [...taken, 0].findIndex((_, at) => !taken.has(at));
    taken.add(this.#number);
    this.#life = new AbortController();
    const { signal } = this.#life;
    PHONE.addEventListener("change", () => this.open && this.#reopen(), { signal });
    DARK.addEventListener("change", () => this.#look(), { signal });
    this.#connect();
    this.#render();
    this.#due.clear();
    if (this.open) this.#show();
  }

  disconnectedCallback() {
    this.#life?.abort();
    this.#life = null;
    taken.delete(this.#number);
    this.#conversation?.stop();
    this.#panel?.dispose();
    this.#panel = null;
  }

  attributeChangedCallback(name, before, now) {
    if (name === "title" && now) {
      this.removeAttribute("title"); // the browser would show it over the whole widget
      this.heading = now;
    }
    if (!this.#life || before === now || name === "title") return;
    if (!this.#due.size) queueMicrotask(() => this.#catchUp());
    this.#due.add(name);
  }

  /** Asks a question as if the reader had; opens the panel. */
  ask(question) {
    this.open = true;
    return this.#conversation.ask(question);
  }

  /** The questions of this tab's conversation and what came of them; not to be changed. */
  get turns() {
    return this.#conversation?.turns ?? [];
  }

  /** Texts of the page's own, by the names in texts.js, in place of the language's. */
  get texts() {
    return this.#texts;
  }

  set texts(own) {
    this.#texts = own;
    if (this.#life) this.#render();
  }

  get endpoint() {
    return this.getAttribute("endpoint") || HOME;
  }

  get inline() {
    return this.mode === "inline";
  }

  get open() {
    return this.hasAttribute("open");
  }

  set open(wanted) {
    this.toggleAttribute("open", Boolean(wanted));
  }

  /** Properties that were set before this class was known go through its setters. */
  #adopt() {
    for (const [name, value] of Object.entries(this)) {
      delete this[name];
      this[name] = value;
    }
  }

  #catchUp() {
    const due = [...this.#due];
    this.#due.clear();
    if (!this.#life) return;
    if (due.some((name) => SERVICE.includes(name))) this.#connect();
    if (due.some((name) => SERVICE.includes(name) || TEXT.includes(name))) this.#render();
    else this.#look();
    if (!due.includes("open") || this.inline) return;
    if (this.open) this.#opened();
    else this.#closed();
  }

  #connect() {
    this.#conversation?.stop();
    const endpoint = new URL(this.endpoint, document.baseURI).href.replace(/\/?$/, "/");
    const collection = this.collection || "default";
    this.#service = new Service({ endpoint, collection, key: this.publicKey });
    const name = ["saywhere", endpoint, collection, this.id || this.#number].join(" ");
    this.#conversation = new Conversation(this.#service, name);
  }

  #render() {
    const draft = this.#panel?.draft ?? "";
    this.#panel?.dispose();
    this.#panel = this.#made();
    const direction = getComputedStyle(this).direction;
    this.#root.setAttribute("dir", direction);
    this.#root.setAttribute("lang", this.#language());
    this.#root.dataset.mode = this.inline ? "inline" : "launcher";
    this.#root.replaceChildren(...(this.inline ? [this.#panel.element] : this.#floating()));
    this.#look();
    if (this.open && !this.inline) this.#show();
    else this.#panel.latest();
    this.#panel.draft = draft;
    this.#suggest();
  }

  #made() {
    const texts = textsOf(this.#language(), this.#texts);
    const said = ["title", "greeting", "placeholder"].map((name) => [name, this.#given(name) || texts[name]]);
    const options = { texts, endpoint: this.#service.endpoint, ...Object.fromEntries(said) };
    return new Panel(this.#conversation, options, this.inline ? null : () => (this.open = false));
  }

  #given(name) {
    return name === "title" ? this.heading : this.getAttribute(name);
  }

  #language() {
    return this.language || this.closest("[lang]")?.lang || "en";
  }

  async #suggest() {
    const panel = this.#panel;
    const own = this.suggestions;
    if (own !== null) return panel.suggest(own.split(/[|\n]/).map((q) => q.trim()).filter(Boolean));
    if (!this.inline && !this.open) return;
    const found = await this.#service.suggestions(this.#life.signal).catch(() => []);
    if (panel === this.#panel) panel.suggest(found);
  }

  #floating() {
    const { texts, title } = this.#panel;
    this.#launcher = h(
      "button",
      {
        type: "button",
        class: "launcher",
        "aria-haspopup": "dialog",
        "aria-expanded": String(this.open),
        click: () => (this.open = true),
      },
      icon("ask"),
      h("span", {}, texts.open),
    );
    this.#dialog = h("dialog", { class: "dialog", popover: "manual", "aria-label": title }, this.#panel.element);
    this.#dialog.addEventListener("keydown", (event) => this.#escape(event));
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    return [this.#launcher, this.#dialog];
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.open = false;
  }

  #opened() {
    this.#show();
    this.#suggest();
    this.#panel.focus();
  }

  #closed() {
    this.#hide();
    this.#launcher.focus();
  }

  #show() {
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#launcher.hidden = true;
    // A phone's whole screen is a modal dialog: what lies under it can't be reached by mistake.
    if (PHONE.matches) {
      this.#dialog.removeAttribute("popover");
      this.#dialog.showModal();
    } else {
      this.#dialog.setAttribute("popover", "manual");
      this.#dialog.showPopover();
    }
    this.#panel.latest();
  }

  #hide() {
    this.#panel.card.close();
    this.#launcher.hidden = false;
    this.#launcher.setAttribute("aria-expanded", "false");
    if (this.#dialog.open) this.#dialog.close();
    else if (this.#dialog.matches(":popover-open")) this.#dialog.hidePopover();
  }

  #reopen() {
    if (this.inline) return;
    this.#hide();
    this.#show();
    this.#panel.focus();
  }

  /** Colours and place: what can change without anything being drawn anew. */
  #look() {
    const scheme = getComputedStyle(this).colorScheme;
    const { dataset, style } = this.#root;
    const chosen = ["light", "dark"].includes(this.theme) ? this.theme : null;
    dataset.theme = chosen ?? (scheme === "normal" ? "auto" : "page");
    dataset.position = this.position === "start" ? "start" : "end";
    const { accent } = this;
    if (accent && CSS.supports("color", accent)) style.setProperty("--accent", accent);
    else style.removeProperty("--accent");
    style.removeProperty("--on-accent");
    const used = getComputedStyle(this.shadowRoot.querySelector(".send"));
    if (!used.getPropertyValue("--saywhere-on-accent")) {
      style.setProperty("--on-accent", readableOn(used.backgroundColor));
    }
  }
}

// Each attribute that holds words is a property too.
for (const name of [...SERVICE.slice(1), ...LOOK.slice(0, 3), ...TEXT.slice(0, -1)]) {
  const property = name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  Object.defineProperty(SaywhereChat.prototype, property, {
    configurable: true,
    enumerable: true,
    get() {
      return this.getAttribute(name);
    },
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  });
}

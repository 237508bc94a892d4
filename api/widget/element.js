// The custom element <saywhere-chat>: from its attributes to a panel, or a launcher with a panel.

import { readableOn } from "./colour.js";
import { Conversation } from "./conversation.js";
import { h, icon } from "./dom.js";
import { Panel } from "./panel.js";
import { Service } from "./service.js";
import { sheet } from "./style.js";
import { textsOf } from "./texts.js";

const PHONE = matchMedia("(max-width: 480px)");
const DARK_SCHEME = matchMedia("(prefers-color-scheme: dark)");
const SERVICE_ATTRIBUTES = ["endpoint", "collection", "public-key"];
const STYLE_ATTRIBUTES = ["accent", "theme", "position", "style", "class"];
const TEXT_ATTRIBUTES = ["greeting", "heading", "language", "mode", "placeholder", "suggestions", "title"];
const SCRIPT_FOLDER = new URL("./", import.meta.url).href;
const usedNumbers = new Set(); // each widget of the page has one

export class SaywhereChat extends HTMLElement {
  static observedAttributes = [...SERVICE_ATTRIBUTES, ...STYLE_ATTRIBUTES, ...TEXT_ATTRIBUTES, "open"];

  #root = h("div", { class: "root" });
  #number = null;
  #service = null;
  #conversation = null;
  #panel = null;
  #dialog = null;
  #launcher = null;
  #texts = {};
  #changed = new Set(); // attributes whose change is not applied yet
  #connection = null; // an AbortController, aborted when the element leaves the page

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#root);
  }

  connectedCallback() {
    this.#upgradeProperties();
    if (this.title) this.attributeChangedCallback("title", null, this.title);
    this.#number = [...usedNumbers, 0].findIndex((_, number) => !usedNumbers.has(number));
    usedNumbers.add(this.#number);
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    PHONE.addEventListener("change", () => this.open && this.#reopen(), { signal });
    DARK_SCHEME.addEventListener("change", () => this.#applyStyle(), { signal });
    this.#connectService();
    this.#render();
    this.#changed.clear();
    if (this.open) this.#show();
  }

  disconnectedCallback() {
    this.#connection?.abort();
    this.#connection = null;
    usedNumbers.delete(this.#number);
    this.#conversation?.stop();
    this.#panel?.dispose();
    this.#panel = null;
  }

  attributeChangedCallback(name, before, now) {
    if (name === "title" && now) {
      this.removeAttribute("title"); // the browser would show it as a tooltip over the whole widget
      this.heading = now;
    }
    if (!this.#connection || before === now || name === "title") return;
    if (!this.#changed.size) queueMicrotask(() => this.#applyChanges());
    this.#changed.add(name);
  }

  /** Asks a question as if the reader had; opens the panel. */
  ask(question) {
    this.open = true;
    return this.#conversation.ask(question);
  }

  /** The turns of this tab's conversation; read only. */
  get turns() {
    return this.#conversation?.turns ?? [];
  }

  /** Texts of the page's own, by the names in texts.js; they replace those of the language. */
  get texts() {
    return this.#texts;
  }

  set texts(texts) {
    this.#texts = texts;
    if (this.#connection) this.#render();
  }

  get endpoint() {
    return this.getAttribute("endpoint") || SCRIPT_FOLDER;
  }

  get inline() {
    return this.mode === "inline";
  }

  get open() {
    return this.hasAttribute("open");
  }

  set open(open) {
    this.toggleAttribute("open", Boolean(open));
  }

  /** Passes properties that were set before the element was defined to its setters. */
  #upgradeProperties() {
    for (const [name, value] of Object.entries(this)) {
      delete this[name];
      this[name] = value;
    }
  }

  #applyChanges() {
    const names = [...this.#changed];
    this.#changed.clear();
    if (!this.#connection) return;
    const serviceChanged = names.some((name) => SERVICE_ATTRIBUTES.includes(name));
    if (serviceChanged) this.#connectService();
    if (serviceChanged || names.some((name) => TEXT_ATTRIBUTES.includes(name))) this.#render();
    else this.#applyStyle();
    if (!names.includes("open") || this.inline) return;
    if (this.open) this.#onOpen();
    else this.#onClose();
  }

  #connectService() {
    this.#conversation?.stop();
    const endpoint = new URL(this.endpoint, document.baseURI).href.replace(/\/?$/, "/");
    const collection = this.collection || "default";
    this.#service = new Service({ endpoint, collection, publicKey: this.publicKey });
    const storageKey = ["saywhere", endpoint, collection, this.id || this.#number].join(" ");
    this.#conversation = new Conversation(this.#service, storageKey);
  }

  #render() {
    const draft = this.#panel?.draft ?? "";
    this.#panel?.dispose();
    this.#panel = this.#createPanel();
    const direction = getComputedStyle(this).direction;
    this.#root.setAttribute("dir", direction);
    this.#root.setAttribute("lang", this.#language());
    this.#root.dataset.mode = this.inline ? "inline" : "launcher";
    this.#root.replaceChildren(...(this.inline ? [this.#panel.element] : this.#createLauncher()));
    this.#applyStyle();
    if (this.open && !this.inline) this.#show();
    else this.#panel.showLatest();
    this.#panel.draft = draft;
    this.#suggest();
  }

  #createPanel() {
    const texts = textsOf(this.#language(), this.#texts);
    const title = this.heading || texts.title;
    const greeting = this.greeting || texts.greeting;
    const placeholder = this.placeholder || texts.placeholder;
    const options = { texts, endpoint: this.#service.endpoint, title, greeting, placeholder };
    return new Panel(this.#conversation, options, this.inline ? null : () => (this.open = false));
  }

  #language() {
    return this.language || this.closest("[lang]")?.lang || "en";
  }

  async #suggest() {
    const panel = this.#panel;
    const own = this.suggestions;
    if (own !== null) return panel.suggest(own.split(/[|\n]/).map((q) => q.trim()).filter(Boolean));
    if (!this.inline && !this.open) return;
    const questions = await this.#service.suggestions(this.#connection.signal).catch(() => []);
    if (panel === this.#panel) panel.suggest(questions);
  }

  #createLauncher() {
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
    this.#dialog.addEventListener("keydown", (event) => this.#onEscape(event));
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    return [this.#launcher, this.#dialog];
  }

  #onEscape(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.open = false;
  }

  #onOpen() {
    this.#show();
    this.#suggest();
    this.#panel.focus();
  }

  #onClose() {
    this.#hide();
    this.#launcher.focus();
  }

  #show() {
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#launcher.hidden = true;
    // On a phone it covers the screen, so it is modal: nothing under it can be reached.
    if (PHONE.matches) {
      this.#dialog.removeAttribute("popover");
      this.#dialog.showModal();
    } else {
      this.#dialog.setAttribute("popover", "manual");
      this.#dialog.showPopover();
    }
    this.#panel.showLatest();
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

  /** Applies theme, position and accent, none of which needs a new panel. */
  #applyStyle() {
    const scheme = getComputedStyle(this).colorScheme;
    const { dataset, style } = this.#root;
    const theme = ["light", "dark"].includes(this.theme) ? this.theme : null;
    dataset.theme = theme ?? (scheme === "normal" ? "auto" : "page");
    dataset.position = this.position === "start" ? "start" : "end";
    const { accent } = this;
    if (accent && CSS.supports("color", accent)) style.setProperty("--accent", accent);
    else style.removeProperty("--accent");
    style.removeProperty("--on-accent");
    const sendStyle = getComputedStyle(this.shadowRoot.querySelector(".send"));
    if (!sendStyle.getPropertyValue("--saywhere-on-accent")) {
      style.setProperty("--on-accent", readableOn(sendStyle.backgroundColor));
    }
  }
}

// Attributes that hold text are properties too. `endpoint` has its own getter; `style`, `class` and
// `title` are properties of every element.
for (const name of [...SERVICE_ATTRIBUTES.slice(1), ...STYLE_ATTRIBUTES.slice(0, 3), ...TEXT_ATTRIBUTES.slice(0, -1)]) {
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

// The statements of an answer as elements by their role: sentences, a list, steps, rows, code.

import { h } from "./dom.js";
import { rowElement } from "./quote.js";
import { isSameText, itemNumbers, rowCells } from "./reply.js";

export class Evidence {
  element = h("div", { class: "evidence" });
  #reply; // its statements are those that are shown
  #numbersOf; // a statement's citations to their buttons
  #list = null; // the list that a next item continues

  #headline; // the element of the short answer, or null

  /**
   * `reply`: its unit and citations; `numbersOf`: the buttons of a statement's citations; `headline`: the
   * element of the short answer, which gets the numbers of a statement that says nothing else.
   */
  constructor({ unit, citations }, numbersOf, headline = null) {
    this.#reply = { unit, citations, statements: [] };
    this.#numbersOf = numbersOf;
    this.#headline = headline;
    if (headline) this.element.classList.add("quoted");
  }

  get count() {
    return this.#reply.statements.length;
  }

  /** Appends a statement: an item to the list before it, code to the item before it. */
  add(statement) {
    this.#reply.statements.push(statement);
    const { role } = statement;
    if (this.#headline && isSameText(statement.text, this.#headline.firstChild.data)) {
      this.#headline.append(" ", ...this.#numbersOf(statement));
    } else if (role === "item") this.#addItem(statement);
    else if (role === "code" && this.#list) this.#list.lastElementChild.append(this.#code(statement));
    else {
      this.#list = null;
      this.element.append(this.#block(statement));
    }
  }

  #addItem(statement) {
    const value = itemNumbers(this.#reply).at(-1);
    const name = value === null ? "ul" : "ol";
    if (this.#list?.localName !== name) {
      this.#list = h(name, { class: "items" });
      this.element.append(this.#list);
    }
    this.#list.append(this.#text("li", statement, { value }));
  }

  #block(statement) {
    if (statement.role === "code") return this.#code(statement);
    if (statement.role === "row") return this.#row(statement);
    return this.#text(statement.role === "heading" ? "h3" : "p", statement);
  }

  #text(name, statement, props = {}) {
    return h(name, { class: "statement", dir: "auto", ...props }, `${statement.text} `, ...this.#numbersOf(statement));
  }

  #code(statement) {
    const code = h("pre", { dir: "ltr" }, h("code", {}, statement.text));
    return h("div", { class: "statement" }, code, ...this.#numbersOf(statement));
  }

  #row(statement) {
    const cells = rowCells(statement.text);
    if (!cells) return this.#text("p", statement);
    const row = rowElement(cells, "statement row");
    row.lastElementChild.lastElementChild.append(" ", ...this.#numbersOf(statement));
    return row;
  }
}

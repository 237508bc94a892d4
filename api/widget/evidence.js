// The statements of an answer as elements by their role: sentences, a list, steps, rows, code.

import { h } from "./dom.js";
import { rowCells, stepNumbers } from "./reply.js";

export class Evidence {
  element = h("div", { class: "evidence" });
  #statements = [];
  #isProcedure;
  #numbersOf; // a statement's citations to their buttons
  #list = null; // the list that a next item continues

  constructor(isProcedure, numbersOf) {
    this.#isProcedure = isProcedure;
    this.#numbersOf = numbersOf;
  }

  get count() {
    return this.#statements.length;
  }

  /** Appends a statement: an item to the list before it, code to the item before it. */
  add(statement) {
    this.#statements.push(statement);
    const { role } = statement;
    if (role === "item") this.#openList().append(this.#text("li", statement));
    else if (role === "code" && this.#list) this.#list.lastElementChild.append(this.#code(statement));
    else {
      this.#list = null;
      this.element.append(this.#block(statement));
    }
  }

  #openList() {
    if (this.#list) return this.#list;
    const start = stepNumbers(this.#statements).at(-1);
    this.#list = this.#isProcedure ? h("ol", { class: "items", start }) : h("ul", { class: "items" });
    this.element.append(this.#list);
    return this.#list;
  }

  #block(statement) {
    if (statement.role === "code") return this.#code(statement);
    if (statement.role === "row") return this.#row(statement);
    return this.#text(statement.role === "heading" ? "h3" : "p", statement);
  }

  #text(name, statement) {
    return h(name, { class: "statement", dir: "auto" }, `${statement.text} `, ...this.#numbersOf(statement));
  }

  #code(statement) {
    const code = h("pre", { dir: "ltr" }, h("code", {}, statement.text));
    return h("div", { class: "statement" }, code, ...this.#numbersOf(statement));
  }

  #row(statement) {
    const cells = rowCells(statement.text);
    if (!cells) return this.#text("p", statement);
    const pairs = cells.map(([column, text]) =>
      h("div", {}, h("dt", { dir: "auto" }, column), h("dd", { dir: "auto" }, text)),
    );
    pairs.at(-1).lastElementChild.append(" ", ...this.#numbersOf(statement));
    return h("dl", { class: "statement row" }, ...pairs);
  }
}

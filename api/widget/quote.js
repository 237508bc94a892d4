// A quote as elements: paragraphs, lists and rows of a table as what they are, a stretch of it marked.

import { h } from "./dom.js";

const ITEM = /^\s*(?:[-*+•‣▪]|\(?(\d{1,3})[.)])\s+/;
const BAR = /\s\|(?:\s|$)/;

/** `columns`: the header cells of its table, or none; `from`, `to`: what to mark, as UTF-16 indices. */
export function quoteElements(quote, columns, from, to) {
  const elements = [];
  let open = null; // the paragraph or list that a next line may continue
  let end = -1;
  const add = (name, props, ...children) => {
    elements.push(h(name, { dir: "auto", ...props }, ...children));
    return elements.at(-1);
  };
  for (const line of quote.split("\n")) {
    const start = end + 1;
    end = start + line.length;
    const [, number] = ITEM.exec(line) ?? [];
    const content = start + (ITEM.exec(line)?.[0].length ?? 0);
    const cells = line.split(BAR).map((cell) => cell.trim());
    const isRow = columns.length > 1 && cells.length === columns.length;
    if (!line.trim()) {
      if (open?.localName === "p") open = null;
    } else if (isRow && quote.trim() !== line.trim() && cells.join() === columns.join()) {
      open = null; // the header: its names stand in the rows
    } else if (isRow && cells.join() !== columns.join()) {
      const pairs = cells.map((cell, i) => [columns[i], cell]).filter(([, cell]) => cell);
      elements.push(rowElement(pairs, "row", start < to && end > from));
      open = null;
    } else if (content > start) {
      const name = number ? "ol" : "ul";
      if (open?.localName !== name) open = add(name, { class: "items" });
      open.append(h("li", { value: number }, ...marked(content, end)));
    } else if (open && start > 0 && quote[start - 2] !== "\n") {
      (open.localName === "p" ? open : open.lastElementChild).append("\n", ...marked(start, end));
    } else {
      open = add("p", {}, ...marked(start, end));
    }
  }
  return elements;

  function marked(start, end) {
    const [first, last] = [Math.min(Math.max(start, from), end), Math.max(Math.min(end, to), start)];
    const part = (a, b) => (columns.length > 1 ? quote.slice(a, b).split(BAR).join(" · ") : quote.slice(a, b));
    if (first >= last) return [part(start, end)];
    return [part(start, first), h("mark", {}, part(first, last)), part(last, end)];
  }
}

/** A table's row of [column, cell] pairs; `isMarked`: with its cells marked. */
export function rowElement(pairs, className, isMarked = false) {
  const cell = (text) => h("dd", { dir: "auto" }, isMarked ? h("mark", {}, text) : text);
  const rows = pairs.map(([column, text]) => h("div", {}, h("dt", { dir: "auto" }, column), cell(text)));
  return h("dl", { class: className }, ...rows);
}

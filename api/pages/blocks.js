// Blocks of a document to elements: lists from their items, tables from their rows.

import { createElement } from "./service.js";

const LONG = 8; // as many parts' length may a list or table have before it is broken
const NUMBER = /^\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s+/;
const BULLET = /^(?:[-*•‣▪●○◦■·–])\s+/;

/** Writes blocks in the order of the text; `parts` are the elements made. */
export class BlockWriter {
  #text;
  #writer;
  #partLength;
  #length = 0; // of the last part
  #gap = ""; // the text between the last block and the next one
  #last = null; // the element that the last block's text is in
  #lists = []; // the open lists, the innermost last: { element, indent, ordered }
  #body = null; // of the open table
  parts = [];

  constructor(text, textWriter, partLength) {
    this.#text = text;
    this.#writer = textWriter;
    this.#partLength = partLength;
  }

  add(piece) {
    if (piece.kind === "gap") this.#addGap(piece);
    else this.#addBlock(piece);
    this.#length += piece.end - piece.start;
  }

  /** Writes the breaks of pages without text after the last block. */
  finish() {
    this.#close();
    if (this.#writer.hasBreakAt(this.#text.length)) this.#writer.breakAt(this.#text.length, this.#root(this.#text.length));
  }

  /** White space between blocks is hidden; what a format has besides (underlines, marks) is seen. */
  #addGap({ start, end }) {
    const gap = this.#text.slice(start, end);
    this.#gap += gap;
    if (gap.trim()) {
      this.#close();
      this.#last = this.#root(start).appendChild(createElement("p", "rest"));
      this.#writer.append(this.#last, start, end);
    } else {
      this.#writer.appendHidden(this.#last ?? this.#root(start), start, end);
    }
  }

  #addBlock({ start, end, kind, level }) {
    const indent = /[ \t]*$/.exec(this.#gap)[0].length;
    const apart = /\n\s*\n/.test(this.#gap);
    this.#gap = "";
    if (this.#writer.hasBreakAt(start) || this.#length > LONG * this.#partLength) this.#close();
    if (kind === "table_header" || kind === "table_row") {
      this.#addRow(start, end, kind, indent, apart);
      return;
    }
    this.#body = null;
    if (kind === "list_item") {
      this.#addItem(start, end, indent);
      return;
    }
    const parent = this.#container(start, indent);
    this.#writer.breakAt(start, parent);
    if (kind === "text") {
      this.#last = parent;
      this.#writer.append(parent, start, end);
      return;
    }
    this.#last = parent.appendChild(blockElement(kind, level));
    this.#writer.append(this.#last, start, end);
  }

  #addItem(start, end, indent) {
    const text = this.#text.slice(start, end);
    const marker = (BULLET.exec(text) ?? NUMBER.exec(text))?.[0] ?? "";
    const ordered = NUMBER.test(text);
    while (this.#lists.length && this.#lists.at(-1).indent > indent) this.#lists.pop();
    const open = this.#lists.at(-1);
    if (!open || open.indent < indent || open.ordered !== ordered) {
      if (open && open.indent === indent) this.#lists.pop();
      const parent = this.#lists.at(-1)?.element.lastElementChild ?? this.#root(start);
      this.#writer.breakAt(start, parent);
      const element = parent.appendChild(createElement(ordered ? "ol" : "ul"));
      element.setAttribute("role", "list"); // which some browsers forget of lists without bullets
      this.#lists.push({ element, indent, ordered });
    }
    const item = this.#lists.at(-1).element.appendChild(createElement("li", marker ? "" : "unmarked"));
    if (BULLET.test(marker)) {
      item.className = "bullet";
      this.#writer.appendHidden(item, start, start + marker.length);
    } else if (marker) {
      this.#writer.append(item.appendChild(createElement("span", "number")), start, start + marker.length);
    }
    this.#last = item.appendChild(createElement("span"));
    this.#writer.append(this.#last, start + marker.length, end);
  }

  #addRow(start, end, kind, indent, apart) {
    if (!this.#body || apart || kind === "table_header") {
      const parent = this.#container(start, indent);
      this.#writer.breakAt(start, parent);
      const frame = parent.appendChild(createElement("div", "table"));
      frame.tabIndex = 0; // so that the keyboard can scroll a wide one
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", "Table");
      const table = frame.appendChild(createElement("table"));
      this.#body = table.appendChild(createElement("tbody"));
      if (kind === "table_header") {
        const head = createElement("thead");
        table.prepend(head);
        this.#addCells(head, "th", start, end);
        return;
      }
    }
    this.#addCells(this.#body, "td", start, end);
  }

  #addCells(parent, name, start, end) {
    const row = parent.appendChild(createElement("tr"));
    const count = this.#writer.marks.length;
    for (const cell of cells(this.#text, start, end)) {
      this.#last = row.appendChild(createElement(name));
      if (name === "th") this.#last.scope = "col";
      this.#writer.append(this.#last, cell.start, cell.end);
      this.#writer.appendHidden(this.#last, cell.end, cell.next);
    }
    if (this.#writer.marks.length > count) row.className = "marked";
  }

  /** Where a block of this indentation goes: into the list item that it is indented under, else into a part. */
  #container(start, indent) {
    while (this.#lists.length && this.#lists.at(-1).indent >= indent) this.#lists.pop();
    return this.#lists.at(-1)?.element.lastElementChild ?? this.#root(start);
  }

  #close() {
    this.#lists = [];
    this.#body = null;
  }

  /** The part for what begins at the index; a new one where a line begins and the last part is long. */
  #root(start) {
    const isLineStart = start === 0 || this.#text[start - 1] === "\n";
    if (this.parts.length === 0 || (this.#length > this.#partLength && isLineStart)) {
      this.parts.push(createElement("div", "part"));
      this.#length = 0;
    }
    return this.parts.at(-1);
  }
}

function blockElement(kind, level) {
  if (kind === "heading") return createElement(`h${level}`, "heading");
  if (kind === "code") {
    const code = createElement("pre");
    code.tabIndex = 0; // so that the keyboard can scroll a wide one
    return code;
  }
  return createElement(kind === "quote" ? "blockquote" : "p");
}

/** The cells of a row "cell | cell": each from `start` to `end`, the bar behind it up to `next`. */
function* cells(text, start, end) {
  let from = start;
  for (let at = start; at < end; at += 1) {
    const isBar = text[at] === "|" && isSpace(text, at - 1, start, end) && isSpace(text, at + 1, start, end);
    if (!isBar) continue;
    let cellEnd = at;
    while (cellEnd > from && text[cellEnd - 1] === " ") cellEnd -= 1;
    let next = at + 1;
    if (next < end && text[next] === " ") next += 1;
    yield { start: from, end: cellEnd, next };
    from = next;
  }
  yield { start: from, end, next: end };
}

/** Whether an index is outside of the row, or has white space. */
function isSpace(text, at, start, end) {
  return at < start || at >= end || /\s/.test(text[at]);
}

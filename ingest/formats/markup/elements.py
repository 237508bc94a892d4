"""A tree of HTML elements to blocks; HTML, Word, EPUB, OpenDocument and JATS are written through it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ingest.formats.flow import Flow
from ingest.formats.markup.layout_tables import is_layout
from ingest.formats.markup.tree import Element, remove_element
from ingest.formats.small_signs import small_text
from rag.types import Span

MARK = "Mark"
"""An attribute of a list's item: its mark as shown, "(b)". Pages can't have it, as their names of attributes
are read in small letters."""
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure"
    " footer form header hgroup hr html legend li main menu nav ol p pre section summary table tbody td"
    " tfoot th thead tr ul caption".split()
) | frozenset(HEADINGS)
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_ALT_WORDS = 3
_PUNCTUATION = ".,;:!?"
_LINE_EDGE = "\1"  # where a line of code begins or ends, if none does already; no element can hold it
_BREAK = "\0"  # a line break until white space is folded; no element can hold it


def write_elements(root: Element, flow: Flow, owner: Span | None = None) -> None:
    """Writes all text of a tree; menus, scripts and hidden parts must be removed from it before.

    Args:
        owner: the span of the list item that holds the tree.
    """
    _ElementWriter(root, flow).write_children(root, owner)


def inline_text(element: Element) -> str:
    """The text of an element as a browser shows it: white space folded, a line for each break."""
    return _fold_spaces("".join(_inline_parts(element)))


def block_holders(root: Element) -> set[Element]:
    """The elements that hold a block element, at any depth."""
    holders: set[Element] = set()
    for element in reversed(list(root.iter())):
        if element in holders or element.tag in _BLOCKS:
            parent = element.getparent()
            if parent is not None:
                holders.add(parent)
    return holders


class _ElementWriter:
    """Writes elements in order, each with its context span."""

    def __init__(self, root: Element, flow: Flow) -> None:
        self._flow = flow
        self._block_holders = block_holders(root)
        self._handlers: dict[str, Callable[[Element, Span | None], None]] = {
            **dict.fromkeys(HEADINGS, self._heading),
            **dict.fromkeys(("ul", "ol", "menu"), self._list),
            "p": self._paragraph,
            "pre": self._code,
            "blockquote": self._quote,
            "table": self._table,
            "dl": self._definitions,
            "details": self._details,
        }

    def write_children(self, element: Element, owner: Span | None) -> None:
        """Writes the children of an element; text between blocks makes paragraphs."""
        inline = [element.text or ""]
        for child in element:
            if child.tag in _BLOCKS or child in self._block_holders:
                self._write_inline(inline, owner)
                inline = []
                self._write_element(child, owner)
            else:
                inline += _element_parts(child)
            inline.append(child.tail or "")
        self._write_inline(inline, owner)

    def _write_element(self, element: Element, owner: Span | None) -> None:
        self._handlers.get(element.tag, self.write_children)(element, owner)

    def _write_inline(self, parts: Iterable[str], owner: Span | None) -> None:
        text = _fold_spaces("".join(parts))
        if text:
            self._flow.paragraph(text, owner)

    def _heading(self, element: Element, _: Span | None) -> None:
        self._flow.heading(inline_text(element), HEADINGS[element.tag])

    def _paragraph(self, element: Element, owner: Span | None) -> None:
        if element in self._block_holders:
            self.write_children(element, owner)
        else:
            self._write_inline(_inline_parts(element), owner)

    def _code(self, element: Element, owner: Span | None) -> None:
        self._flow.code("".join(_code_parts(element)).expandtabs(4), owner)

    def _quote(self, element: Element, owner: Span | None) -> None:
        context_span = owner or self._flow.announcement()
        if element in self._block_holders:
            for child in element:
                if child.tag == "p" and child not in self._block_holders:
                    self._flow.quote(inline_text(child), context_span)
                else:
                    self._write_element(child, context_span)
        else:
            self._flow.quote(inline_text(element), context_span)
        self._flow.end_context()

    def _list(self, element: Element, owner: Span | None) -> None:
        context_span = self._flow.list_context(owner)
        number = _start_number(element)
        is_first = True
        for item in element:
            if item.tag in ("ul", "ol"):  # invalid HTML, but common
                with self._flow.nested():
                    self._list(item, context_span)
                continue
            mark = str(item.get(MARK) or (f"{number}." if element.tag == "ol" else "-"))
            self._item(item, mark, context_span, tight=not is_first or self._flow.depth > 0)
            is_first = False
            number += 1
        self._flow.end_context()

    def _item(self, item: Element, mark: str, context_span: Span | None, *, tight: bool) -> None:
        first, rest = self._first_text(item)
        span = self._flow.item(f"{mark} {first}", context_span, tight=tight) if first else context_span
        with self._flow.nested():
            for part in rest:
                if isinstance(part, str):
                    self._write_inline([part], span)
                else:
                    self._write_element(part, span)

    def _first_text(self, item: Element) -> tuple[str, list[Element | str]]:
        """The text that stands beside an item's mark, and the parts below it."""
        parts = self._parts(item)
        if parts and not isinstance(parts[0], str) and parts[0].tag in ("p", "div", "span", "label", "a"):
            inner, rest = self._first_text(parts[0])
            return inner, [*rest, *parts[1:]]
        if parts and isinstance(parts[0], str):
            return parts[0], parts[1:]
        return "", parts

    def _parts(self, element: Element) -> list[Element | str]:
        """Stretches of inline text, folded, and the block elements between them."""
        parts: list[Element | str] = []
        inline = [element.text or ""]
        for child in element:
            if child.tag in _BLOCKS or child in self._block_holders:
                parts += [_fold_spaces("".join(inline)), child]
                inline = []
            else:
                inline += _element_parts(child)
            inline.append(child.tail or "")
        parts.append(_fold_spaces("".join(inline)))
        return [part for part in parts if not isinstance(part, str) or part]

    def _definitions(self, element: Element, owner: Span | None) -> None:
        term = owner
        for child in element.iter("dt", "dd"):
            if next(child.iterancestors("dl")) is not element:
                continue
            if child.tag == "dt":
                term = self._flow.paragraph(inline_text(child), owner)
                self._flow.end_context()
            else:
                self.write_children(child, term)

    def _details(self, element: Element, owner: Span | None) -> None:
        """What opens below a summary has it as its context, unless the summary is a heading."""
        summary = next((child for child in element if child.tag == "summary"), None)
        if summary is not None and not any(True for _ in summary.iter(*HEADINGS)):
            text = inline_text(summary)
            remove_element(summary)
            owner = self._flow.paragraph(text, owner) if text else owner
        self.write_children(element, owner)
        self._flow.end_context()

    def _table(self, element: Element, owner: Span | None) -> None:
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        for caption in element.iterchildren("caption"):
            self._flow.paragraph(inline_text(caption), owner)
        if is_layout(element, rows):
            for row in rows or [element]:
                for cell in row:
                    self.write_children(cell, owner)
            return
        self._flow.table(_grid(rows), owner or self._flow.announcement(), _header_rows(rows))


def _start_number(element: Element) -> int:
    start = str(element.get("start") or "1")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _header_rows(rows: list[Element]) -> int | None:
    """How many rows are marked as the header; None: none is, and the first may still be one."""
    marked = 0
    for row in rows:
        cells = list(row)
        if row.getparent().tag != "thead" and not (cells and all(cell.tag == "th" for cell in cells)):
            break
        marked += 1
    if marked == 0 and rows and any(cell.tag == "th" for cell in rows[0]) and rows[0][0].tag == "th":
        first_cells = [row[0].tag for row in rows[1:] if len(row)]
        row_headers = bool(first_cells) and all(tag == "th" for tag in first_cells)
        return 0 if row_headers and rows[0][-1].tag == "td" else None
    return marked if 0 < marked < len(rows) else None


def _grid(rows: list[Element]) -> list[list[str]]:
    """Cells by row and column; a cell that spans rows is repeated in each, one that spans columns is not.

    ``spanning`` maps a column to how many further rows its cell spans, and the cell's text.
    """
    grid: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}
    for row in rows:
        texts: list[str] = []
        cells = iter([cell for cell in row if cell.tag in ("td", "th")])
        while True:
            if len(texts) in spanning:
                _repeat(texts, spanning)
                continue
            cell = next(cells, None)
            if cell is None:
                break
            _place(cell, texts, spanning)
        while spanning and len(texts) <= max(spanning):
            _repeat(texts, spanning)
        grid.append(texts)
    return grid


def _repeat(texts: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    """Fills the next column of a row with the cell that spans it from above, or leaves it empty."""
    column = len(texts)
    rows_left, text = spanning.pop(column, (0, ""))
    if rows_left > 1:
        spanning[column] = (rows_left - 1, text)
    texts.append(text)


def _place(cell: Element, texts: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    """Adds a cell to a row: a header's text in each column that it spans, another's in the first."""
    text = " ".join(_cell_text(cell).replace(_BREAK, " ").split())
    row_count, column_count = _span_count(cell, "rowspan"), _span_count(cell, "colspan")
    is_header = cell.tag == "th"
    for column in range(column_count):
        column_text = text if column == 0 or is_header else ""
        if row_count > 1:
            spanning[len(texts)] = (row_count - 1, column_text)
        texts.append(column_text)


def _span_count(cell: Element, attribute: str) -> int:
    value = str(cell.get(attribute) or "1").strip()
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _cell_text(cell: Element) -> str:
    """A cell on one line: a space between blocks and at breaks, a semicolon between items and inner rows."""
    parts = [cell.text or ""]
    end = parts[0].strip()[-1:]
    for child in cell:
        if child.tag in ("li", "tr") and end:
            while not parts[-1].strip():
                parts.pop()
            parts[-1] = parts[-1].rstrip() + (" " if end in _PUNCTUATION else "; ")
        if child.tag in _BLOCKS or next(child.iterdescendants(*_BLOCKS), None) is not None:
            text = f" {_cell_text(child)} "
        else:
            text = " " if child.tag == "br" else "".join(_element_parts(child))
        parts += [text, child.tail or ""]
        end = f"{text}{child.tail or ''}".strip()[-1:] or end
    return "".join(parts)


def _code_parts(element: Element) -> Iterator[str]:
    """The text of code line by line; each block in it, and each element that is named a line, is one."""
    last = ""
    for part in _code_lines(element):
        if part == _LINE_EDGE:
            part = "" if not last or last.endswith("\n") else "\n"
        if part:
            last = part.replace(_BREAK, "\n")
            yield last


def _code_lines(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        is_line = child.tag in _BLOCKS
        if is_line:
            yield _LINE_EDGE
        yield from _code_lines(child) if len(child) else _element_parts(child)
        if is_line:
            yield _LINE_EDGE
        yield child.tail or ""


def _inline_parts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _element_parts(child)
        yield child.tail or ""


def _element_parts(element: Element) -> Iterator[str]:
    """The text of an inline element with signs for what its tag means; without its tail."""
    tag = element.tag
    if not isinstance(tag, str):  # a comment
        return
    if tag == "br":
        yield _BREAK
    elif tag == "img":
        alt = element.get("alt") or ""
        yield f" {alt} " if len(alt.split()) >= _ALT_WORDS else ""
    elif tag in ("del", "s", "strike"):
        yield from ("~~", *_inline_parts(element), "~~")
    elif tag in ("sup", "sub"):
        text = "".join(_inline_parts(element))
        yield text if len(element) else small_text(tag, text)
    elif tag == "q":
        yield from ("“", *_inline_parts(element), "”")
    else:
        yield from _inline_parts(element)


def _fold_spaces(text: str) -> str:
    """White space as a browser folds it; breaks become line ends."""
    lines = (_SPACE.sub(" ", part).strip() for part in text.replace("\xad", "").split(_BREAK))
    return "\n".join(lines).strip("\n")

"""A tree of HTML elements to blocks: what HTML, Word, EPUB, e-mail and others are written through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ingest.formats.flow import Flow
from rag.types import Span

Element = Any  # lxml.html.HtmlElement; lxml carries no types

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure"
    " footer form header hgroup hr html legend li main menu nav ol p pre section summary table tbody td"
    " tfoot th thead tr ul caption".split()
) | frozenset(HEADINGS)
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_ALT_WORDS = 3
_BREAK = "\0"  # a line break until white space is folded; no element can hold it


def write(root: Element, flow: Flow) -> None:
    """Writes a tree's visible text; what is no content must be gone from it already."""
    _Walk(root, flow).children(root, None)


def inline(element: Element) -> str:
    """The text of an element as it reads on the page: white space folded, a line for each break."""
    return _folded("".join(_text(element)))


def has_blocks(root: Element) -> set[Element]:
    """The elements that hold a block element, at any depth."""
    found: set[Element] = set()
    for element in reversed(list(root.iter())):
        if element in found or element.tag in _BLOCKS:
            parent = element.getparent()
            if parent is not None:
                found.add(parent)
    return found


class _Walk:
    """Writes elements in order, each with the lead that a reader needs beside it."""

    def __init__(self, root: Element, flow: Flow) -> None:
        self._flow = flow
        self._outer = has_blocks(root)
        self._handlers: dict[str, Callable[[Element, Span | None], None]] = {
            **dict.fromkeys(HEADINGS, self._heading),
            **dict.fromkeys(("ul", "ol", "menu"), self._list),
            "p": self._paragraph,
            "pre": self._code,
            "blockquote": self._quote,
            "table": self._table,
            "dl": self._definitions,
        }

    def children(self, element: Element, owner: Span | None) -> None:
        """Writes what an element holds; text between its blocks makes paragraphs."""
        run = [element.text or ""]
        for child in element:
            if child.tag in _BLOCKS or child in self._outer:
                self._loose(run, owner)
                run = []
                self._handlers.get(child.tag, self.children)(child, owner)
            else:
                run += _element(child)
            run.append(child.tail or "")
        self._loose(run, owner)

    def _loose(self, run: list[str], owner: Span | None) -> None:
        text = _folded("".join(run))
        if text:
            self._flow.paragraph(text, owner)

    def _heading(self, element: Element, _: Span | None) -> None:
        self._flow.heading(inline(element), HEADINGS[element.tag])

    def _paragraph(self, element: Element, owner: Span | None) -> None:
        if element in self._outer:
            self.children(element, owner)
        else:
            self._loose([*_text(element)], owner)

    def _code(self, element: Element, owner: Span | None) -> None:
        self._flow.code("".join(_text(element)).replace(_BREAK, "\n").expandtabs(4), owner)

    def _quote(self, element: Element, owner: Span | None) -> None:
        context_span = owner or self._flow.announcing()
        if element in self._outer:
            for child in element:
                if child.tag == "p" and child not in self._outer:
                    self._flow.quote(inline(child), context_span)
                else:
                    self._handlers.get(child.tag, self.children)(child, context_span)
        else:
            self._flow.quote(inline(element), context_span)
        self._flow.close()

    def _list(self, element: Element, owner: Span | None) -> None:
        context_span = self._flow.context_span(owner)
        number = _start(element)
        written = False
        for item in element:
            if item.tag in ("ul", "ol"):  # not allowed there, and seen everywhere
                with self._flow.deeper():
                    self._list(item, context_span)
                continue
            mark = f"{number}." if element.tag == "ol" else "-"
            self._item(item, mark, context_span, tight=written or self._flow.depth > 0)
            written = True
            number += 1
        self._flow.close()

    def _item(self, item: Element, mark: str, context_span: Span | None, *, tight: bool) -> None:
        first, rest = self._first_text(item)
        span = self._flow.item(f"{mark} {first}", context_span, tight=tight) if first else context_span
        with self._flow.deeper():
            for part in rest:
                if isinstance(part, str):
                    self._loose([part], span)
                else:
                    self._handlers.get(part.tag, self.children)(part, span)

    def _first_text(self, item: Element) -> tuple[str, list[Element | str]]:
        """The text that stands beside an item's mark, and what comes below it."""
        parts = self._parts(item)
        if parts and not isinstance(parts[0], str) and parts[0].tag in ("p", "div", "span", "label", "a"):
            inner, rest = self._first_text(parts[0])
            return inner, [*rest, *parts[1:]]
        if parts and isinstance(parts[0], str):
            return parts[0], parts[1:]
        return "", parts

    def _parts(self, element: Element) -> list[Element | str]:
        """Runs of text, folded, and the block elements between them."""
        parts: list[Element | str] = []
        run = [element.text or ""]
        for child in element:
            if child.tag in _BLOCKS or child in self._outer:
                parts += [_folded("".join(run)), child]
                run = []
            else:
                run += _element(child)
            run.append(child.tail or "")
        parts.append(_folded("".join(run)))
        return [part for part in parts if not isinstance(part, str) or part]

    def _definitions(self, element: Element, owner: Span | None) -> None:
        term = owner
        for child in element.iter("dt", "dd"):
            if next(child.iterancestors("dl")) is not element:
                continue
            if child.tag == "dt":
                term = self._flow.paragraph(inline(child), owner)
                self._flow.close()
            else:
                self.children(child, term)

    def _table(self, element: Element, owner: Span | None) -> None:
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        for caption in element.iterchildren("caption"):
            self._flow.paragraph(inline(caption), owner)
        if _is_layout(element, rows):
            for row in rows or [element]:
                for cell in row:
                    self.children(cell, owner)
            return
        self._flow.table(_grid(rows), owner or self._flow.announcing(), _header_rows(rows))


def _start(element: Element) -> int:
    start = str(element.get("start") or "1")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _is_layout(table: Element, rows: list[Element]) -> bool:
    """Whether a table only places things on the page: tables, headings or long texts are in its cells."""
    if table.get("role") in ("presentation", "none") or max(map(len, rows), default=0) < 2:
        return True
    if any(True for _ in table.iterdescendants("table", *HEADINGS)):
        return True
    return any(sum(1 for _ in cell.iter("p", "div", "li")) > 20 for row in rows for cell in row)


def _header_rows(rows: list[Element]) -> int | None:
    """How many rows say that they are the header; None: none says so, it may still be one."""
    marked = 0
    for row in rows:
        cells = list(row)
        if row.getparent().tag != "thead" and not (cells and all(cell.tag == "th" for cell in cells)):
            break
        marked += 1
    if marked == 0 and rows and any(cell.tag == "th" for cell in rows[0]) and rows[0][0].tag == "th":
        below = [row[0].tag for row in rows[1:] if len(row)]
        return 0 if below and all(tag == "th" for tag in below) and rows[0][-1].tag == "td" else None
    return marked if 0 < marked < len(rows) else None


def _grid(rows: list[Element]) -> list[list[str]]:
    """Cells by row and column; one that spans several is repeated down, and stands once across."""
    grid: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}
    for row in rows:
        line: list[str] = []
        cells = iter([cell for cell in row if cell.tag in ("td", "th")])
        while True:
            if len(line) in held:
                left, text = held.pop(len(line))
                if left > 1:
                    held[len(line)] = (left - 1, text)
                line.append(text)
                continue
            cell = next(cells, None)
            if cell is None:
                break
            _place(cell, line, held)
        while held and len(line) <= max(held):
            left, text = held.pop(len(line), (0, ""))
            if left > 1:
                held[len(line)] = (left - 1, text)
            line.append(text)
        grid.append(line)
    return grid


def _place(cell: Element, line: list[str], held: dict[int, tuple[int, str]]) -> None:
    text = " ".join(_cell_text(cell).replace(_BREAK, " ").split())
    down, across = _span(cell, "rowspan"), _span(cell, "colspan")
    header = cell.tag == "th"
    for column in range(across):
        shown = text if column == 0 or header else ""
        if down > 1:
            held[len(line)] = (down - 1, shown)
        line.append(shown)


def _span(cell: Element, name: str) -> int:
    value = str(cell.get(name) or "1").strip()
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _cell_text(cell: Element) -> str:
    """A cell on one line, its blocks and breaks apart by a space."""
    parts = [cell.text or ""]
    for child in cell:
        gap = " " if child.tag in _BLOCKS or child.tag == "br" else ""
        parts += [gap, _cell_text(child) if child.tag in _BLOCKS else "".join(_element(child)), gap]
        parts.append(child.tail or "")
    return "".join(parts)


def _text(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _element(child)
        yield child.tail or ""


def _element(element: Element) -> Iterator[str]:
    """The text of an inline element with what its tag means; without its tail."""
    tag = element.tag
    if not isinstance(tag, str):  # a comment
        return
    if tag == "br":
        yield _BREAK
    elif tag == "img":
        alt = element.get("alt") or ""
        yield f" {alt} " if len(alt.split()) >= _ALT_WORDS else ""
    elif tag in ("del", "s", "strike"):
        yield from ("~~", *_text(element), "~~")
    elif tag in ("sup", "sub"):
        text = "".join(_text(element))
        small = text.strip().translate(_RAISED if tag == "sup" else _LOWERED)
        fits = len(small) < 5 and not len(element) and not any(map(str.isascii, small))
        yield small if fits else text  # without this, ten to the fifth would read as 105
    elif tag == "q":
        yield from ("“", *_text(element), "”")
    else:
        yield from _text(element)


def _folded(text: str) -> str:
    """White space as a browser folds it; breaks become line ends."""
    lines = (_SPACE.sub(" ", part).strip() for part in text.replace("\xad", "").split(_BREAK))
    return "\n".join(lines).strip("\n")

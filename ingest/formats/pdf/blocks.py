"""Rows of a page to blocks: paragraphs joined over their lines, headings, list items, table rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from ingest.formats.pdf.lines import Piece, line, rows
from ingest.formats.pdf.tables import columns, texts

ITEM = re.compile(r"(?:[•‣▪●○◦■–·*]|-(?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-Z]\.|[IVX]{1,5}\.)\s+(?=[^\W\d_])")
_ENDS = re.compile(r"[.!?…:;。！？][\"'”’)\]»]*\Z")
_SPLIT_WORD = re.compile(r"(?P<stem>[^\W\d_]{2,})(?P<mark>[-\u2010\xad])\Z")
_LETTER = re.compile(r"[^\W\d_]")
_HEADING_CHARACTERS = 150


class Kind(StrEnum):
    """What a part of a page is."""

    TEXT = "text"
    HEADING = "heading"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines that belong together (one line a table row, cells apart), on one page."""

    kind: Kind
    lines: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...] = ()
    size: float = 0.0
    open_end: bool = False
    """The last line fills its column and ends no sentence: the text may go on elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What a document's running text looks like: the size of its type and the space of its lines."""

    size: float

    @classmethod
    def of(cls, pages: Sequence[Sequence[Piece]]) -> Type:
        sizes: Counter[float] = Counter()
        for page in pages:
            for piece in page:
                sizes[piece.size] += len(piece.text)
        return cls(size=sizes.most_common(1)[0][0] if sizes else 10.0)


def parts(region: Sequence[Piece], body: Type) -> Iterator[Part]:
    """The parts of one column's stretch, from top to bottom."""
    pending: list[Piece] = []
    for stretch in _stretches(rows(region)):
        table = columns(stretch)
        side_by_side = [] if table else texts(stretch)
        if not table and not side_by_side:
            pending += [line(row) for row in stretch]
            continue
        yield from _text_parts(pending, body)
        pending = []
        if table:
            yield Part(kind=Kind.TABLE, lines=tuple(" ".join(row) for row in table), cells=table)
        for text in side_by_side:
            yield from _text_parts(text, body)
    yield from _text_parts(pending, body)


def _text_parts(lines: Sequence[Piece], body: Type) -> Iterator[Part]:
    if not lines:
        return
    margin, edge = min(row.left for row in lines), max(row.right for row in lines)
    spacing = _spacing(lines)
    group: list[Piece] = []
    for row in lines:
        titles = bool(group) and _is_title_line(group[-1], row, body)
        if group and not titles and not _belongs(group, row, margin, edge, spacing):
            yield _part(group, edge, body)
            group = []
        group.append(row)
    yield _part(group, edge, body)


def _stretches(lines: Sequence[list[Piece]]) -> Iterator[list[list[Piece]]]:
    """Runs of rows that may be a table, and runs of those between.

    A row with one narrow piece between rows with several is one of theirs.
    """
    edges = [(row[0].left, row[-1].right) for row in lines]
    width = max((right for _, right in edges), default=0.0) - min((left for left, _ in edges), default=0.0)

    def may_be(at: int) -> bool:
        if len(lines[at]) > 1:
            return True
        around = [lines[i] for i in (at - 1, at + 1) if 0 <= i < len(lines) and len(lines[i]) > 1]
        piece = lines[at][0]
        near = [row for row in around if abs(piece.base - row[0].base) < 2 * piece.size]
        return len(near) == 2 and piece.width < 0.4 * width

    for _, run in groupby(range(len(lines)), key=may_be):
        yield [lines[at] for at in run]


def joined(lines: Sequence[str], known: Counter[str]) -> str:
    """Lines as one text; a word that a hyphen breaks is whole again.

    The hyphen stays where the word is known with it from elsewhere in the document, or where the
    next line goes on with a capital or a digit.
    """
    done = ""
    for text in lines:
        if not done:
            done = text
            continue
        broken = _SPLIT_WORD.search(done)
        rest = re.match(r"[^\W\d_]+", text)
        if broken and rest and rest[0][0].islower():
            stem = broken["stem"]
            keep = _keeps_hyphen(stem, rest[0], broken["mark"], known)
            done = done[: broken.start("mark")] + ("-" if keep else "") + text
        elif broken:
            done = done[: broken.start("mark")] + "-" + text
        else:
            done = f"{done} {text}"
    return done.replace("\xad", "-")


def _keeps_hyphen(stem: str, rest: str, mark: str, known: Counter[str]) -> bool:
    whole, compound = (stem + rest).lower(), f"{stem}-{rest}".lower()
    if known[whole] or known[compound]:
        return known[compound] > known[whole]
    return mark != "\xad" and known[stem.lower()] > 1 and known[rest.lower()] > 1 and len(rest) > 3


def _spacing(lines: Sequence[Piece]) -> float:
    """The distance from one line to the next inside paragraphs: the smaller ones of all."""
    steps = sorted(b.base - a.base for a, b in pairwise(lines) if b.base - a.base > 0.7 * a.size)
    return steps[len(steps) // 5] if steps else 0.0


def _is_title_line(last: Piece, row: Piece, body: Type) -> bool:
    """Whether two lines in big type are one title, wherever its lines are broken."""
    same = abs(row.size - last.size) < 0.12 * row.size
    return same and row.size > 1.25 * body.size and row.base - last.base < 1.5 * row.size


def _belongs(group: Sequence[Piece], row: Piece, margin: float, edge: float, spacing: float) -> bool:
    """Whether a line goes on with what the lines before it began."""
    last = group[-1]
    step = row.base - last.base
    same = abs(row.size - last.size) < 0.12 * row.size and row.bold == last.bold
    apart = step > max(1.3 * min(spacing, 1.6 * row.size), 1.15 * last.size)
    if not same or apart or ITEM.match(row.text):
        return False
    em = 0.8 * row.size
    is_item = ITEM.match(group[0].text) is not None
    if row.left > last.left + em and last.left < margin + em and not is_item:
        return False  # a first line's indentation
    if row.text[:1].islower() or last.text.endswith(("-", "\xad", ",")):
        return True
    first = len(row.text.split(None, 1)[0]) / max(len(row.text), 1) * row.width
    return edge - last.right < first + 2 * row.size  # else the next word would have fitted


def _part(group: Sequence[Piece], edge: float, body: Type) -> Part:
    lines = tuple(piece.text for piece in group)
    first, last = group[0], group[-1]
    text = " ".join(lines)
    kind = Kind.HEADING if _is_heading(text, first, len(group), body) else Kind.TEXT
    full = last.right > edge - 0.15 * (edge - first.left) or last.text.endswith(("-", "\xad"))
    unfinished = full and not _ENDS.search(text) and kind is Kind.TEXT
    return Part(kind=kind, lines=lines, size=first.size, open_end=unfinished)


def _is_heading(text: str, first: Piece, lines: int, body: Type) -> bool:
    """Bigger or bolder than the running text, short, and no sentence."""
    if first.aside or len(text) > _HEADING_CHARACTERS or lines > 3 or not _LETTER.search(text):
        return False
    if _ENDS.search(text) and not text.endswith("?"):
        return False
    if ITEM.match(text) and not NUMBERED.match(text):
        return False
    bigger = first.size > 1.12 * body.size
    return bigger or (first.bold and first.size > 0.95 * body.size and lines == 1 and text[:1].isalnum())

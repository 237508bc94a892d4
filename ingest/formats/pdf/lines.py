"""A PDF page's characters to stretches of text with their places, and those to rows."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from ingest.formats.text.decode import well_formed

_GAP = 1.0  # of the type size: wider white space is a gap between columns or cells
_RAISED = 0.45  # of the type size: how far a character may stand off its line, as an exponent does
_HYPHENS = {"\x02": "\xad", "\ufffe": "\xad"}  # how PDFium marks a hyphen that breaks a word
_BOLD = re.compile(rb"bold|black|heavy|-bd|medi\b|demi|cmbx|sfbx", re.IGNORECASE)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Text on one line without a wide gap; in points, down from the page's top. ``base`` is its baseline."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    aside: bool = False
    """It is turned against the rest of the page, and its place is its own."""

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def top(self) -> float:
        return self.base - 0.8 * self.size

    @property
    def bottom(self) -> float:
        return self.base + 0.2 * self.size


@dataclass(frozen=True, slots=True)
class _Glyph:
    char: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    spaced: bool
    broken: bool


@dataclass(slots=True)
class _Run:
    """A piece in the making."""

    glyphs: list[_Glyph] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def add(self, glyph: _Glyph) -> None:
        if self.glyphs and (glyph.spaced or glyph.left - self.glyphs[-1].right > 0.25 * glyph.size):
            self.text.append(" ")
        self.text.append(glyph.char)
        self.glyphs.append(glyph)

    def takes(self, glyph: _Glyph) -> bool:
        """Whether a character is on this run's line and not far from the one before."""
        last, first = self.glyphs[-1], self.glyphs[0]
        size = max(glyph.size, last.size)
        if glyph.broken or abs(glyph.base - first.base) > _RAISED * max(size, first.size):
            return False
        if _runs_left(glyph.char) or _runs_left(last.char):
            return True
        return -2 * size < glyph.left - last.right < _GAP * size

    def piece(self, aside: bool) -> Piece:
        text = unicodedata.normalize("NFC", "".join(self.text).translate(_LIGATURES))
        sizes = Counter(round(glyph.size, 1) for glyph in self.glyphs)
        size = sizes.most_common(1)[0][0]
        return Piece(
            text=well_formed(text).strip(),
            left=min(glyph.left for glyph in self.glyphs),
            right=max(glyph.right for glyph in self.glyphs),
            base=median(glyph.base for glyph in self.glyphs if round(glyph.size, 1) == size),
            size=size,
            bold=sum(glyph.bold for glyph in self.glyphs) * 2 > len(self.glyphs),
            aside=aside,
        )


def pieces(page: Any, raw: Any) -> list[Piece]:
    """The text of a ``pypdfium2.PdfPage`` in the order of its content stream.

    Text that is turned is read where most of the page is turned so; other turned text (a stamp in
    the margin) comes last.
    """
    text_page = page.get_textpage()
    try:
        turns = _turns(text_page, raw)
        usual = Counter(turns.values()).most_common(1)[0][0] if turns else 0
        found = []
        for turn in (usual, *sorted(set(turns.values()) - {usual})):
            for run in _runs(_glyphs(text_page, raw, turn, page.get_size(), turns)):
                piece = run.piece(aside=turn != usual)
                found += [piece] if piece.text else []
    finally:
        text_page.close()
    return found


def line(row: Sequence[Piece]) -> Piece:
    """A row as one piece."""
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda p: len(p.text))
    return replace(
        longest,
        text=" ".join(piece.text for piece in row),
        left=row[0].left,
        right=max(piece.right for piece in row),
        bold=all(piece.bold for piece in row),
    )


def rows(found: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces that stand side by side, each row from left to right, rows from top to bottom."""
    grouped: list[list[Piece]] = []
    for piece in sorted(found, key=lambda p: p.base):
        row = grouped[-1] if grouped else []
        if row and _beside(row, piece):
            row.append(piece)
        else:
            grouped.append([piece])
    return [sorted(row, key=lambda p: p.left) for row in grouped]


def is_rtl(found: Sequence[Piece]) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    letters = [c for piece in found for c in piece.text if c.isalpha()]
    return sum(map(_runs_left, letters)) * 2 > len(letters)


def _beside(row: Sequence[Piece], piece: Piece) -> bool:
    if piece.base - row[0].base > _RAISED * max(row[0].size, piece.size):
        return False
    return all(
        min(other.right, piece.right) - max(other.left, piece.left) < 0.5 * min(other.width, piece.width)
        for other in row
    )


def _runs_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def _turns(text_page: Any, raw: Any) -> dict[int, int]:
    """Quarter turns of each visible character, by its index."""
    found = {}
    for index in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code > 32 or chr(code) in _HYPHENS:
            angle = raw.FPDFText_GetCharAngle(text_page, index)
            found[index] = round(angle / (math.pi / 2)) % 4 if angle >= 0 else 0
    return found


def _glyphs(
    text_page: Any, raw: Any, turn: int, size: tuple[float, float], turns: dict[int, int]
) -> Iterator[_Glyph]:
    """The visible characters of one direction, with what stood between them and the ones before."""
    rect, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    name, flags = ctypes.create_string_buffer(64), ctypes.c_int()
    spaced = broken = False
    for index in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, index)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char.isspace():
            spaced, broken = True, broken or char in "\r\n"
            continue
        char = _HYPHENS.get(char, char)
        if turns.get(index, turn) != turn or ord(char) < 32:
            continue
        if not raw.FPDFText_GetLooseCharBox(text_page, index, rect):
            continue
        raw.FPDFText_GetCharOrigin(text_page, index, x, y)
        raw.FPDFText_GetFontInfo(text_page, index, name, len(name), flags)
        bold = _BOLD.search(name.value) is not None or raw.FPDFText_GetFontWeight(text_page, index) >= 600
        box = _upright((rect.left, rect.bottom, rect.right, rect.top), turn, size)
        base = _upright((x.value, y.value, x.value, y.value), turn, size)[1]
        yield _Glyph(char, box[0], box[2], base, max(box[3] - box[1], 0.1), bold, spaced, broken)
        spaced = broken = False


def _runs(glyphs: Iterable[_Glyph]) -> Iterator[_Run]:
    run = _Run()
    for glyph in glyphs:
        if run.glyphs and not run.takes(glyph):
            yield run
            run = _Run()
        run.add(glyph)
    if run.glyphs:
        yield run


def _upright(
    box: tuple[float, float, float, float], turn: int, size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """A box (left, bottom, right, top; up is more) as (left, top, right, bottom; down is more)."""
    left, bottom, right, top = box
    width, height = size
    match turn:
        case 1:
            return height - top, width - right, height - bottom, width - left
        case 2:
            return width - right, bottom, width - left, top
        case 3:
            return bottom, left, top, right
        case _:
            return left, height - top, right, height - bottom

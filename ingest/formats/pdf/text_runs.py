"""Characters of a PDF page to text runs, and text runs to rows."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from ingest.formats.pdf.characters import SLANTED, Character, characters, rotations
from ingest.formats.text.decode import well_formed

_GAP = 1.0  # of the type size: wider white space is a gap between columns or cells
_RAISED = 0.45  # of the type size: how far a character may stand off its line, as an exponent does
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRun:
    """Text on one line without a wide gap; in points, down from the page's top."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    rotated: bool = False
    """It is turned against most of the page's text, and read apart from it."""

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def top(self) -> float:
        return self.baseline - 0.8 * self.size

    @property
    def bottom(self) -> float:
        return self.baseline + 0.2 * self.size


@dataclass(slots=True)
class _RunBuilder:
    """Collects the characters of one text run."""

    characters: list[Character] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def add(self, character: Character) -> None:
        if self.characters and (
            character.after_space or character.left - self.characters[-1].right > 0.25 * character.size
        ):
            self.text.append(" ")
        self.text.append(character.char)
        self.characters.append(character)

    def accepts(self, character: Character) -> bool:
        """Whether a character is on this run's line and not far from the one before."""
        last, first = self.characters[-1], self.characters[0]
        size = max(character.size, last.size)
        offset = abs(character.baseline - first.baseline)
        if character.after_line_break or offset > _RAISED * max(size, first.size):
            return False
        if _is_rtl_char(character.char) or _is_rtl_char(last.char):
            return True
        return -2 * size < character.left - last.right < _GAP * size

    def build(self, *, rotated: bool) -> TextRun:
        text = unicodedata.normalize("NFC", "".join(self.text).translate(_LIGATURES))
        sizes = Counter(round(character.size, 1) for character in self.characters)
        size = sizes.most_common(1)[0][0]
        return TextRun(
            text=well_formed(text).strip(),
            left=min(character.left for character in self.characters),
            right=max(character.right for character in self.characters),
            baseline=median(c.baseline for c in self.characters if round(c.size, 1) == size),
            size=size,
            bold=sum(character.bold for character in self.characters) * 2 > len(self.characters),
            rotated=rotated,
        )


def text_runs(page: Any, raw: Any) -> list[TextRun]:
    """The text of a ``pypdfium2.PdfPage`` in the order of its content stream.

    The rotation of most characters is the page's reading direction. Text of other rotations (a stamp
    in the margin, a watermark) comes last.
    """
    text_page = page.get_textpage()
    try:
        quarters = rotations(text_page, raw)
        usual = Counter(quarters.values()).most_common(1)[0][0] if quarters else 0
        runs = []
        for rotation in (usual, *sorted(set(quarters.values()) - {usual})):
            read = characters(text_page, raw, rotation, page.get_size(), quarters)
            for builder in _slanted_builders(read) if rotation == SLANTED else _builders(read):
                run = builder.build(rotated=rotation != usual)
                runs += [run] if run.text else []
    finally:
        text_page.close()
    return runs


def merged(row: Sequence[TextRun]) -> TextRun:
    """A row as one text run."""
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda run: len(run.text))
    return replace(
        longest,
        text=" ".join(run.text for run in row),
        left=row[0].left,
        right=max(run.right for run in row),
        bold=all(run.bold for run in row),
    )


def to_rows(runs: Iterable[TextRun]) -> list[list[TextRun]]:
    """Text runs that stand side by side, each row from left to right, rows from top to bottom."""
    rows: list[list[TextRun]] = []
    for run in sorted(runs, key=lambda run: run.baseline):
        row = rows[-1] if rows else []
        if row and _is_beside(row, run):
            row.append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.left) for row in rows]


def is_rtl(runs: Sequence[TextRun]) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    letters = [char for run in runs for char in run.text if char.isalpha()]
    return sum(map(_is_rtl_char, letters)) * 2 > len(letters)


def _builders(page_characters: Iterable[Character]) -> Iterator[_RunBuilder]:
    builder = _RunBuilder()
    for character in page_characters:
        if builder.characters and not builder.accepts(character):
            yield builder
            builder = _RunBuilder()
        builder.add(character)
    if builder.characters:
        yield builder


def _slanted_builders(page_characters: Iterable[Character]) -> Iterator[_RunBuilder]:
    """Text that stands aslant, in the order of the content stream: its places tell no lines."""
    builder = _RunBuilder()
    for character in page_characters:
        if builder.characters and character.after_line_break:
            yield builder
            builder = _RunBuilder()
        builder.text += [" "] * (bool(builder.text) and character.after_space) + [character.char]
        builder.characters.append(character)
    if builder.characters:
        yield builder


def _is_beside(row: Sequence[TextRun], run: TextRun) -> bool:
    if run.baseline - row[0].baseline > _RAISED * max(row[0].size, run.size):
        return False
    return all(
        min(other.right, run.right) - max(other.left, run.left) < 0.5 * min(other.width, run.width)
        for other in row
    )


def _is_rtl_char(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")

"""Characters of a PDF page to text runs, and text runs to rows."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from ingest.formats.pdf.characters import SLANTED, Character, characters, rotations
from ingest.formats.pdf.link_signs import LinkSigns
from ingest.formats.pdf.links import linked_texts
from ingest.formats.pdf.pieces import joined_pieces
from ingest.formats.pdf.raised import is_raised, raised_signs, stands_off, touches
from ingest.formats.pdf.spaced_letters import spaced_words
from ingest.formats.pdf.text_run import TextRun, is_rtl_char
from ingest.formats.text.decode import well_formed

_GAP = 1.0  # of the type size: wider white space is a gap between columns or cells
_APART = 3.2  # times the gap between letters that are set apart: the gap between their words
_SPACE = 0.25  # of the type size: wider white space divides words
_RAISED = 0.45  # of the type size: how far a character may stand off its line, as an exponent does
_FULL_SIZE = 0.85  # of the biggest before: a smaller character doesn't tell where the line is
_MARK = re.compile(r"\d[\d,–-]{0,3}|\(\d\)|[a-z]|[*†‡§¶#]{1,3}")  # that is drawn apart
_MOST_MARKS = 2_000  # of a page: more short runs are letters that are drawn one by one
_MOST_CHARACTERS = 1_000  # of a run that has marks
_LINE = 6.0  # points: hosts of a mark are looked for in stripes of this height
_DIVIDED_NUMBER = re.compile(r"(?<=\d) (?=[.,]\d)")  # "467 .9", set with wide gaps
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(slots=True)
class _RunBuilder:
    """Collects the characters of one text run."""

    characters: list[Character] = field(default_factory=list)
    divided: list[bool] = field(default_factory=list)
    """Whether white space stands before each character."""
    _base: Character | None = None
    """The last character that is no smaller than the others: it tells the line."""

    def add(self, character: Character, *, divided: bool | None = None) -> None:
        """``divided``: None: by the gap before it, or a space in the file."""
        if divided is None:
            gap = character.left - self.characters[-1].right if self.characters else 0.0
            divided = bool(self.characters) and (character.after_space or gap > _SPACE * character.size)
        self.divided.append(divided)
        self.characters.append(character)
        if self._base is None or character.size >= _FULL_SIZE * self._base.size:
            self._base = character

    def accepts(self, character: Character) -> bool:
        """Whether a character is on this run's line and not far from the one before."""
        last, base = self.characters[-1], self._base or self.characters[-1]
        size = max(character.size, last.size)
        if touches(character.left, last.right, size) and stands_off(base, character):
            return True
        offset = abs(character.baseline - base.baseline)
        if character.after_line_break or offset > _RAISED * max(size, base.size):
            return False
        if is_rtl_char(character.char) or is_rtl_char(last.char):
            return True
        return -2 * size < character.left - last.right < self._most_gap(size)

    def _most_gap(self, size: float) -> float:
        """How wide white space may be, in points: wider between words whose letters are set apart."""
        last, before = self.characters[-1], self.characters[-2:-1]
        apart = last.left - before[0].right if before else 0.0
        is_apart = apart > _SPACE * size and last.char.isalpha() and before[0].char.isalpha()
        return max(_GAP * size, _APART * apart if is_apart else 0.0)

    @property
    def is_mark(self) -> bool:
        """Whether the characters may be the mark of a footnote, or an exponent."""
        return _MARK.fullmatch("".join(character.char for character in self.characters[:5])) is not None

    def take(self, mark: _RunBuilder) -> bool:
        """Takes a raised mark where it stands in this run; False if it stands at no character of it."""
        first = mark.characters[0]
        for at in range(len(self.characters) - 1, -1, -1):
            before = self.characters[at]
            if touches(first.left, before.right, before.size) and is_raised(
                first.size, first.baseline, beside_size=before.size, beside_baseline=before.baseline
            ):
                self.characters[at + 1 : at + 1] = mark.characters
                self.divided[at + 1 : at + 1] = [False] * len(mark.characters)
                return True
        return False

    def build(self, *, rotated: bool, slanted: bool = False) -> TextRun:
        sizes = Counter(round(character.size, 1) for character in self.characters)
        size = sizes.most_common(1)[0][0]
        baseline = median(c.baseline for c in self.characters if round(c.size, 1) == size)
        text = unicodedata.normalize("NFC", self._text(size, baseline, slanted=slanted).translate(_LIGATURES))
        return TextRun(
            text=_DIVIDED_NUMBER.sub("", well_formed(text).strip()),
            left=min(character.left for character in self.characters),
            right=max(character.right for character in self.characters),
            baseline=baseline,
            size=size,
            bold=sum(character.bold for character in self.characters) * 2 > len(self.characters),
            rotated=rotated,
            slanted=slanted,
        )

    def _text(self, size: float, baseline: float, *, slanted: bool) -> str:
        """The characters with spaces between words; raised ones as signs of their own, except aslant."""
        divided = spaced_words(self.characters, self.divided) or self.divided
        text: list[str] = []
        raised: list[str] = []
        for character, after_gap in zip(self.characters, divided, strict=True):
            is_mark = not slanted and is_raised(
                character.size, character.baseline, beside_size=size, beside_baseline=baseline
            )
            if raised and (after_gap or not is_mark):
                text.append(raised_signs("".join(raised), text[-1] if text else ""))
                raised = []
            text += [" "] * after_gap
            if is_mark:
                raised.append(character.char)
            else:
                text.append(character.char + character.link_sign)
        if raised:
            text.append(raised_signs("".join(raised), text[-1] if text else ""))
        return "".join(text)


def text_runs(page: Any, raw: Any, links: LinkSigns | None = None) -> tuple[list[TextRun], int]:
    """The text of a ``pypdfium2.PdfPage`` in the order of its content stream, and its rotation.

    The rotation of most characters, in quarter turns, is the page's reading direction. Text of other
    rotations (a stamp in the margin, a watermark) comes last.

    Args:
        links: gives the targets of links their signs; None: targets are left out.
    """
    text_page = page.get_textpage()
    try:
        quarters = rotations(text_page, raw)
        usual = Counter(quarters.values()).most_common(1)[0][0] if quarters else 0
        found_links = [] if links is None else linked_texts(page, text_page, raw)
        signs = {} if links is None else {link.end: links.of(link.target) for link in found_links}
        runs = []
        for rotation in (usual, *sorted(set(quarters.values()) - {usual})):
            read = characters(text_page, raw, rotation, page.get_size(), quarters, signs)
            slanted = rotation == SLANTED
            built = [
                builder.build(rotated=rotation != usual, slanted=slanted)
                for builder in (_slanted_builders(read) if slanted else _with_marks(_builders(read)))
            ]
            found = [run for run in built if run.text]
            runs += found if slanted else joined_pieces(found)
    finally:
        text_page.close()
    return runs, usual


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
    return sum(map(is_rtl_char, letters)) * 2 > len(letters)


def _builders(page_characters: Iterable[Character]) -> Iterator[_RunBuilder]:
    builder = _RunBuilder()
    for character in page_characters:
        if builder.characters and not builder.accepts(character):
            yield builder
            builder = _RunBuilder()
        builder.add(character)
    if builder.characters:
        yield builder


def _with_marks(builders: Iterable[_RunBuilder]) -> list[_RunBuilder]:
    """The runs of a page; raised marks that are drawn apart stand in the runs of their words."""
    runs = list(builders)
    by_line: defaultdict[int, list[_RunBuilder]] = defaultdict(list)
    for run in runs:
        if not run.is_mark and len(run.characters) <= _MOST_CHARACTERS:
            by_line[int(run.characters[0].baseline // _LINE)].append(run)
    if sum(run.is_mark for run in runs) > _MOST_MARKS:
        return runs
    kept = []
    for run in runs:
        first = run.characters[0]
        line = int(first.baseline // _LINE)
        near = [host for at in range(line, line + 4) for host in by_line[at]]
        hosts = (
            host
            for host in near
            if host.characters[0].size > first.size
            and host.characters[0].left < first.left < host.characters[-1].right + first.size
        )
        if not run.is_mark or not any(host.take(run) for host in hosts):
            kept.append(run)
    return kept


def _slanted_builders(page_characters: Iterable[Character]) -> Iterator[_RunBuilder]:
    """Text that stands aslant, in the order of the content stream: its places tell no lines."""
    builder = _RunBuilder()
    for character in page_characters:
        if builder.characters and character.after_line_break:
            yield builder
            builder = _RunBuilder()
        builder.add(character, divided=bool(builder.characters) and character.after_space)
    if builder.characters:
        yield builder


def _is_beside(row: Sequence[TextRun], run: TextRun) -> bool:
    if run.baseline - row[0].baseline > _RAISED * max(row[0].size, run.size):
        return False
    return all(
        min(other.right, run.right) - max(other.left, run.left) < 0.5 * min(other.width, run.width)
        for other in row
    )

"""Where a quote of a PDF's text stands on the page, as boxes.

The text of a document isn't the page's character by character: words that a line breaks are joined, cells
are divided by bars. So the quote is looked for by its letters and digits alone. Of a quote that stands on
the page several times the one with the same neighbours is taken; what isn't in one piece on the page, as
a table's row may be, is taken piece by piece.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.formats.pdf.opening import opened
from ingest.formats.pdf.placed_text import Edges, PlacedText, on_page, placed_texts
from ingest.formats.source import Source

_CONTEXT = 60  # letters and digits before and after a quote that tell equal quotes apart
_LEAST_PIECE = 3  # letters and digits
_SURE_PIECE = 12  # letters and digits that are hardly in two places by chance
_NEAR = 0.06  # of the page's height: as far may a shorter piece be from the others
_LEAST_SHARE = 0.6  # of the quote's letters and digits that must be found
_MAX_BOXES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuote:
    """A quote by its place in the text of one page; ``number`` counts pages from 1."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as shares (0 to 1) of the upright page's width and height, from its left and top."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters and digits of a text, without case and marks, each with the index that it stands at."""

    text: str
    indices: tuple[int, ...]

    @classmethod
    def of(cls, characters: Sequence[str]) -> _Letters:
        letters: list[str] = []
        indices: list[int] = []
        for index, character in enumerate(characters):
            for letter in unicodedata.normalize("NFKD", character).casefold():
                if letter.isalnum():
                    letters.append(letter)
                    indices.append(index)
        return cls("".join(letters), tuple(indices))

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The range of letters that stand at the indices from ``start`` to before ``end``."""
        first = next((at for at, index in enumerate(self.indices) if index >= start), len(self.indices))
        last = next((at for at, index in enumerate(self.indices) if index >= end), len(self.indices))
        return first, last


def quote_boxes(source: Source, quotes: Sequence[PageQuote]) -> list[list[Box]]:
    """The boxes of each quote on its page, one or more a line; none where too little of it is found.

    Raises:
        UnreadableDocument: no PDF, or damaged.
    """
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    with opened(source, forms=True) as pdf:
        found: list[list[Box]] = []
        for quote in quotes:
            try:
                page = pdf[quote.number - 1] if 1 <= quote.number <= len(pdf) else None
            except pdfium.PdfiumError:
                page = None  # a damaged page
            if page is None:
                found.append([])
                continue
            placed = placed_texts(page, raw, pdf.formenv, source.limits, source.budget)
            text_page = page.get_textpage()
            try:
                boxes = _PageText(page, text_page, raw, placed).boxes(quote)
                found.append(list(dict.fromkeys(boxes))[:_MAX_BOXES])
            finally:
                text_page.close()
                page.close()
        return found


class _PageText:
    """The characters of a page in PDFium's order, and where they stand; behind them what isn't drawn as
    text: recognised words, values of fields, notes."""

    def __init__(self, page: Any, text_page: Any, raw: Any, placed: Sequence[PlacedText]) -> None:
        self._page = page
        self._text_page = text_page
        self._raw = raw
        self._count: int = raw.FPDFText_CountChars(text_page)
        codes = (raw.FPDFText_GetUnicode(text_page, index) for index in range(self._count))
        characters = [chr(code) if code < 0x110000 else "" for code in codes]
        self._placed: list[tuple[str, Edges]] = [(" ", (0.0, 0.0, 0.0, 0.0))]
        for each in placed:
            self._placed += [*each.characters(), (" ", (0.0, 0.0, 0.0, 0.0))]
        self._letters = _Letters.of([*characters, *(character for character, _ in self._placed)])

    def boxes(self, quote: PageQuote) -> list[Box]:
        text = _Letters.of(quote.text)
        first, last = text.within(quote.start, quote.end)
        if first == last:
            return []
        starts = self._places(text.text[first:last])
        if starts:
            start = self._with_same_neighbours(starts, text.text, first, last)
            return list(self._lines(start, start + last - first))
        return self._boxes_of_pieces(text.text[first:last])

    def _places(self, letters: str) -> list[int]:
        """Where on the page the letters begin, as whole words; long ones also inside of words."""
        starts = _occurrences(self._letters.text, letters)
        whole = [start for start in starts if self._is_whole(start, start + len(letters))]
        return whole or (starts if len(letters) >= _SURE_PIECE else [])

    def _is_whole(self, first: int, last: int) -> bool:
        """Whether a range of letters begins and ends where words do."""
        indices = self._letters.indices
        begins = first == 0 or indices[first] > indices[first - 1] + 1
        return begins and (last == len(indices) or indices[last] > indices[last - 1] + 1)

    def _with_same_neighbours(self, starts: Sequence[int], text: str, first: int, last: int) -> int:
        """The occurrence whose neighbours agree most with the quote's; of equals that of the same rank."""
        page = self._letters.text
        before, after = text[max(0, first - _CONTEXT) : first], text[last : last + _CONTEXT]
        rank = len(_occurrences(text[: last - 1], text[first:last]))

        def agreement(place: tuple[int, int]) -> tuple[int, int]:
            at, start = place
            left = _common(page[max(0, start - _CONTEXT) : start][::-1], before[::-1])
            right = _common(page[start + last - first :][:_CONTEXT], after)
            return left + right, -abs(at - rank)

        return max(enumerate(starts), key=agreement)[1]

    def _boxes_of_pieces(self, letters: str) -> list[Box]:
        """The boxes of the quote's pieces: the rarest and longest first, the others nearest to it."""
        pieces = [(piece, self._places(piece)) for piece in self._pieces(letters)]
        pieces.sort(key=lambda each: (len(each[1]), -len(each[0])))
        boxes: list[Box] = []
        covered = 0
        for piece, starts in pieces:
            candidates = [list(self._lines(start, start + len(piece))) for start in starts]
            placed = [lines for lines in candidates if lines]
            if not placed:
                continue
            nearest = min(placed, key=lambda lines: _distance(lines[0], boxes))
            if boxes and len(piece) < _SURE_PIECE and _distance(nearest[0], boxes) > _NEAR:
                continue
            boxes += nearest
            covered += len(piece)
        return boxes if covered >= _LEAST_SHARE * len(letters) else []

    def _pieces(self, letters: str) -> Iterator[str]:
        """The longest stretches of the quote that stand on the page in one piece, from its begin."""
        page = self._letters.text
        start = 0
        while start <= len(letters) - _LEAST_PIECE:
            end = start + _LEAST_PIECE
            if letters[start:end] not in page:
                start += 1
                continue
            while end < len(letters) and letters[start : end + 1] in page:
                end += 1
            yield letters[start:end]
            start = end

    def _lines(self, first: int, last: int) -> Iterator[Box]:
        """The boxes of a range of letters, one for each stretch on a line without a wide gap."""
        line: list[tuple[float, float, float, float]] = []
        for index in dict.fromkeys(self._letters.indices[first:last]):
            edges = self._edges(index)
            if edges is None:
                continue
            if line and not _goes_on(line[-1], edges):
                yield _box(line)
                line = []
            line.append(edges)
        if line:
            yield _box(line)

    def _edges(self, index: int) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom of a character as shares of the upright page; None: it has no place."""
        if index >= self._count:
            _, edges = self._placed[index - self._count]
            return edges
        rect = self._raw.FS_RECTF()
        if not self._raw.FPDFText_GetLooseCharBox(self._text_page, index, rect):
            return None
        left, top = on_page(self._page, self._raw, rect.left, rect.top)
        right, bottom = on_page(self._page, self._raw, rect.right, rect.bottom)
        return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


def _occurrences(text: str, part: str) -> list[int]:
    """Where the part begins in the text, each place, those that overlap too."""
    places = []
    at = text.find(part)
    while at >= 0:
        places.append(at)
        at = text.find(part, at + 1)
    return places


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _distance(box: Box, others: Sequence[Box]) -> float:
    """The least vertical distance to any of the others, as a share of the page; 0 where there is none."""
    return min((abs(box.middle - other.middle) for other in others), default=0.0)


def _goes_on(last: tuple[float, float, float, float], edges: tuple[float, float, float, float]) -> bool:
    """Whether a character stands on the line of the one before it, no wide gap apart."""
    height = max(last[3] - last[1], edges[3] - edges[1])
    overlap = min(last[3], edges[3]) - max(last[1], edges[1])
    return overlap > 0.4 * height and -3 * height < edges[0] - last[2] < 2 * height


def _box(edges: Sequence[tuple[float, float, float, float]]) -> Box:
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    left, top = max(min(lefts), 0.0), max(min(tops), 0.0)
    return Box(left, top, min(max(rights), 1.0) - left, min(max(bottoms), 1.0) - top)

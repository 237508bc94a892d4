"""Rows of a PDF page to blocks: paragraphs joined over their lines, headings, list items, tables."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise
from statistics import median

from ingest.formats.pdf.known_words import is_word
from ingest.formats.pdf.rules import Rule
from ingest.formats.pdf.tables import narrow_columns, page_table
from ingest.formats.pdf.text_run import TextRun
from ingest.formats.pdf.text_runs import merged, to_rows

LIST_ITEM = re.compile(r"(?:[•‣▪●○◦■–·*]|-(?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
HEADING_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-Z]\.|[IVX]{1,5}\.)\s+(?=[^\W\d_])")
_SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’)\]»]*\Z")
_BROKEN_WORD = re.compile(r"(?P<stem>[^\W\d_]{2,})(?P<mark>[-\u2010\xad])\Z")
_LETTER = re.compile(r"[^\W\d_]")
_SPEAKER = re.compile(r"(?:[QA][.:]|[A-Z][A-Z.'’ -]{2,30}:)\s")
_HEADING_CHARACTERS = 150
_LINES_OF_CELL = 8
_SINGLE, _DOUBLE = 1.6, 2.6  # type sizes from line to line at most
_LEAST_STEPS, _UNIFORM = 5, 0.6  # lines, and how many of them are as far apart, for double spacing


class PageBlockKind(StrEnum):
    """What a block of a page is."""

    TEXT = "text"
    HEADING = "heading"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBlock:
    """Lines of one page that belong together; of a table one line a row, with its ``cells``.

    ``size`` is the type size of its first line, in points.
    """

    kind: PageBlockKind
    lines: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...] = ()
    columns: tuple[tuple[float, float], ...] = ()
    """The left and right edges of a table's columns, in points."""
    header_rows: int | None = None
    """How many of a table's rows are known to be its header."""
    size: float = 0.0
    unfinished: bool = False
    """The last line fills its column and ends no sentence: the paragraph may go on in the next column."""


def body_size(pages: Sequence[Sequence[TextRun]]) -> float:
    """The type size of a document's running text in points: that of most characters."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for run in page:
            sizes[run.size] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def page_blocks(region: Sequence[TextRun], body: float, rules: Sequence[Rule] = ()) -> Iterator[PageBlock]:
    """The blocks of one region, from top to bottom.

    Args:
        body: the type size of the document's running text, see ``body_size``.
        rules: the horizontal rules of the page.
    """
    lines: list[TextRun] = []
    for stretch in _stretches(to_rows(region), rules):
        table = page_table(stretch, rules)
        columns = [] if table else narrow_columns(stretch)
        if not table and not columns:
            lines += [merged(row) for row in stretch]
            continue
        yield from _text_blocks(lines, body)
        lines = []
        if table:
            rows = tuple(" ".join(row) for row in table.cells)
            yield PageBlock(
                kind=PageBlockKind.TABLE,
                lines=rows,
                cells=table.cells,
                columns=table.columns,
                header_rows=table.header_rows,
            )
        for column in columns:
            yield from _text_blocks(column, body)
    yield from _text_blocks(lines, body)


def _text_blocks(lines: Sequence[TextRun], body: float) -> Iterator[PageBlock]:
    if not lines:
        return
    left_edge, right_edge = min(line.left for line in lines), max(line.right for line in lines)
    spacing = _line_spacing(lines)
    group: list[TextRun] = []
    for line in lines:
        title = bool(group) and _is_same_title(group[-1], line, body)
        if group and not title and not _continues(group, line, left_edge, right_edge, spacing):
            yield _text_block(group, right_edge, body)
            group = []
        group.append(line)
    yield _text_block(group, right_edge, body)


def _stretches(rows: Sequence[list[TextRun]], rules: Sequence[Rule]) -> Iterator[list[list[TextRun]]]:
    """Stretches of rows that may be a table, and the stretches between them.

    A row with one run may be of the same table: the further line of a cell, or a row between two rules.
    """
    edges = [(row[0].left, row[-1].right) for row in rows]
    width = max((right for _, right in edges), default=0.0) - min((left for left, _ in edges), default=0.0)
    several = [at for at, row in enumerate(rows) if len(row) > 1]

    def may_be_table(at: int) -> bool:
        if len(rows[at]) > 1:
            return True
        run = rows[at][0]
        place = bisect_left(several, at)
        before = several[place - 1] if place else None
        after = several[place] if place < len(several) else None
        if before is None or at - before > _LINES_OF_CELL:
            return False
        if run.width >= 0.4 * width:
            return before == at - 1 and _is_ruled(run, rules, _most_step(rows, before, at))
        between = after is not None and after - before <= _LINES_OF_CELL
        if between and _most_step(rows, before, after or at) < 2 * run.size:
            return True
        begins = [other.left for other in rows[before][1:]]
        is_under = any(abs(run.left - left) < 0.5 * run.size for left in begins)
        return is_under and _most_step(rows, before, at) < 1.35 * run.size

    for _, stretch in groupby(range(len(rows)), key=may_be_table):
        yield [rows[at] for at in stretch]


def _is_ruled(run: TextRun, rules: Sequence[Rule], step: float) -> bool:
    """Whether rules run above and below a line, both nearer than ``step``, in points."""
    middle = run.baseline - 0.35 * run.size
    first = bisect_left(rules, middle - step, key=lambda rule: rule[2])
    last = bisect_left(rules, middle + step, key=lambda rule: rule[2])
    across = [y for left, right, y in rules[first:last] if left < run.right and run.left < right]
    return any(y < middle for y in across) and any(y > middle for y in across)


def _most_step(rows: Sequence[list[TextRun]], first: int, last: int) -> float:
    return max(below[0].baseline - above[0].baseline for above, below in pairwise(rows[first : last + 1]))


def join_lines(lines: Sequence[str], vocabulary: Counter[str]) -> str:
    """Lines as one text; a word that a hyphen breaks is whole again.

    The hyphen stays where the vocabulary has the word with it, or where the next line begins with a
    capital or a digit.

    Args:
        vocabulary: how often each word, in lower case, stands elsewhere in the document.
    """
    joined = ""
    for line in lines:
        if not joined:
            joined = line
            continue
        broken = _BROKEN_WORD.search(joined)
        rest = re.match(r"[^\W\d_]+", line)
        if broken and rest and rest[0][0].islower():
            hyphen = _keeps_hyphen(broken["stem"], rest[0], vocabulary)
            joined = joined[: broken.start("mark")] + ("-" if hyphen else "") + line
        elif broken:
            joined = joined[: broken.start("mark")] + "-" + line
        else:
            joined = f"{joined} {line}"
    return joined.replace("\xad", "-")


def _keeps_hyphen(stem: str, rest: str, vocabulary: Counter[str]) -> bool:
    whole, compound = (stem + rest).lower(), f"{stem}-{rest}".lower()
    if vocabulary[whole] or vocabulary[compound]:
        return vocabulary[compound] > vocabulary[whole]
    if is_word(whole):
        return False
    return (
        all(vocabulary[part.lower()] > 1 or is_word(part.lower()) for part in (stem, rest)) and len(rest) > 2
    )


def _line_spacing(lines: Sequence[TextRun]) -> float:
    """The distance between baselines inside paragraphs, in points: the 20th percentile of all.

    It is at most 1.6 type sizes, except where most lines are as far apart, as in double spacing.
    """
    steps = sorted(
        b.baseline - a.baseline for a, b in pairwise(lines) if b.baseline - a.baseline > 0.7 * a.size
    )
    if not steps:
        return 0.0
    spacing = steps[len(steps) // 5]
    size = median(line.size for line in lines)
    same = sum(abs(step - spacing) < 0.05 * spacing for step in steps)
    uniform = len(steps) >= _LEAST_STEPS and same >= _UNIFORM * len(steps)
    return min(spacing, (_DOUBLE if uniform else _SINGLE) * size)


def _is_same_title(last: TextRun, line: TextRun, body: float) -> bool:
    """Whether two lines in big type are one title, wherever its lines are broken."""
    same_size = abs(line.size - last.size) < 0.12 * line.size
    return same_size and line.size > 1.25 * body and line.baseline - last.baseline < 1.5 * line.size


def _continues(
    group: Sequence[TextRun], line: TextRun, left_edge: float, right_edge: float, spacing: float
) -> bool:
    """Whether a line belongs to the paragraph of the lines before it."""
    last = group[-1]
    step = line.baseline - last.baseline
    same_type = abs(line.size - last.size) < 0.12 * line.size and line.bold == last.bold
    apart = step > max(1.3 * spacing, 1.15 * last.size)
    if not same_type or apart or LIST_ITEM.match(line.text) or _SPEAKER.match(line.text):
        return False
    em = 0.8 * line.size
    is_item = LIST_ITEM.match(group[0].text) is not None
    if line.left > last.left + em and last.left < left_edge + em and not is_item:
        return False  # a first line's indentation
    if line.text[:1].islower() or last.text.endswith(("-", "\xad", ",")):
        return True
    first_word = len(line.text.split(None, 1)[0]) / max(len(line.text), 1) * line.width
    return right_edge - last.right < first_word + 2 * line.size  # else the next word would have fitted


def _text_block(group: Sequence[TextRun], right_edge: float, body: float) -> PageBlock:
    lines = tuple(line.text for line in group)
    first, last = group[0], group[-1]
    text = " ".join(lines)
    heading = _is_heading(text, first, len(group), body)
    full = last.right > right_edge - 0.15 * (right_edge - first.left) or last.text.endswith(("-", "\xad"))
    return PageBlock(
        kind=PageBlockKind.HEADING if heading else PageBlockKind.TEXT,
        lines=lines,
        size=first.size,
        unfinished=full and not _SENTENCE_END.search(text) and not heading,
    )


def _is_heading(text: str, first: TextRun, line_count: int, body: float) -> bool:
    """Bigger or bolder than the running text, short, and no sentence."""
    if first.rotated or len(text) > _HEADING_CHARACTERS or line_count > 3 or not _LETTER.search(text):
        return False
    if _SENTENCE_END.search(text) and not text.endswith("?"):
        return False
    if LIST_ITEM.match(text) and not HEADING_NUMBER.match(text):
        return False
    bigger = first.size > 1.12 * body
    return bigger or (first.bold and first.size > 0.95 * body and line_count == 1 and text[:1].isalnum())

"""A table's cell that a question names by its row and by its column.

"What is the price of Quince in euros?" names a row by its cell "Quince" and a column by its header "Price in
euros". A reader of sentences is unsure of long tables of figures; where every word of the question is
accounted for, the words themselves say which cell is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rag.answering.features import has_expected_type
from rag.english.function_words import STOP_WORDS
from rag.english.words import folded_words, same_stem, stem
from rag.question.analysis import QuestionAnalysis
from rag.reading.table_rows import blocks_in, named_cells
from rag.types import Candidate, Span, SpanAnswer

_TICKS = frozenset("☒ ☑ ✓ ✔ ✅ x yes".split())
_UNTICKED = frozenset("☐ ✗ ✘ ❌ no".split())
_EMPTY = frozenset(("tbd", "tba", "tbc", "n/a", "na", "n.a.", "?", "unknown", "pending"))
_GENERIC = frozenset(
    stem(word) for word in "value number amount table list row column entry give tell show find say".split()
)
_AGENT_ENDINGS = ("er", "r", "or", "ant", "ent")


@dataclass(frozen=True, slots=True)
class _Match:
    """A row whose cells a question names with ``weight`` of its words, and the cell that it asks for."""

    candidate: Candidate
    cell: Span
    weight: int

    @property
    def value(self) -> str:
        return self.cell.slice(self.candidate.document.text)


def named_cell(analysis: QuestionAnalysis, candidates: Iterable[Candidate]) -> SpanAnswer | None:
    """The cell that a question names; None where it names none, or cells of different values, or one that
    says nothing, as "–" does, or nothing of the kind that is asked for.

    Scores are zero: no reader has read it.
    """
    question = [stem(word) for word in folded_words(analysis.standalone)]
    matches = [match for candidate in candidates for match in _matches(question, candidate)]
    if not matches:
        return None
    weight = max(match.weight for match in matches)
    best = [match for match in matches if match.weight == weight]
    if len({match.value.casefold() for match in best}) > 1:
        return None
    first = best[0]
    answer = SpanAnswer(
        candidate=first.candidate, span=first.cell, text=first.value, score=0.0, no_answer_score=0.0
    )
    is_empty = first.value.casefold() in _EMPTY or not any(map(str.isalnum, first.value))
    return None if is_empty or has_expected_type(analysis, answer) is False else answer


def _matches(question: Sequence[str], candidate: Candidate) -> Iterator[_Match]:
    document, passage = candidate.document, candidate.passage
    for block in blocks_in(document, passage.span):
        if not (passage.span.start <= block.span.start and block.span.end <= passage.span.end):
            continue
        cells = named_cells(document.text, block)
        if cells is None or len(cells) < 2:
            continue
        match = _match(question, candidate, cells)
        if match is not None:
            yield match


def _match(question: Sequence[str], candidate: Candidate, cells: Sequence[tuple[str, Span]]) -> _Match | None:
    text = candidate.document.text
    keys: dict[int, set[int]] = {}  # by number of the cell, the places of its words in the question
    for number, (name, cell) in enumerate(cells):
        places = _places_of_key(question, _stems(name), cell.slice(text))
        if places:
            keys[number] = places
    if not keys:
        return None
    taken = set().union(*keys.values())
    asked = _asked_column(
        question, taken, [(n, _stems(cells[n][0])) for n in range(len(cells)) if n not in keys]
    )
    if asked is None:
        return None
    column, named = asked
    headings = candidate.document.headings_at(cells[column][1].start)
    around = chain(*(_stems(part) for part in (*headings, candidate.document.title, *(n for n, _ in cells))))
    known = _GENERIC.union(around)
    for place, word in enumerate(question):
        if place in taken or place in named or word in known or _is_function_word(word):
            continue
        return None
    return _Match(candidate=candidate, cell=cells[column][1], weight=len(taken))


def _places_of_key(question: Sequence[str], name: Sequence[str], value: str) -> set[int]:
    """The places of a cell's words in the question, if it has all of them in a row; else none.

    A number alone is named together with its column ("line 20"); of a tick the column says what it means.
    """
    folded = value.casefold().strip()
    if folded in _UNTICKED:
        return set()
    if folded in _TICKS:
        return _places(question, name)
    words = _stems(value)
    places = _places(question, words)
    if not places or all(_is_function_word(word) for word in words):
        return set()
    is_number = not any(c.isalpha() for c in value)
    if is_number and not set(name) & set(question):
        return set()
    return places


def _asked_column(
    question: Sequence[str], taken: set[int], columns: Iterable[tuple[int, Sequence[str]]]
) -> tuple[int, set[int]] | None:
    """The column that the question's other words name best, with their places; None where none is."""
    found: list[tuple[int, int, set[int]]] = []
    for number, name in columns:
        words = {word for word in name if not _is_function_word(word)}
        places = {p for p, word in enumerate(question) if p not in taken and word in words}
        if not places and question[0] in ("who", "whom"):
            places = {p for p, word in enumerate(question) if p not in taken and _is_agent(words, word)}
        if places:
            found.append((len(places), number, places))
    found.sort(key=lambda each: -each[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1], found[0][2]


def _is_agent(names: set[str], verb: str) -> bool:
    """Whether one of the words names who does what the verb says: the driver drives."""
    return any(
        name == verb + ending or name == verb.removesuffix("e") + ending or same_stem(name, verb + ending)
        for name in names
        for ending in _AGENT_ENDINGS
        if not _is_function_word(verb)
    )


def _places(question: Sequence[str], words: Sequence[str]) -> set[int]:
    """The places of these words where the question has them one after the other."""
    for start in range(len(question) - len(words) + 1 if words else 0):
        if list(question[start : start + len(words)]) == list(words):
            return set(range(start, start + len(words)))
    return set()


def _stems(text: str) -> list[str]:
    return [stem(word) for word in folded_words(text)]


_FUNCTION_STEMS = frozenset(stem(word) for word in STOP_WORDS - {"not", "no", "without"})


def _is_function_word(word: str) -> bool:
    return word in _FUNCTION_STEMS

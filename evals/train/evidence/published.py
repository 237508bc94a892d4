"""Groups of published question-answering examples: the example's own text beside lexically near ones.

A file of examples is gzipped JSON lines with ``question, context, title, answerable, kind, answers, evidence,
yesno, weak, overlap``; each answer and evidence string is an exact substring of its context.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.train.evidence.groups import Group, LabelledPassage, LabelledUnit, is_part
from rag.english.words import content_words, stem
from rag.explanation.regions import quote_spans
from rag.text import sentences

# Examples taken of each set: those with questions in other words than their texts' in full, those of tales,
# reviews and arithmetic capped.
MAX_EXAMPLES: Mapping[str, int] = {
    "feedbackqa": 7745,
    "faq_docs": 2315,
    "sharc": 1230,
    "condaqa": 2500,
    "boolq": 2500,
    "fairytaleqa": 1800,
    "tydiqa_en": 3000,
    "selqa": 1500,
    "nq_open_oracle": 1596,
    "multispanqa_valid": 636,
    "fetaqa": 1500,
    "tatqa": 800,
    "aitqa": 477,
    "wikitablequestions": 341,
    "quoref_contrast": 600,
    "dstc11_reviews_faq": 1000,
    "fitzgov_synthetic": 1083,
}
WEIGHT = 0.5  # of a published group beside one of the service's own retrieval
_MAX_WORDS = 190  # of a text; a longer one is cut around its evidence
_MAX_TITLE = 150  # characters
_TITLED = 0.85  # share of texts that are shown with their title
_NEGATIVES = 5
_LOW_OVERLAP = 0.4  # content words of the question in the evidence; below it, drawn twice as often
_COMMON = 0.2  # share of a set's texts from which on a word tells nothing


def published_groups(folder: Path, *, seed: int) -> Iterator[Group]:
    """The groups of every set of ``MAX_EXAMPLES`` that lies in a folder, set by set.

    Raises:
        OSError: a file can't be read.
    """
    for name, limit in MAX_EXAMPLES.items():
        path = folder / f"{name}.jsonl.gz"
        if path.is_file():
            rng = random.Random(f"{seed} {name}")  # noqa: S311 (reproducible, not secret)
            yield from _groups_of(name, _draw(list(_rows(path)), limit, rng), rng)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _draw(rows: list[dict[str, Any]], limit: int, rng: random.Random) -> list[dict[str, Any]]:
    """At most ``limit`` rows; up to a third of them reworded questions, which may come twice."""
    rng.shuffle(rows)
    if len(rows) <= limit:
        return rows
    reworded = [row for row in rows if (row.get("overlap") or 1.0) < _LOW_OVERLAP]
    extra = reworded[: limit // 3]
    return rows[: limit - len(extra)] + extra


def _groups_of(name: str, rows: Sequence[Mapping[str, Any]], rng: random.Random) -> Iterator[Group]:
    own = [_own_passage(row, rng) for row in rows]
    pool = _Pool(own)
    for row, passage in zip(rows, own, strict=True):
        others = [pool.as_negative(number) for number in pool.nearest(row["question"], passage, rng)]
        yield Group(
            id=f"{name}-{row['id']}",
            dataset=name,
            kind=row.get("kind") or "fact",
            question=row["question"],
            answerable=bool(row["answerable"]),
            polarity=row.get("yesno") if row.get("yesno") in {"yes", "no"} else None,
            passages=(passage, *others),
            weight=WEIGHT,
            weak_evidence=bool(row.get("weak")),
        )


def _own_passage(row: Mapping[str, Any], rng: random.Random) -> LabelledPassage:
    context = row["context"]
    evidence = [(s.start, s.end) for quote in row.get("evidence") or [] for s in quote_spans(context, quote)]
    text, offset = _cut(context, evidence, rng)
    title = (row.get("title") or "")[:_MAX_TITLE]
    line = f"{title}\n" if title and rng.random() < _TITLED else ""
    shift = len(line) - offset
    inside = [(max(a, offset), min(b, offset + len(text))) for a, b in evidence]
    inside = [(a, b) for a, b in inside if a < b]
    answerable = bool(row["answerable"])
    units = [(a + offset, b + offset) for a, b in unit_spans(text)]
    supports = [answerable and any(is_part(unit, span) for span in inside) for unit in units]
    answers = [
        (s.start, s.end)
        for answer in (row.get("answers") or []) * answerable
        for s in quote_spans(context, answer)
        if offset <= s.start and s.end <= offset + len(text)
        if not inside or any(a <= s.start and s.end <= b for a, b in inside)
    ]
    is_known = not answerable or any(supports)
    return LabelledPassage(
        text=line + text,
        units=tuple(
            LabelledUnit(a + shift, b + shift, supports=support if is_known else None)
            for (a, b), support in zip(units, supports, strict=True)
        ),
        relevant=answerable,
        answers=tuple((a + shift, b + shift) for a, b in answers),
        same_page=True,
    )


def unit_spans(text: str) -> list[tuple[int, int]]:
    """The units of a text: the lines of a table, the sentences of prose."""
    if " | " not in text or "\n" not in text:
        return [(sentence.start, sentence.end) for sentence in sentences(text)]
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _cut(text: str, evidence: Sequence[tuple[int, int]], rng: random.Random) -> tuple[str, int]:
    """Whole units around the evidence, of at most ``_MAX_WORDS`` words, and where they begin."""
    if len(text.split()) <= _MAX_WORDS:
        return text, 0
    units = unit_spans(text)
    holding = [n for n, (a, b) in enumerate(units) if any(a < end and start < b for start, end in evidence)]
    first = last = holding[0] if holding else rng.randrange(len(units))
    lengths = [len(text[a:b].split()) for a, b in units]
    room = _MAX_WORDS - lengths[first]
    before = rng.randrange(max(1, room))
    while first > 0 and lengths[first - 1] <= min(room, before):
        first -= 1
        room, before = room - lengths[first], before - lengths[first]
    while last + 1 < len(units) and lengths[last + 1] <= room:
        last += 1
        room -= lengths[last]
    return text[units[first][0] : units[last][1]], units[first][0]


@dataclass(slots=True)
class _Posting:
    """The texts of a pool that hold a word, and the word's inverse document frequency."""

    numbers: list[int]
    weight: float


class _Pool:
    """A set's texts by their words, to find those that look as if they answered."""

    def __init__(self, passages: Sequence[LabelledPassage]) -> None:
        self._passages = list({passage.text: passage for passage in passages}.values())
        by_word: dict[str, list[int]] = defaultdict(list)
        for number, passage in enumerate(self._passages):
            for word in {stem(word) for word in content_words(passage.text)}:
                by_word[word].append(number)
        count = len(self._passages)
        self._postings = {
            word: _Posting(numbers, math.log(count / len(numbers)))
            for word, numbers in by_word.items()
            if len(numbers) < _COMMON * count
        }

    def nearest(self, question: str, own: LabelledPassage, rng: random.Random) -> list[int]:
        """Numbers of texts that share most of the question's rare words; any where none does."""
        scores: dict[int, float] = defaultdict(float)
        for word in {stem(word) for word in content_words(question)} & self._postings.keys():
            posting = self._postings[word]
            for number in posting.numbers:
                scores[number] += posting.weight
        nearest = sorted(scores, key=lambda number: (-scores[number], number))[: _NEGATIVES + 1]
        numbers = [number for number in nearest if self._passages[number].text != own.text]
        while len(numbers) < min(_NEGATIVES, len(self._passages) - 1):
            number = rng.randrange(len(self._passages))
            if number not in numbers and self._passages[number].text != own.text:
                numbers.append(number)
        return numbers[:_NEGATIVES]

    def as_negative(self, number: int) -> LabelledPassage:
        """A text of another question: nothing in it supports an answer."""
        passage = self._passages[number]
        units = tuple(LabelledUnit(u.start, u.end, supports=False) for u in passage.units)
        return LabelledPassage(text=passage.text, units=units, relevant=False)

"""Leads "he" and "she" back to the name they stand for, so that a reader can say who it was.

Within a section, people are kept with how salient they are: each naming adds to it, a subject more
than an object, and each sentence halves it (after Lappin & Leass 1994, "An Algorithm for Pronominal
Anaphora Resolution", and Mitkov 1998). A pronoun goes to the most salient person of its gender, and
only if no other comes near: a wrong name would invent, a pronoun left alone only stays unclear.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.people import Gender, Person, Token, people, tokens
from rag.types import Document, Mention, Passage, Span

_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
_GENDERS = {"he": Gender.MALE, "she": Gender.FEMALE}
_MEMORY = 6

DECAY = 0.5
MIN_SCORE = 0.2
RATIO = 1.6
SURE = 1.0
UNSURE = 0.6
TITLE = 0.5
MATCH = 1.0
MISMATCH = 0.75  # gender unknown


@dataclass(slots=True)
class _Entity:
    """One person of a section, by all the names seen so far."""

    name: tuple[str, ...]
    best: Span
    gender: Gender
    sure: bool
    titled: bool
    described: bool = False
    salience: float = 0.0
    at: int = 0

    def score(self, at: int) -> float:
        return self.salience * DECAY ** (at - self.at)

    def add(self, at: int, weight: float) -> None:
        self.salience = self.score(at) + weight
        self.at = at


class PronounResolver:
    """Fulfils ``Resolver``.

    >>> from rag.types import Document
    """

    fingerprint = "mentions-1"

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]:
        """The passages with their ``mentions`` filled, in the order given."""
        found = list(self._mentions(document, passages))
        starts = [mention.span.start for mention in found]
        resolved = []
        for passage in passages:
            low = bisect_left(starts, passage.span.start)
            high = bisect_left(starts, passage.span.end)
            inside = tuple(m for m in found[low:high] if m.span.end <= passage.span.end)
            resolved.append(replace(passage, mentions=inside))
        return resolved

    def _mentions(self, document: Document, passages: Sequence[Passage]) -> Iterator[Mention]:
        for sentences in _by_section(document, passages):
            if _PRONOUN.search(document.text, sentences[0].start, sentences[-1].end):
                yield from _Discourse(document).read(sentences)


def _by_section(document: Document, passages: Sequence[Passage]) -> Iterator[list[Span]]:
    """Each section's sentences in order, none twice."""
    unique = sorted({sentence for passage in passages for sentence in passage.sentences})
    group: list[Span] = []
    sections = iter(document.sections)
    section = next(sections, None)
    current = None
    for sentence in unique:
        while section is not None and section.span.end <= sentence.start:
            section = next(sections, None)
        here = section.span if section and section.span.start <= sentence.start else None
        if group and here != current:
            yield group
            group = []
        current = here
        if not group or group[-1].end <= sentence.start:
            group.append(sentence)
    if group:
        yield group


@dataclass(slots=True)
class _Discourse:
    """What has been said so far in a section."""

    document: Document
    entities: list[_Entity] = field(default_factory=list)

    def read(self, sentences: Iterable[Span]) -> Iterator[Mention]:
        quoted = False
        end = None
        text = self.document.text
        for number, span in enumerate(sentences):
            if end is not None and "\n" in text[end : span.start]:
                quoted = False
            end = span.end
            words, quoted = tokens(text, span, quoted)
            yield from self._sentence(number, words)

    def _sentence(self, at: int, words: Sequence[Token]) -> Iterator[Mention]:
        self.entities = [e for e in self.entities if at - e.at < _MEMORY]
        named = people(words)
        pending = list(named)
        shown: set[int] = set()
        for index, word in enumerate(words):
            while pending and pending[0].span.end <= word.start:
                entity = self._meet(pending.pop(0), at)
                if entity:
                    shown.add(id(entity))
            if word.quoted or word.lower not in _GENDERS or not _is_subject(words, index):
                continue
            entity = self._choose(at, _GENDERS[word.lower], words, index, pending)
            if entity is None:
                continue
            entity.add(at, 1.0)
            if entity.gender is Gender.UNKNOWN:
                entity.gender = _GENDERS[word.lower]
            if entity.described or (id(entity) in shown and not ALL):
                continue
            shown.add(id(entity))
            yield Mention(span=Span(word.start, word.end), referent=entity.best)
        for person in pending:
            self._meet(person, at)

    def _meet(self, person: Person, at: int) -> _Entity | None:
        """The entity a phrase names, made if new, with its salience raised."""
        entity = self._same(person)
        if entity is None:
            entity = _Entity(
                name=person.name,
                best=person.span,
                gender=person.gender,
                sure=person.sure,
                titled=person.titled,
                described=not person.name,
                at=at,
            )
            self.entities.append(entity)
        elif person.name and not entity.described:
            better = (len(person.name), person.titled) > (len(entity.name), entity.titled)
            if better:
                entity.name, entity.best, entity.titled = person.name, person.span, person.titled
            entity.sure = entity.sure or person.sure
            if entity.gender is Gender.UNKNOWN:
                entity.gender = person.gender
        weight = person.role * (0.6 if person.definite else 1.0)
        entity.add(at, weight)
        return entity

    def _same(self, person: Person) -> _Entity | None:
        if not person.name:
            return None
        for entity in reversed(self.entities):
            if entity.described or (
                Gender.UNKNOWN not in (entity.gender, person.gender) and entity.gender != person.gender
            ):
                continue
            if _compatible(entity.name, person.name):
                return entity
        return None

    def _choose(
        self, at: int, gender: Gender, words: Sequence[Token], index: int, pending: Sequence[Person]
    ) -> _Entity | None:
        scored = sorted(
            (
                (self._score(e, at, gender), n, e)
                for n, e in enumerate(self.entities)
                if e.gender in (gender, Gender.UNKNOWN)
            ),
            key=lambda item: (-item[0], -item[1]),
        )
        if not scored or scored[0][0] < MIN_SCORE:
            return None
        if len(scored) > 1 and scored[1][0] * RATIO > scored[0][0]:
            return None
        return scored[0][2]

    def _score(self, entity: _Entity, at: int, gender: Gender) -> float:
        score = entity.score(at)
        score *= SURE if entity.sure else UNSURE
        score *= MATCH if entity.gender is gender else MISMATCH
        return score


ALL = False


def _compatible(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether two names may be one person's: same surname, and no other first name."""
    if len(one) == 1 or len(two) == 1:
        short, long = sorted((one, two), key=len)
        return short[0] in (long[0], long[-1])
    return one[-1] == two[-1] and (
        one[0] == two[0] or (one[0][0] == two[0][0] and 1 in (len(one[0]), len(two[0])))
    )


def _is_subject(words: Sequence[Token], index: int) -> bool:
    """False for "he / she", "he or she", "s/he"."""
    around = [w.lower for w in words[max(0, index - 2) : index + 3]]
    return not ("/" in around or ("or" in around and "he" in around and "she" in around))

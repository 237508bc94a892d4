"""Leads "he" and "she" back to the name they stand for, so that a reader can say who it was.

Within a section, people are kept with how salient they are: each naming adds to it, a subject more
than an object, and each sentence halves it (after Lappin & Leass 1994, "An Algorithm for Pronominal
Anaphora Resolution", and Mitkov 1998). A pronoun goes to the most salient person of its gender, and
only if no other comes near: a wrong name would invent, a pronoun left alone only stays unclear.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.people import LIKELY, Gender, Person, Token, capitalised, people, tokens
from rag.types import Document, Mention, Passage, Span

_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
_GENDERS = {"he": Gender.MALE, "she": Gender.FEMALE}

# Chosen on half of evals/bench/pronouns.jsonl; docs/decisions/pronouns.md has the figures.
DECAY = 0.5  # of salience, a sentence
MEMORY = 6  # sentences after which a person not named again is no candidate
LEAST = 0.15  # salience below which nobody is meant
LEAD = 1.6  # how many times as salient as the next the chosen one is
TOPIC = 0.3  # more, for the one the document's title names
QUOTED = 0.6  # of its weight, for a name inside a quotation
UNSURE = 0.6  # of its salience, where only capitals speak for a person
UNTOLD = 0.75  # of its salience, where the gender isn't known
OPPOSED = 0.25  # of its salience, where the given name is usually of the other gender
RIVAL_UNSURE = 0.6


@dataclass(slots=True, eq=False)
class _Entity:
    """One person of a document, by all the names seen so far."""

    name: tuple[str, ...]
    best: Span
    gender: Gender
    sure: bool
    titled: bool
    topic: bool = False
    certain: bool = False  # of the gender: a pronoun or a title told it
    salience: float = 0.0
    at: int = 0
    last: float = 0.0

    def salience_at(self, at: int) -> float:
        return self.salience * DECAY ** (at - self.at) + (TOPIC if self.topic else 0.0)

    def add(self, at: int, weight: float) -> None:
        self.salience = self.salience * DECAY ** (at - self.at) + weight
        self.at = at
        self.last = weight

    def learn(self, person: Person) -> None:
        """Takes over what another naming tells: a fuller name, a title, a gender."""
        if (len(person.name), person.titled) > (len(self.name), self.titled):
            self.name, self.best = person.name, person.span
            self.titled = person.titled
        self.sure = self.sure or person.sure
        self.gender = self.gender or person.gender
        self.certain = self.certain or (person.titled and person.gender is self.gender is not Gender.UNKNOWN)

    def fit(self, gender: Gender) -> float:
        """Up to 1: how well a pronoun of this gender suits the person."""
        if self.gender is gender:
            return 1.0
        if self.gender is Gender.UNKNOWN:
            return UNTOLD
        return 0.0 if self.certain or not self.name else OPPOSED


class PronounResolver:
    """Fulfils ``Resolver``: pure, linear in the text, own rules and no model."""

    @property
    def fingerprint(self) -> str:
        return "pronouns-1"

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]:
        """The passages with their ``mentions`` filled, in the order given.

        A name may lie outside its pronoun's passage, in an earlier sentence of those given.
        """
        found = list(_mentions(document, passages))
        starts = [mention.span.start for mention in found]
        resolved = []
        for passage in passages:
            low = bisect_left(starts, passage.span.start)
            high = bisect_left(starts, passage.span.end)
            inside = tuple(mention for mention in found[low:high] if passage.span.contains(mention.span))
            resolved.append(replace(passage, mentions=inside))
        return resolved


def _mentions(document: Document, passages: Sequence[Passage]) -> Iterator[Mention]:
    """Every pronoun that can be led back, in order."""
    text = document.text
    sentences = _unique(passages)
    if not sentences or not _PRONOUN.search(text, sentences[0].start, sentences[-1].end):
        return
    read = list(_read(text, sentences))
    proper = frozenset().union(*(capitalised(words) for words in read))
    discourse = _Discourse(title_name=_title_name(document.title))
    section = None
    for number, (span, words) in enumerate(zip(sentences, read, strict=True)):
        here = document.section_at(span.start)
        if here != section:
            discourse.active.clear()
            section = here
        yield from discourse.hear(number, words, people(words, proper))


def _title_name(title: str) -> frozenset[str]:
    """The words of a title that may be a name and nothing else: "Grady Judd (sheriff)"."""
    words = title.partition("(")[0].split()
    is_name = 1 < len(words) <= 4 and all(word[0].isupper() for word in words)
    return frozenset(words) if is_name else frozenset()


def _unique(passages: Sequence[Passage]) -> list[Span]:
    """The passages' sentences in order, none twice and none overlapping one before."""
    kept: list[Span] = []
    for sentence in sorted({sentence for passage in passages for sentence in passage.sentences}):
        if not kept or kept[-1].end <= sentence.start:
            kept.append(sentence)
    return kept


def _read(text: str, sentences: Sequence[Span]) -> Iterator[list[Token]]:
    """Each sentence's tokens; a quotation left open ends with its line."""
    quoted, end = False, 0
    for span in sentences:
        words, quoted = tokens(text, span, quoted and "\n" not in text[end : span.start])
        end = span.end
        yield words


@dataclass(slots=True)
class _Discourse:
    """Who has been named so far: ``known`` in the document by each word of their names, ``active``
    in the section at hand."""

    title_name: frozenset[str]
    known: dict[str, list[_Entity]] = field(default_factory=dict)
    active: list[_Entity] = field(default_factory=list)

    def hear(self, at: int, words: Sequence[Token], named: Sequence[Person]) -> Iterator[Mention]:
        """Takes in one sentence, word by word; yields its pronouns that can be led back."""
        self.active = [entity for entity in self.active if at - entity.at <= MEMORY]
        quotes = {word.start for word in words if word.quoted}
        coming = iter(named)
        person = next(coming, None)
        for index, word in enumerate(words):
            while person is not None and person.span.end <= word.start:
                self._meet(person, at, QUOTED if person.span.start in quotes else 1.0)
                person = next(coming, None)
            gender = _GENDERS.get(word.lower)
            if gender is None or word.quoted or _is_either(words, index):
                continue
            entity = self._choose(at, gender)
            if entity is None:
                continue
            entity.add(at, 1.0)
            if not entity.gender:
                entity.gender, entity.certain = gender, True
            if entity.name:
                yield Mention(span=Span(word.start, word.end), referent=entity.best)
        while person is not None:
            self._meet(person, at, QUOTED if person.span.start in quotes else 1.0)
            person = next(coming, None)

    def _meet(self, person: Person, at: int, share: float) -> None:
        """Makes the person a phrase names more salient; a new one is taken in."""
        entity = self._known(person)
        if entity is None:
            entity = _Entity(
                name=person.name,
                best=person.span,
                gender=person.gender,
                sure=person.sure or self._is_topic(person),
                titled=person.titled,
                topic=self._is_topic(person),
                certain=person.titled and bool(person.gender),
                at=at,
            )
        entity.learn(person)
        for word in person.name:
            bearers = self.known.setdefault(word, [])
            if entity in bearers:
                bearers.remove(entity)
            bearers.append(entity)
        if entity not in self.active:
            entity.salience = 0.0
            self.active.append(entity)
        entity.add(at, person.weight * share)

    def _is_topic(self, person: Person) -> bool:
        return bool(person.name) and person.name[-1] in self.title_name

    def _known(self, person: Person) -> _Entity | None:
        """Whom the name belongs to: the one last named by it."""
        for word in person.name[-1:] + person.name[:1]:
            for entity in reversed(self.known.get(word, ())):
                opposed = person.gender and entity.gender and person.gender is not entity.gender
                if not opposed and _is_one(entity.name, person.name):
                    return entity
        return None

    def _choose(self, at: int, gender: Gender) -> _Entity | None:
        """The one person a pronoun can mean; None where nobody or more than one comes near."""
        best: _Entity | None = None
        best_score = best_threat = rival = 0.0
        for entity in self.active:
            score = entity.salience_at(at) * entity.fit(gender)
            chance = score if entity.sure else score * UNSURE
            threat = score if entity.at == at and entity.last >= LIKELY else chance
            if chance > best_score:
                rival = max(rival, best_threat)
                best, best_score, best_threat = entity, chance, threat
            else:
                rival = max(rival, threat)
        if best is None or best_score < LEAST or best_score < LEAD * rival:
            return None
        if best.name and not best.sure and len(best.name) == 1:
            return None
        return best


def _is_one(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether two names may be one person's: one word of the other's, or first and last agree."""
    short, long = sorted((one, two), key=len)
    if len(short) == 1:
        return short[0] in long
    return short[-1] == long[-1] and short[0] in long or set(short) <= set(long)


def _is_either(words: Sequence[Token], index: int) -> bool:
    """Whether a pronoun is half of "he or she" or "he / she": nobody in particular."""
    around = {word.lower for word in words[max(0, index - 2) : index + 3]}
    return {"he", "she"} <= around and not around.isdisjoint(("/", "or"))

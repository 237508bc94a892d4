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

from rag.coreference.people import Person, people
from rag.coreference.subject import LIKELY, SUBJECT
from rag.coreference.tokens import Token, capitalised, is_either, is_reporting, tokens
from rag.english.gender import PRONOUN_GENDERS, Gender
from rag.types import Document, Mention, Passage, Span

_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")

# Chosen on evals/bench/pronouns.jsonl; docs/decisions/pronouns.md has the figures.
_DECAY = 0.5  # of salience, a sentence
_MEMORY = 6  # sentences after which a person not named again is no candidate
_CROWD = 32  # people that are weighed at most, those named last; keeps the time linear
_NAMESAKES = 4  # people of one name that are remembered, those named last
_LEAST = 0.15  # salience below which nobody is meant,
_LEAST_UNSURE = 0.2  # and where only capitals speak for a person,
_LEAST_WORD = 0.3  # of a single word
_LEAD = 1.6  # how many times as salient as the next the chosen one is
_TOPIC = 0.3  # more, for the one the document's title names
_QUOTED = 0.6  # of its weight, for a name inside a quotation
_UNSURE = 0.6  # of its salience, where only capitals speak for a person
_UNTOLD = 0.75  # of its salience, where the gender isn't known
_OPPOSED = 0.25  # of its salience, where the given name is usually of the other gender


class PronounResolver:
    """Fulfils ``Resolver``: pure, linear in the text, own rules and no model.

    Resolves "he" and "she" outside quotations; a person must be named or described in the same
    section. The name shown is the fullest so far in the document, of the sentences given.
    """

    @property
    def fingerprint(self) -> str:
        return "pronouns-1"

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]:
        """The passages with their ``mentions`` filled, in the order given."""
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
    sentences = _unique(passages)
    if not sentences or not _PRONOUN.search(document.text, sentences[0].start, sentences[-1].end):
        return
    read = list(_read(document.text, sentences))
    proper = frozenset[str]().union(*(capitalised(words) for words in read))
    discourse = _Discourse(topic=_title_name(document.title))
    numbers = _section_numbers(document, sentences)
    section, told = -1, 0
    for words, number in zip(read, numbers, strict=True):
        if number != section:
            discourse.active.clear()
            section = number
        told += not all(word.quoted for word in words)  # what is only quoted takes no one out of mind
        yield from discourse.hear(told, words, people(words, proper))


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


def _section_numbers(document: Document, sentences: Sequence[Span]) -> Iterator[int]:
    """Which of the document's sections each sentence begins in; 0 before the first."""
    sections = document.sections
    number = 0
    for sentence in sentences:
        while number < len(sections) and sections[number].span.start <= sentence.start:
            number += 1
        yield number


def _title_name(title: str) -> frozenset[str]:
    """The words of a title that may be a name and nothing else: "Grady Judd (sheriff)"."""
    words = title.partition("(")[0].split()
    is_name = 1 < len(words) <= 4 and all(word[0].isupper() for word in words)
    return frozenset(words) if is_name else frozenset()


@dataclass(slots=True, eq=False)
class _Entity:
    """One person of a document, by all the names seen so far."""

    name: tuple[str, ...]
    best: Span
    gender: Gender
    sure: bool
    titled: bool
    topic: bool
    told: bool  # the gender, by a title or a pronoun
    named: bool = False  # outside a quotation
    at: int = 0  # the sentence it was last named in,
    weight: float = 0.0  # with this weight
    salience: float = 0.0
    before: float = 0.0  # its salience when that sentence began

    def salience_at(self, at: int) -> float:
        return self.salience * _DECAY ** (at - self.at) + (_TOPIC if self.topic else 0.0)

    @property
    def least(self) -> float:
        """The salience it needs to be meant."""
        if self.sure:
            return _LEAST
        return _LEAST_WORD if len(self.name) == 1 else _LEAST_UNSURE

    def salience_before(self, at: int) -> float:
        """Its salience when sentence ``at`` began."""
        if self.at != at:
            return self.salience_at(at)
        return self.before + (_TOPIC if self.topic and self.before else 0.0)

    def add(self, at: int, weight: float) -> None:
        if self.at != at:
            self.before = self.salience * _DECAY ** (at - self.at)
            self.salience = self.before
        self.at, self.weight = at, weight
        self.salience += weight

    def learn(self, person: Person) -> None:
        """Takes over what another naming tells: a full name, a title, a gender."""
        if (len(person.name) > 1, person.titled) > (len(self.name) > 1, self.titled):
            self.name, self.best, self.titled = person.name, person.span, person.titled
        self.sure = self.sure or person.sure
        self.gender = self.gender or person.gender

    def fit(self, gender: Gender) -> float:
        """Up to 1: how well a pronoun of this gender suits the person."""
        if self.gender is gender:
            return 1.0
        if self.gender is Gender.UNKNOWN:
            return _UNTOLD
        return 0.0 if self.told or not self.name else _OPPOSED


@dataclass(slots=True)
class _Discourse:
    """Who has been named so far.

    ``known``: in the document, by each word of their names. ``active``: in the section at hand,
    the last named last. ``topic`` holds the words of the name that the title is.
    """

    topic: frozenset[str]
    known: dict[str, list[_Entity]] = field(default_factory=dict)
    active: list[_Entity] = field(default_factory=list)

    def hear(self, at: int, words: Sequence[Token], named: Sequence[Person]) -> Iterator[Mention]:
        """Takes in one sentence, word by word; yields its pronouns that can be led back."""
        self.active = [entity for entity in self.active if at - entity.at <= _MEMORY]
        coming = iter(named)
        person = next(coming, None)
        quoted = False
        for index, word in enumerate(words):
            if person is not None and person.span.start == word.start:
                quoted = word.quoted
            if person is not None and person.span.end <= word.end:
                self._meet(person, at, quoted)
                person = next(coming, None)
            gender = PRONOUN_GENDERS.get(word.lower)
            if gender is None or word.quoted or is_either(words, index):
                continue
            entity = self._choose(at, gender, told_before=is_reporting(words, index))
            if entity is not None:
                entity.add(at, SUBJECT)
                if not entity.gender:
                    entity.gender, entity.told = gender, True
                if entity.name:
                    yield Mention(span=Span(word.start, word.end), antecedent=entity.best)

    def _meet(self, person: Person, at: int, quoted: bool) -> None:
        """Makes the person a phrase names more salient; a new one is taken in."""
        entity = self._known(person) or self._new(person, at)
        entity.learn(person)
        entity.named = entity.named or not quoted
        for word in set(person.name):
            bearers = [other for other in self.known.get(word, ()) if other is not entity]
            self.known[word] = [*bearers[1 - _NAMESAKES :], entity]
        if entity in self.active:
            self.active.remove(entity)
        else:
            entity.salience = 0.0
        self.active = [*self.active[1 - _CROWD :], entity]
        entity.add(at, person.weight * (_QUOTED if quoted else 1.0))

    def _new(self, person: Person, at: int) -> _Entity:
        topic = bool(person.name) and person.name[-1] in self.topic
        return _Entity(
            name=person.name,
            best=person.span,
            gender=person.gender,
            sure=person.sure or topic,
            titled=person.titled,
            topic=topic,
            told=person.titled and bool(person.gender),
            at=at,
        )

    def _known(self, person: Person) -> _Entity | None:
        """Whom a name belongs to: the one last named by it, if only one can be meant."""
        for word in dict.fromkeys(person.name[-1:] + person.name[:1]):
            bearers = [
                entity
                for entity in self.known.get(word, ())
                if _is_one(entity.name, person.name)
                and not (person.gender and entity.gender and person.gender is not entity.gender)
            ]
            here = [entity for entity in bearers if entity in self.active]
            if here or len(bearers) == 1:
                return (here or bearers)[-1]
        return None

    def _choose(self, at: int, gender: Gender, *, told_before: bool) -> _Entity | None:
        """The one person a pronoun can mean; None where nobody, or more than one, comes near.

        ``told_before``: "he" in "..., he said" was spoken of before this sentence.
        """
        best: _Entity | None = None
        best_score = best_threat = rival = 0.0
        for entity in self.active:
            salience = entity.salience_before(at) if told_before else entity.salience_at(at)
            threat = salience * entity.fit(gender)
            score = threat if entity.sure else threat * _UNSURE
            if entity.at != at or entity.weight < LIKELY:
                threat = score
            if score > best_score:
                rival = max(rival, best_threat)
                best, best_score, best_threat = entity, score, threat
            else:
                rival = max(rival, threat)
        if best is None or not best.named or best_score < max(best.least, _LEAD * rival):
            return None
        return best


def _is_one(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether two names may be one person's: one has all words of the other, or the ends agree."""
    short, long = sorted((one, two), key=len)
    return set(short) <= set(long) or (short[-1] == long[-1] and short[0] in long)

"""Demotion of candidates that are about another year or version than the question names.

Two editions of one text are told apart by more than that: by whatever their titles differ in ("Price list
March", "Price list April"). Their passages are nearly the same, so that only the edition decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.english.function_words import ARTICLES, PREPOSITIONS
from rag.english.pronouns import POSSESSIVE_DETERMINERS
from rag.english.words import folded_words, stem
from rag.question.years import agrees_on_version, named_versions, named_years
from rag.types import Candidate

# In fused scores (sums of z-scores). Of 171 training questions that name a year or a version the evidence is
# among the first five for 0.760 at 0, 0.795 at 1, 0.825 at 2, 0.778 where they come last.
_PENALTY = 2.0
_EDITION_PENALTY = 8.0  # of the same text in another edition: more than a reader's margin makes up for
_BEFORE_SOURCE = PREPOSITIONS | frozenset("according as per under within to".split())
_INSIDE = frozenset("of the and for in".split())  # between the words that name an edition
_QUESTION_WORD = re.compile(r"\w+(?:[.'’/-]\w+)*")
_NUMBER_OF_VERSION = re.compile(r"^v(?=\d)")
_MAX_NAMED = 10  # candidates that others are compared with
_ALIKE = 0.6  # share of their words that passages of two editions have in common


def demote_other_versions(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, best first, those lower whose title, headings or address name another version.

    Only where another candidate names the right one. The same text in another edition than the question
    names comes after all others. Equal scores keep their order.
    """
    is_named = bool(named_years(question) or named_versions(question))
    agreeing = [agrees_on_version(question, naming(c)) if is_named else None for c in candidates]
    others = named_edition(question, candidates).others
    if True not in agreeing and not others:
        return list(candidates)
    demoted = [
        _lowered(candidate, _EDITION_PENALTY)
        if candidate.passage.id in others
        else _lowered(candidate, _PENALTY)
        if agrees is False and True in agreeing
        else candidate
        for candidate, agrees in zip(candidates, agreeing, strict=True)
    ]
    return sorted(demoted, key=lambda candidate: -candidate.scores.fused)


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition that a question names, where candidates hold the same text in others.

    ``others`` are the ids of those others' passages. ``words`` are stems of the title and the address of the
    named one, ``marks`` those that the others' lack.
    """

    others: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()


def named_edition(question: str, candidates: Sequence[Candidate]) -> Edition:
    """The edition that a question names: an empty one where it names none, or there is only one.

    An edition is what a title, or an address, has that the other's hasn't: all of it is in the question, and
    nothing of the other's; and the two passages are nearly the same.
    """
    asked = _words(question)
    others: set[str] = set()
    words: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    naming_some = [c for c in candidates if asked & _words(f"{c.document.title} {c.document.uri}")]
    for named in naming_some[:_MAX_NAMED]:
        for other in candidates:
            own = _edition_marks(asked, named, other)
            if own:
                others.add(other.passage.id)
                marks |= own
                words |= _words(f"{named.document.title} {named.document.uri}")
    return Edition(frozenset(others), words, marks)


def without_edition(question: str, edition: Edition) -> str:
    """The question without the phrase that names the edition, where that stands behind a preposition.

    >>> edition = Edition(frozenset(), frozenset({"travel", "polici", "2025"}), frozenset({"2025"}))
    >>> without_edition("What is the allowance under the travel policy 2025?", edition)
    'What is the allowance?'
    """
    matches = list(_QUESTION_WORD.finditer(question))
    stems = [_words(match.group()) for match in matches]
    folded = [match.group().casefold() for match in matches]
    is_named = [bool(words) and words <= edition.words for words in stems]
    for start in range(len(matches)):
        if not is_named[start] or (start and is_named[start - 1]):
            continue
        end = start + 1
        for at in range(start + 1, len(matches)):
            if is_named[at]:
                end = at + 1
            elif folded[at] not in _INSIDE:
                break
        begin = start
        while begin and folded[begin - 1] in ARTICLES | POSSESSIVE_DETERMINERS:
            begin -= 1
        prepositions = begin
        while prepositions and folded[prepositions - 1] in _BEFORE_SOURCE:
            prepositions -= 1
        has_mark = any(words & edition.marks for words in stems[start:end])
        is_at_edge = end == len(matches) or not prepositions
        if has_mark and is_at_edge and prepositions < begin and end - prepositions < len(matches):
            before, after = question[: matches[prepositions].start()], question[matches[end - 1].end() :]
            bare = f"{before.rstrip(' ,')}{after}".strip(" ,;:")
            return bare[:1].upper() + bare[1:] if question[:1].isupper() else bare
    return question


def _edition_marks(asked: frozenset[str], named: Candidate, other: Candidate) -> frozenset[str]:
    """What the question names an edition by that the other candidate isn't of; else nothing."""
    if named.document.id == other.document.id:
        return frozenset()
    pairs = ((named.document.title, other.document.title), (named.document.uri, other.document.uri))
    for own, others in ((_words(one), _words(two)) for one, two in pairs):
        marks, other_marks = own - others, others - own
        if marks and other_marks:
            is_named = marks <= asked and not other_marks & asked
            return marks if is_named and _are_alike(named.text, other.text) else frozenset()
    return frozenset()


def _are_alike(one: str, other: str) -> bool:
    first, second = _words(one), _words(other)
    return len(first & second) >= _ALIKE * len(first | second)


@lru_cache(maxsize=2_000)
def _words(text: str) -> frozenset[str]:
    """The stems of a text's words; of a version its number: "v2" is "2"."""
    parts = (part for word in folded_words(text) for part in re.split(r"[\W_]+", word) if part)
    return frozenset(stem(_NUMBER_OF_VERSION.sub("", part)) for part in parts)


def naming(candidate: Candidate) -> str:
    """What tells the version of a candidate: title, headings and address, a line each."""
    document, passage = candidate.document, candidate.passage
    return "\n".join((*document.headings_at(passage.span.start), document.uri))


def _lowered(candidate: Candidate, penalty: float) -> Candidate:
    scores = replace(candidate.scores, fused=candidate.scores.fused - penalty)
    return replace(candidate, scores=scores)

"""Editions: of nearly the same text in several documents, the one that the question names.

Editions are told apart by whatever their titles or addresses differ in: a year, a month ("Price list March"),
a version, a word ("first edition"). Their passages are nearly the same, so that no score tells which one is
asked about; and a reader that sees no title finds the edition's name in the text of the next one, which says
what it replaces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.english.function_words import ARTICLES, PREPOSITIONS
from rag.english.pronouns import POSSESSIVE_DETERMINERS
from rag.english.words import folded_words, stem
from rag.question.analysis import QuestionAnalysis
from rag.types import Candidate

_BEFORE_SOURCE = PREPOSITIONS | frozenset("according as per under within to".split())
_INSIDE = frozenset("of the and for in".split())  # between the words that name an edition
_QUESTION_WORD = re.compile(r"\w+(?:[.'’/-]\w+)*")
_NUMBER_OF_VERSION = re.compile(r"^v(?=\d)")
_MAX_NAMED = 10  # candidates that others are compared with
_ALIKE = 0.6  # share of their words that passages of two editions have in common


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition that a question names, where candidates hold the same text in others.

    ``documents`` are the ids of the named documents, ``others`` those of the others' passages. ``words`` are
    stems of the named ones' titles and addresses, ``marks`` those that the others' lack.
    """

    documents: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()


def named_edition(question: str, candidates: Sequence[Candidate]) -> Edition:
    """The edition that a question names: an empty one where it names none, or there is only one.

    An edition is what a title, or an address, has that the other's hasn't: all of it is in the question, and
    nothing of the other's; and the two passages are nearly the same.
    """
    asked = _words(question)
    documents: set[str] = set()
    others: set[str] = set()
    words: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    naming_some = [c for c in candidates if asked & _words(f"{c.document.title} {c.document.uri}")]
    for named in naming_some[:_MAX_NAMED]:
        for other in candidates:
            own = _edition_marks(asked, named, other)
            if own:
                documents.add(named.document.id)
                others.add(other.passage.id)
                marks |= own
                words |= _words(f"{named.document.title} {named.document.uri}")
    return Edition(frozenset(documents), frozenset(others), words, marks)


def of_edition(analysis: QuestionAnalysis, edition: Edition) -> QuestionAnalysis:
    """The analysis without what names the edition, for passages that are all of it."""
    return replace(
        analysis,
        standalone=without_edition(analysis.standalone, edition),
        names=tuple(name for name in analysis.names if stem(name) not in edition.marks),
    )


def without_edition(question: str, edition: Edition) -> str:
    """The question without the phrase that names the edition, where that stands behind a preposition.

    >>> edition = Edition(words=frozenset({"travel", "polici", "2025"}), marks=frozenset({"2025"}))
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

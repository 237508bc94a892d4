"""Texts of a pool by the question words they share: the hardest texts that do not answer."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.english.function_words import ARTICLES, DEMONSTRATIVES, QUESTION_WORDS
from rag.english.pronouns import POSSESSIVE_DETERMINERS, SUBJECT_PRONOUNS
from rag.english.verbs import BE, DO, HAVE, MODALS

_WORD = re.compile(r"\w+")
_STOP = (
    ARTICLES
    | DEMONSTRATIVES
    | QUESTION_WORDS
    | SUBJECT_PRONOUNS
    | POSSESSIVE_DETERMINERS
    | BE
    | DO
    | HAVE
    | (MODALS - {"must", "shall"})
    | frozenset("and as at by for from in not of on or there to with".split())
    | frozenset("long many much s".split())  # "how long", "how many", what an apostrophe cuts off
)


def content_words(text: str) -> set[str]:
    """Lower-cased words that carry meaning."""
    return {word for word in _WORD.findall(text.lower()) if word not in _STOP}


def holds(text: str, answer: str) -> bool:
    """Whether a text has the answer's words in a row, whatever their case and punctuation."""
    needle = " ".join(_WORD.findall(answer.lower()))
    return not needle or f" {needle} " in f" {' '.join(_WORD.findall(text.lower()))} "


@dataclass(slots=True)
class OverlapIndex:
    """An inverted index of distinct texts; a text scores the rarity of the question's words in it."""

    texts: list[str] = field(default_factory=list)
    _places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, texts: Iterable[str]) -> OverlapIndex:
        index = cls()
        for text in dict.fromkeys(texts):
            for word in content_words(text):
                index._places[word].append(len(index.texts))
            index.texts.append(text)
        return index

    def rarest(self, words: Iterable[str]) -> str | None:
        """The word that fewest texts have (ties: the first in the alphabet)."""
        return min(sorted(words), key=lambda word: len(self._places.get(word, ())), default=None)

    def closest(self, question: str, count: int) -> Sequence[str]:
        """The ``count`` texts that share most with the question, best first."""
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(content_words(question)):
            places = self._places.get(word, ())
            if len(places) * 8 <= len(self.texts) or len(self.texts) < 50:
                weight = math.log((len(self.texts) + 1) / (len(places) + 0.5))
                for place in places:
                    scores[place] += weight
        best = sorted(scores, key=lambda place: (-scores[place], place))[:count]
        return [self.texts[place] for place in best]

"""Texts ranked by the rare question words they share: hard negatives by lexical overlap."""

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
_STOP_WORDS = (
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
_SMALL_COLLECTION = 50  # texts; in larger ones, words that an eighth of the texts have don't count


def content_words(text: str) -> set[str]:
    """The lower-cased words of a text that are no function words."""
    return {word for word in _WORD.findall(text.lower()) if word not in _STOP_WORDS}


def contains_answer(text: str, answer: str) -> bool:
    """Whether a text has the answer's words in a row, regardless of case and punctuation.

    True for an answer without words.
    """
    needle = " ".join(_WORD.findall(answer.lower()))
    return not needle or f" {needle} " in f" {' '.join(_WORD.findall(text.lower()))} "


@dataclass(slots=True)
class LexicalIndex:
    """An inverted index of distinct texts; a text's score is the sum of the question words' IDF in it."""

    texts: list[str] = field(default_factory=list)
    _postings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def build(cls, texts: Iterable[str]) -> LexicalIndex:
        index = cls()
        for text in dict.fromkeys(texts):
            for word in content_words(text):
                index._postings[word].append(len(index.texts))
            index.texts.append(text)
        return index

    def rarest(self, words: Iterable[str]) -> str | None:
        """The word that the fewest texts have (ties: the first in the alphabet); None for no words."""
        return min(sorted(words), key=lambda word: len(self._postings.get(word, ())), default=None)

    def search(self, question: str, count: int) -> Sequence[str]:
        """At most ``count`` texts that share words with the question, best first."""
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(content_words(question)):
            numbers = self._postings.get(word, ())
            if len(numbers) * 8 <= len(self.texts) or len(self.texts) < _SMALL_COLLECTION:
                idf = math.log((len(self.texts) + 1) / (len(numbers) + 0.5))
                for number in numbers:
                    scores[number] += idf
        ranked = sorted(scores, key=lambda number: (-scores[number], number))[:count]
        return [self.texts[number] for number in ranked]

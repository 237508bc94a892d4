"""A text's words as grounding compares them: folded, stemmed, weighted, names told from other words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.english.calendar import WEEKDAYS
from rag.english.function_words import FUNCTION_WORDS, STOP_WORDS
from rag.english.given_names import GIVEN_NAMES
from rag.english.numbers import CARDINALS, TENS
from rag.english.plurals import is_plural
from rag.english.titles import TITLES
from rag.english.words import stem
from rag.grounding.word_weights import NAME, is_frequent, weight

_WORD = re.compile(r"[^\W_]+(?:[.&][^\W_]+|['’](?!s\b)[^\W_]+)*")
_GAP_INSIDE_NAME = re.compile(r"[ \t]+|-|,? & ")
_OPENS_SENTENCE = re.compile(r"(?:\A|[.!?:;|\n]|\s[-–—*•])[\s\"'“”‘’(\[*_#>`-]*\Z")
_MIXED = re.compile(r".+[A-Z].*|.*[^\W\d_]\d.*|.*\d[^\W\d_].*")
_DIGITS = {word: str(n) for n, word in enumerate(CARDINALS) if n > 1} | {
    word: str(10 * n) for n, word in enumerate(TENS, 2)
}
_CLITIC = re.compile(r"(?:n't|'(?:d|ll|m|re|ve))\Z")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\Z")
_ENDINGS = ("ance", "ed", "ence", "ing", "ity", "ly", "ment", "ness", "tion")
_SPLIT_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|k|m|bn)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text at its code points, with its stem and weight (0: a stop word).

    The stem of a written-out number is its digits.
    """

    text: str
    start: int
    end: int
    folded: str
    stem: str
    weight: float
    is_name: bool


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, in order. Accents are folded; a possessive's s is a word without weight.

    >>> [(w.stem, w.weight > 0, w.is_name) for w in words_of("Élysée's doors")]
    [('elyse', True, True), ('s', False, False), ('door', True, False)]
    """
    matches = [*_WORD.finditer(text)]
    return tuple(_word(text, matches, index) for index in range(len(matches)))


def fold(word: str) -> str:
    """Lower case, without accents, apostrophes straight."""
    decomposed = unicodedata.normalize("NFKD", word.replace("’", "'").casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def content(words: Sequence[Word]) -> list[Word]:
    """The words that have a weight."""
    return [word for word in words if word.weight]


def names(text: str) -> Iterator[tuple[Word, ...]]:
    """The names of a text: runs of name words with nothing but spaces or a hyphen between them."""
    run: list[Word] = []
    for word in words_of(text):
        if run and not (word.is_name and _GAP_INSIDE_NAME.fullmatch(text, run[-1].end, word.start)):
            yield tuple(run)
            run = []
        if word.is_name:
            run.append(word)
    if run:
        yield tuple(run)


def _word(text: str, matches: Sequence[re.Match[str]], index: int) -> Word:
    match = matches[index]
    found, folded = match.group(), fold(match.group())
    is_name = _is_name(text, matches, index, folded)
    base = _CLITIC.sub("", folded)
    root = _DIGITS.get(base) or _ORDINAL.sub("", stem(base))
    word_weight = NAME if is_name or root[0].isdigit() else weight(base)
    if folded.endswith("n't"):  # an auxiliary verb: "won't"
        word_weight = 0.0
    return Word(found, match.start(), match.end(), folded, root, word_weight, is_name)


def _is_name(text: str, matches: Sequence[re.Match[str]], index: int, folded: str) -> bool:
    found = matches[index].group()
    if _SPLIT_ORDINAL.fullmatch(found):
        return False
    if _MIXED.fullmatch(found) and folded not in STOP_WORDS:
        return True
    if not found[0].isupper() or folded in FUNCTION_WORDS or folded in STOP_WORDS:
        return False
    if folded in TITLES and not (index and matches[index - 1].group()[0].isupper()):
        return False
    if not _OPENS_SENTENCE.search(text[max(0, matches[index].start() - 8) : matches[index].start()]):
        return True
    # A frequent word that opens a sentence is no name, nor is a rare one with the ending of another word.
    if folded in WEEKDAYS or found in GIVEN_NAMES:
        return True
    return not (is_frequent(folded) or is_plural(folded) or folded.endswith(_ENDINGS))

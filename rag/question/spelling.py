"""Spelling correction of a question, towards the words of the passages that it retrieved.

"when does the libary open" retrieves the right passage, but the reader abstains for the misspelt word. A word
is taken for misspelt where no passage has it, it is neither a token of the reader's vocabulary nor derived
from one ("wording" from "word"), and a word of the passages is one edit away, or two for a long one; the
edits are those of Damerau (1964, doi:10.1145/363958.363994), which make up most misspellings. Capitalised
words are names and stay as they are. docs/decisions/question-analysis.md has the effect on answers, measured
on XQuAD-en.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from rag.english.derivation import bases_of
from rag.english.words import same_stem

_WORD = re.compile(r"[^\W\d_]+")
_MIN_LETTERS = 5  # of a word that is corrected, and of its correction
_MIN_LETTERS_TWO_EDITS = 8  # of a word whose correction may be two edits away


def correct_spelling(question: str, texts: Iterable[str], is_known: Callable[[str], bool]) -> str:
    """The question with misspelt words corrected, itself where there are none.

    >>> correct_spelling("when does the libary open?", ["The library opens at ten."], lambda word: False)
    'when does the library open?'
    """
    suspects = {
        word
        for word in _WORD.findall(question)
        if len(word) >= _MIN_LETTERS and word.islower() and not any(map(is_known, (word, *bases_of(word))))
    }
    if not suspects:
        return question
    vocabulary = Counter(word for text in texts for word in _WORD.findall(text.casefold()))
    corrections = {
        word: nearest for word in suspects - vocabulary.keys() if (nearest := _nearest(word, vocabulary))
    }
    return _WORD.sub(lambda match: corrections.get(match.group(), match.group()), question)


def _nearest(word: str, vocabulary: Counter[str]) -> str | None:
    """The nearest word that begins alike, of several the most frequent; None where it is another form."""
    max_edits = 2 if len(word) >= _MIN_LETTERS_TWO_EDITS else 1
    ranked = [
        (distance, -count, other)
        for other, count in vocabulary.items()
        if other[0] == word[0]
        and len(other) >= _MIN_LETTERS
        and abs(len(other) - len(word)) <= max_edits
        and (distance := edit_distance(word, other)) <= max_edits
    ]
    if not ranked:
        return None
    nearest = min(ranked)[2]
    return None if same_stem(word, nearest) else nearest


def edit_distance(one: str, other: str) -> int:
    """How many letters are inserted, left out, exchanged, or swapped with their neighbour.

    >>> edit_distance("libary", "library"), edit_distance("adress", "dresser")
    (1, 3)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]

"""A slip of the keys in a question is put right where the passages found show what was meant.

"who's the sherrif" finds the right passage, by the parts of the word, and is then read as asking for
something that isn't there. A word is a slip where no passage has it, the reader's vocabulary doesn't know
it whole, and a word of the passages is one edit away, or two for a long one; the edits are those of
Damerau (1964, doi:10.1145/363958.363994), which make up most of what people mistype. Capitalised words
are names and stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from rag.english.words import same_stem

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 5  # letters
_LONG = 7  # letters from which two edits are one slip, or two


def correct_spelling(question: str, texts: Iterable[str], known: Callable[[str], bool]) -> str:
    """The question with its slips put right, itself where there are none.

    >>> correct_spelling("who is the sherrif?", ["The sheriff spoke."], known=lambda word: word == "spoke")
    'who is the sheriff?'
    """
    suspects = {
        word
        for word in _WORD.findall(question)
        if len(word) >= _SHORTEST and word.islower() and not known(word)
    }
    if not suspects:
        return question
    there = Counter(word for text in texts for word in _WORD.findall(text.casefold()))
    meant = {word: found for word in suspects - there.keys() if (found := _nearest(word, there))}
    return _WORD.sub(lambda match: meant.get(match.group(), match.group()), question)


def _nearest(word: str, there: Counter[str]) -> str | None:
    """The nearest word that begins alike, of several the most frequent; None where it is another form."""
    most = 2 if len(word) >= _LONG else 1
    near = [
        (distance, -count, other)
        for other, count in there.items()
        if other[0] == word[0]
        and len(other) >= _SHORTEST
        and abs(len(other) - len(word)) <= most
        and (distance := edits(word, other)) <= most
    ]
    if not near:
        return None
    found = min(near)[2]
    return None if same_stem(word, found) else found


def edits(one: str, other: str) -> int:
    """How many letters are put in, left out, exchanged, or swapped with their neighbour.

    >>> edits("sherrif", "sheriff"), edits("recieve", "receive")
    (2, 1)
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

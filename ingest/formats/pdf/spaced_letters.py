"""Words whose letters are set apart ("C O N T E N T S"), put together by the widths of the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.formats.pdf.characters import Character

_LEAST_LETTERS = 6
_APART = 0.8  # of all neighbours are divided by a gap
_WORD_GAP = 1.6  # times the usual gap


def spaced_words(characters: Sequence[Character], divided: Sequence[bool]) -> list[bool] | None:
    """Which of the characters begin a word, where the letters of words are set apart; None where they aren't.

    Args:
        divided: whether white space stands before each character.
    """
    letters = [character.char for character in characters]
    if len(letters) < _LEAST_LETTERS or not all(map(str.isalpha, letters)):
        return None
    if sum(divided[1:]) < _APART * (len(letters) - 1) or _is_alphabet(letters):
        return None
    gaps = [b.left - a.right for a, b in pairwise(characters)]
    usual = median(gaps)
    if usual <= 0:
        return None
    return [False, *(gap > _WORD_GAP * usual for gap in gaps)]


def _is_alphabet(letters: Sequence[str]) -> bool:
    """Letters in order, as those of an index or of columns."""
    return all(a.lower() < b.lower() for a, b in pairwise(letters))

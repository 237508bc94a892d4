"""Text of a PDF that can't be what a reader sees: fonts without the meaning of their signs, loose letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from ingest.formats.pdf.link_signs import without_signs
from ingest.formats.pdf.text_run import TextRun

_NO_MEANING = frozenset(("Co", "Cn", "Cc", "Cs"))  # private use, unassigned, control, surrogate
_MOST_SHARE = 0.3  # of a page's characters
_LEAST_LETTERS = 30  # words of one letter, in a page of loose letters
_LOOSE_SHARE = 0.7


def is_garbled(runs: Sequence[TextRun]) -> bool:
    """Whether the text of a page is unreadable: mostly signs without meaning, or letters in no words."""
    text = without_signs("".join(run.text for run in runs))
    if not text:
        return False
    unknown = sum(char == "\ufffd" or unicodedata.category(char) in _NO_MEANING for char in text)
    if unknown > _MOST_SHARE * len(text):
        return True
    words = [word for run in runs for word in run.text.split() if word.isalpha() and word.isascii()]
    loose = sum(len(word) == 1 for word in words)
    return loose >= _LEAST_LETTERS and loose > _LOOSE_SHARE * len(words)

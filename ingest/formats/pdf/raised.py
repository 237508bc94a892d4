"""Characters that stand above the line, as exponents and the marks of footnotes do, as signs of their own.

Written as they are, "26" with a footnote 2 would be 262, and ten to the fifth 105.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.pdf.characters import Character

_SIGNS = str.maketrans(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyz",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
)
_WORDS = {"TM": "™", "SM": "℠", "tm": "™", "(R)": "®"}
_SMALLER = 0.85  # of the type size beside it: a raised character is at most this big
_LEAST_RISE, _MOST_RISE = 0.12, 0.8  # of that type size
_NEAR = 0.35  # of that type size, from left to right


def is_raised(size: float, baseline: float, *, beside_size: float, beside_baseline: float) -> bool:
    """Whether type of this size on this baseline stands above the line beside it; in points."""
    rise = beside_baseline - baseline
    return size < _SMALLER * beside_size and _LEAST_RISE * beside_size < rise < _MOST_RISE * beside_size


def touches(left: float, right_before: float, size: float) -> bool:
    """Whether a character begins where the one before it ends."""
    return -_NEAR * size < left - right_before < _NEAR * size


def stands_off(one: Character, other: Character) -> bool:
    """Whether one of two neighbours is raised against the other."""
    return any(
        is_raised(a.size, a.baseline, beside_size=b.size, beside_baseline=b.baseline)
        for a, b in ((one, other), (other, one))
    )


def raised_signs(text: str, before: str) -> str:
    """Raised characters as text.

    Digits, and letters that stand alone, are superscripts; longer words, as that of "1st", stay as they are.

    Args:
        before: the text that they stand behind.

    >>> raised_signs("2", "26"), raised_signs("st", "1"), raised_signs("a,b", "Price")
    ('²', 'st', 'ᵃ,ᵇ')
    """
    if text in _WORDS:
        return _WORDS[text]
    word_lengths = [len(part) for part in _split_words(text)]
    if any(length > 1 for length in word_lengths):
        return text if before[-1:].isalnum() else f" {text}"
    return text.translate(_SIGNS)


def _split_words(text: str) -> Sequence[str]:
    return "".join(char if char.isalpha() else " " for char in text).split()

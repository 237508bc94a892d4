"""Raised and lowered text in signs of its own, so that ten to the fifth doesn't read as 105."""

from __future__ import annotations

_SUPERSCRIPT = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_MOST = 5


def small_text(tag: str, text: str) -> str:
    """The text of a ``sup`` or ``sub`` element in raised or lowered signs; as it is where it has none.

    >>> small_text("sup", "5"), small_text("sup", "th")
    ('⁵', 'th')
    """
    small = text.strip().translate(_SUPERSCRIPT if tag == "sup" else _SUBSCRIPT)
    return small if len(small) < _MOST and not any(map(str.isascii, small)) else text

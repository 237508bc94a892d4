"""A field's length in terms, as coarse as Tantivy keeps it, so that both engines give the same scores."""

from __future__ import annotations

from bisect import bisect_right

_EXACT = 40  # up to here each length has its own code
_STEPS = 8  # codes of each step width, which then doubles
_MAX = 32_767  # of a smallint


def _lengths() -> tuple[int, ...]:
    lengths, step = list(range(_EXACT + 1)), 2
    while lengths[-1] < _MAX:
        for _ in range(_STEPS):
            lengths.append(lengths[-1] + step)
        step *= 2
    return tuple(length for length in lengths if length <= _MAX)


_LENGTHS = _lengths()


def coarse_length(terms: int) -> int:
    """The greatest length that has a code and isn't above this one.

    >>> coarse_length(40), coarse_length(55), coarse_length(61)
    (40, 54, 60)
    """
    return _LENGTHS[bisect_right(_LENGTHS, terms) - 1]

"""Finding a quote again in a text that was edited since (W3C TextQuoteSelector re-anchoring)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from operator import eq

from rag.types import Span

_MAX_OCCURRENCES = 20_000  # bounds the time of a search


def find_quote(text: str, quote: str, prefix: str = "", suffix: str = "", near: int = 0) -> Span | None:
    """The span of a quote in the text, or None where the text no longer holds it.

    Of several exact occurrences the one whose surroundings match best with ``prefix`` and ``suffix`` is
    taken, then the one nearest to offset ``near``. Without an exact occurrence the text is searched with all
    white space removed, so that a quote is found in re-wrapped lines too.

    >>> find_quote("A cat. The dog.  The dog sat.", "The dog", suffix=" sat")
    Span(start=17, end=24)
    """
    if not quote.strip():
        return None
    exact = _best(text, quote, prefix, suffix, near)
    if exact is not None:
        return Span(exact, exact + len(quote))
    offsets = [i for i, character in enumerate(text) if not character.isspace()]
    compact = _without_white_space(quote)
    start = _best(
        _without_white_space(text), compact, _without_white_space(prefix), _without_white_space(suffix), near
    )
    return None if start is None else Span(offsets[start], offsets[start + len(compact) - 1] + 1)


def _without_white_space(text: str) -> str:
    return "".join(text.split())


def _best(text: str, quote: str, prefix: str, suffix: str, near: int) -> int | None:
    def rank(at: int) -> tuple[int, int]:
        before = text[max(0, at - len(prefix)) : at]
        after = text[at + len(quote) : at + len(quote) + len(suffix)]
        agreement = _common_prefix_length(reversed(before), reversed(prefix)) + _common_prefix_length(
            after, suffix
        )
        return agreement, -abs(at - near)

    return max(_occurrences(text, quote), key=rank, default=None)


def _common_prefix_length(one: Iterable[str], other: Iterable[str]) -> int:
    """How many characters are equal before the first that differs."""
    return sum(1 for _ in takewhile(bool, map(eq, one, other)))


def _occurrences(text: str, quote: str) -> Iterator[int]:
    """The offsets of the quote's occurrences, at most ``_MAX_OCCURRENCES``."""
    at = text.find(quote)
    for _ in range(_MAX_OCCURRENCES):
        if at < 0:
            return
        yield at
        at = text.find(quote, at + 1)

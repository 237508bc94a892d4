"""Finding a quote again in a text that was edited since (W3C TextQuoteSelector re-anchoring)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from operator import eq

from rag.types import Span

_LOOK = 20_000


def find_quote(text: str, quote: str, prefix: str = "", suffix: str = "", near: int = 0) -> Span | None:
    """Where a quote now stands, or None where its words are gone.

    Of several exact places the one whose surroundings agree best with ``prefix`` and ``suffix`` is
    taken, then the one nearest to offset ``near``. Without an exact place the text is searched
    with all white space left out, so that re-wrapped lines don't lose a quote.

    >>> find_quote("A cat. The dog.  The dog sat.", "The dog", suffix=" sat")
    Span(start=17, end=24)
    """
    if not quote.strip():
        return None
    exact = _best(text, quote, prefix, suffix, near)
    if exact is not None:
        return Span(exact, exact + len(quote))
    kept = [i for i, character in enumerate(text) if not character.isspace()]
    bare = _bare(quote)
    place = _best(_bare(text), bare, _bare(prefix), _bare(suffix), near)
    return None if place is None else Span(kept[place], kept[place + len(bare) - 1] + 1)


def _bare(text: str) -> str:
    return "".join(text.split())


def _best(text: str, quote: str, prefix: str, suffix: str, near: int) -> int | None:
    def rank(at: int) -> tuple[int, int]:
        before = text[max(0, at - len(prefix)) : at]
        after = text[at + len(quote) : at + len(quote) + len(suffix)]
        agreed = _agreeing(reversed(before), reversed(prefix)) + _agreeing(after, suffix)
        return agreed, -abs(at - near)

    return max(_places(text, quote), key=rank, default=None)


def _agreeing(found: Iterable[str], wanted: Iterable[str]) -> int:
    """How many characters agree before the first that differ."""
    return sum(1 for _ in takewhile(bool, map(eq, found, wanted)))


def _places(text: str, quote: str) -> Iterator[int]:
    """Where the quote stands, at most ``_LOOK`` places, so that no input makes this slow."""
    at = text.find(quote)
    for _ in range(_LOOK):
        if at < 0:
            return
        yield at
        at = text.find(quote, at + 1)

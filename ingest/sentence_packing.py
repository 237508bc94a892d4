"""Sentences to spans that fit a passage: too long ones are cut, short neighbours joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.text import word_count
from rag.types import Span

CHARACTERS_PER_WORD = 8
"""Text with longer words (links, code, base64) counts a word for every 8 characters, white space not
counted, so that no passage exceeds a model's window. English prose has about five."""

CHARACTERS_WITH_SPACE = 64
"""Text with much white space (code, tables made of spaces) counts a word for every 64 characters, white
space counted, so that no passage, and so no quote, is long without words."""

_ATOM = re.compile(r"\S{1,40}[\u0300-\u036f\u20d0-\u20ff\u200d\ufe00-\ufe0f]{0,8}+\s*+")
_CLAUSE_END = re.compile(r"(?:[,;:)—–][\"'”’]?\s+|[、，；：][\"'”’]?\s*)\Z")


def effective_words(text: str) -> int:
    """The number of words that a text counts for, at least one.

    See ``CHARACTERS_PER_WORD`` and ``CHARACTERS_WITH_SPACE``.
    """
    characters = sum(map(len, text.split()))
    by_length = max(-(-characters // CHARACTERS_PER_WORD), -(-len(text) // CHARACTERS_WITH_SPACE))
    return max(1, word_count(text), by_length)


def gap_words(left: Span, right: Span) -> int:
    """The number of words that the white space between two neighbours counts for; 0 for less than a line."""
    return max(0, right.start - left.end) // CHARACTERS_WITH_SPACE


def cut_to_limit(text: str, span: Span, limit: int) -> Iterator[Span]:
    """The span itself, or parts of at most ``limit`` words that tile it, white space apart.

    Each part ends after a clause, if one ends in its later half, else after a word, else (a megabyte
    without a space) anywhere but before a combining mark.
    """
    if effective_words(span.slice(text)) <= limit:
        yield span
        return
    atoms = list(_atoms(text, span, limit))
    start = words = 0
    for index, atom in enumerate(atoms):
        atom_words = effective_words(atom.slice(text))
        gap = gap_words(atoms[index - 1], atom) if index else 0
        while start < index and words + gap + atom_words > limit:
            end = start + _count_before_cut(text, atoms[start:index])
            yield _stripped(text, Span(atoms[start].start, atoms[end - 1].end))
            start = end
            words = _count_words(text, atoms[start:index])
        words += atom_words + (gap if start < index else 0)
    yield _stripped(text, Span(atoms[start].start, atoms[-1].end))


def join_to_limit(text: str, spans: Iterable[Span], limit: int) -> Iterator[Span]:
    """Neighbours joined into spans of at most ``limit`` words; one longer than that stays alone."""
    current: Span | None = None
    for span in spans:
        joined = span if current is None else Span(current.start, span.end)
        if current is not None and effective_words(joined.slice(text)) > limit:
            yield current
            joined = span
        current = joined
    if current is not None:
        yield current


def _atoms(text: str, span: Span, limit: int) -> Iterator[Span]:
    """Words with the white space after them; a word over the limit in parts."""
    for match in _ATOM.finditer(text, span.start, span.end):
        if effective_words(match[0]) <= limit:
            yield Span(*match.span())
        else:
            end = match.start() + len(match[0].rstrip())
            yield from (Span(at, min(at + limit, end)) for at in range(match.start(), end, limit))


def _count_words(text: str, atoms: Sequence[Span]) -> int:
    gaps = sum(gap_words(left, right) for left, right in pairwise(atoms))
    return gaps + sum(effective_words(atom.slice(text)) for atom in atoms)


def _count_before_cut(text: str, atoms: Sequence[Span]) -> int:
    """How many of these atoms, as many as fit, come before the best cut."""
    later_half = range(len(atoms), len(atoms) // 2, -1)
    for count in later_half:
        if _CLAUSE_END.search(atoms[count - 1].slice(text)):
            return count
    for count in later_half:
        if text[atoms[count - 1].end - 1].isspace():
            return count
    return len(atoms)


def _stripped(text: str, span: Span) -> Span:
    return Span(span.start, span.start + len(span.slice(text).rstrip()))

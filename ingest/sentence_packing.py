"""Weighing text in words, cutting what is too long and joining what is short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rag.text import word_count
from rag.types import Span

CHARACTERS_A_WORD = 8
"""Text denser than this (links, code, base64) weighs a word for each so many characters, white
space apart, so that no passage outgrows a model's window. English prose has about five."""

_ATOM = re.compile(r"\S{1,40}[\u0300-\u036f\u20d0-\u20ff\u200d\ufe00-\ufe0f]{0,8}+\s*+")
_CLAUSE_END = re.compile(r"[,;:)—–、，；：][\"'”’]?\s*\Z")


def weight(text: str) -> int:
    """Length in words, at least one."""
    characters = sum(map(len, text.split()))
    return max(1, word_count(text), -(-characters // CHARACTERS_A_WORD))


def cut(text: str, span: Span, limit: int) -> Iterator[Span]:
    """The span itself, or parts of at most ``limit`` words that tile it, white space apart.

    Each part ends behind a clause, if one ends in its later half, else behind a word, else
    (a megabyte without a space) anywhere but before a combining mark.
    """
    if weight(span.slice(text)) <= limit:
        yield span
        return
    atoms = list(_atoms(text, span, limit))
    start = taken = 0
    for index, atom in enumerate(atoms):
        size = weight(atom.slice(text))
        while taken + size > limit:
            end = start + _kept(text, atoms[start:index])
            yield _stripped(text, Span(atoms[start].start, atoms[end - 1].end))
            start = end
            taken = sum(weight(rest.slice(text)) for rest in atoms[start:index])
        taken += size
    yield _stripped(text, Span(atoms[start].start, atoms[-1].end))


def joined(text: str, spans: Iterable[Span], limit: int) -> Iterator[Span]:
    """Neighbours joined into spans of at most ``limit`` words; one longer than that stays alone."""
    current: Span | None = None
    for span in spans:
        wider = span if current is None else Span(current.start, span.end)
        if current is not None and weight(wider.slice(text)) > limit:
            yield current
            wider = span
        current = wider
    if current is not None:
        yield current


def _atoms(text: str, span: Span, limit: int) -> Iterator[Span]:
    """Words with the white space behind them; longer or heavier ones in parts."""
    for match in _ATOM.finditer(text, span.start, span.end):
        if weight(match[0]) <= limit:
            yield Span(*match.span())
        else:
            end = match.start() + len(match[0].rstrip())
            yield from (Span(at, min(at + limit, end)) for at in range(match.start(), end, limit))


def _kept(text: str, atoms: Sequence[Span]) -> int:
    """How many of the atoms stay together when no more fit."""
    later = range(len(atoms), len(atoms) // 2, -1)
    for count in later:
        if _CLAUSE_END.search(atoms[count - 1].slice(text)):
            return count
    for count in later:
        if text[atoms[count - 1].end - 1].isspace():
            return count
    return len(atoms)


def _stripped(text: str, span: Span) -> Span:
    return Span(span.start, span.start + len(span.slice(text).rstrip()))

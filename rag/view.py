"""What the reader is shown of a passage, and the way back to the document, offset by offset.

A view is the passage's leads (a table's header, a list's lead-in) and its own text, with pronouns
replaced by the names they were led back to: asked "who demanded an apology?", a reader that sees
"He called for an apology from Kristi Noem" can only say Noem. Every stretch of the view keeps the
place it is from, so that an answer is always a span of the document.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Candidate, Span

_POSSESSIVES = frozenset({"his", "its", "their"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a view. ``at`` is where it starts in the view, ``source`` where it is from.

    ``referent`` is set where ``text`` stands for a pronoun at ``source``: ``text`` then begins with
    the referent's slice. ``group`` tells apart stretches that no answer may straddle.
    """

    at: int
    text: str
    source: Span
    referent: Span | None = None
    group: int = 0

    @property
    def end(self) -> int:
        return self.at + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stretch of a view is in the document, and how to say it."""

    span: Span
    text: str
    referents: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The text a reader sees, and its pieces in order."""

    text: str
    pieces: tuple[Piece, ...]

    def place(self, start: int, end: int) -> Place | None:
        """The document's span for ``text[start:end]``.

        None where that is empty, or straddles two groups (a lead and the passage, say).
        """
        touched = [piece for piece in self.pieces if piece.at < end and start < piece.end]
        if start >= end or not touched or touched[0].group != touched[-1].group:
            return None
        first, last = touched[0], touched[-1]
        begin = first.source.start if first.referent else first.source.start + max(0, start - first.at)
        finish = last.source.end if last.referent else last.source.start + min(end, last.end) - last.at
        referents = tuple(
            _cut(piece, start, end) for piece in touched if piece.referent and len(piece.referent)
        )
        return Place(span=Span(begin, finish), text=self.text[start:end].strip(), referents=referents)


def _cut(piece: Piece, start: int, end: int) -> Span:
    """The part of a piece's referent that lies in the view's ``[start, end)``."""
    assert piece.referent is not None  # noqa: S101 (for the type checker; callers have looked)
    low = max(0, start - piece.at)
    high = min(len(piece.referent), end - piece.at)
    return Span(piece.referent.start + low, piece.referent.start + high) if low < high else piece.referent


def view_of(candidate: Candidate) -> View:
    """The view of a candidate's passage: leads, a line each, then the passage, pronouns resolved."""
    text, passage = candidate.document.text, candidate.passage
    pieces: list[Piece] = []
    at = 0
    for group, lead in enumerate(passage.leads, start=1):
        pieces.append(Piece(at=at, text=lead.slice(text), source=lead, group=group))
        at = pieces[-1].end + 1
    cursor = passage.span.start
    for mention in passage.mentions:
        at = _append(pieces, at, text, Span(cursor, mention.span.start))
        shown = mention.referent.slice(text)
        if mention.span.slice(text).casefold() in _POSSESSIVES:
            shown += "'s"
        pieces.append(Piece(at=at, text=shown, source=mention.span, referent=mention.referent))
        at = pieces[-1].end
        cursor = mention.span.end
    _append(pieces, at, text, Span(cursor, passage.span.end))
    return View(text=_join(pieces), pieces=tuple(pieces))


def _append(pieces: list[Piece], at: int, text: str, source: Span) -> int:
    if not len(source):
        return at
    pieces.append(Piece(at=at, text=source.slice(text), source=source))
    return pieces[-1].end


def _join(pieces: list[Piece]) -> str:
    """Pieces at their places; the gap after a lead is a line end."""
    parts: list[str] = []
    length = 0
    for piece in pieces:
        parts.append("\n" * (piece.at - length))
        parts.append(piece.text)
        length = piece.end
    return "".join(parts)

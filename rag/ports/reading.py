"""What takes a text apart and reads it: splitter, resolver, reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from rag.types import Candidate, Document, Passage, SpanAnswer


class Reader(Protocol):
    """Question and candidates to answer spans.

    Laws: spans lie inside their candidate's passage (or its leads); a span's text is a slice of
    the document or its referents' slices; results are per candidate, in the order given, each a
    list best first (empty only for an unreadable passage); the same input gives the same output.
    ``refine`` gives an answer of the same candidate, and leaves its scores as they are.
    """

    @property
    def fingerprint(self) -> str: ...

    def knows(self, word: str, /) -> bool:
        """Whether a lower-case word is in the vocabulary whole: most that people use are."""
        ...

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[list[SpanAnswer]]: ...

    def refine(self, question: str, answer: SpanAnswer, /) -> SpanAnswer:
        """The answer with its bounds looked at once more, among the sentences around it alone."""
        ...


class Resolver(Protocol):
    """Leads pronouns back to names: fills ``Passage.mentions``.

    Laws: passages come back in the order given, changed in nothing but ``mentions``; each mention
    lies inside its passage, each referent in the same document, before its mention; pure.
    """

    @property
    def fingerprint(self) -> str: ...

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]: ...


class Splitter(Protocol):
    """Document to passages; pure. ``fingerprint`` names the rules so that a change is noticed."""

    @property
    def fingerprint(self) -> str: ...

    def split(self, document: Document) -> Iterator[Passage]: ...

"""The reader: extractive question answering over candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.types import Candidate, SpanAnswer


class Reader(Protocol):
    """Question and candidates to answer spans.

    Laws: a span lies inside its candidate's passage or one of the passage's context spans; its text is
    the document's slice, or the slices of its antecedents; results come one list per candidate, in the
    order of the candidates, best first (empty only for a passage that can't be encoded); the same input
    gives the same output. ``refine`` returns a span of the same candidate with the same scores.
    """

    @property
    def fingerprint(self) -> str:
        """Names the model, its weights and its numeric form."""
        ...

    def knows(self, word: str, /) -> bool:
        """Whether a lower-case word is a single token of the vocabulary, as most common words are."""
        ...

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[list[SpanAnswer]]:
        """The answer spans of each candidate, best first; ``len(candidates)`` lists.

        Raises:
            ModelError: the model can't be loaded.
        """
        ...

    def refine(self, question: str, answer: SpanAnswer, /) -> SpanAnswer:
        """The answer with refined bounds, by a forward pass over only the sentences around it."""
        ...

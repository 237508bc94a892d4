"""The reader: what candidates hold of what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.types import Candidate, Reading, SpanAnswer


class Reader(Protocol):
    """Question and candidates to readings: relevance, support of sentences, short answers, polarity.

    Laws: there is one reading per candidate, in the order of the candidates, with one support for each of
    the passage's sentences; a span lies inside its candidate's passage or one of the passage's context
    spans, and its text is the document's slice, or the slices of its antecedents; spans come best first
    (none only for a passage that can't be encoded); the same input gives the same output, whatever is read
    beside it. ``refine`` returns a span of the same candidate with the same scores.
    """

    @property
    def fingerprint(self) -> str:
        """Names the model, its weights and its numeric form."""
        ...

    def knows(self, word: str, /) -> bool:
        """Whether a lower-case word is a single token of the vocabulary, as most common words are."""
        ...

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """The reading of each candidate; ``len(candidates)`` of them.

        Raises:
            ModelError: the model can't be loaded.
        """
        ...

    def refine(self, question: str, answer: SpanAnswer, /) -> SpanAnswer:
        """The answer with refined bounds, by a forward pass over only the sentences around it."""
        ...

"""Stand-ins for the models, for tests that are about something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from rag.reading.context import reader_context
from rag.reading.evidence import to_reading
from rag.types import Candidate, Polarity, Reading, SpanAnswer

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


NEITHER = Polarity(yes=0.1, no=0.1, neither=0.8)
_LOW = -5.0  # logit of what holds no scripted phrase


class BagEmbedder:
    """Fulfils ``Embedder``: each word has a fixed random direction, a text is their sum."""

    def __init__(self, dimensions: int = 64) -> None:
        self._dimensions = dimensions

    @property
    def fingerprint(self) -> str:
        return f"bag:{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in sorted(text.casefold().split()) or [""]:
                seed = int.from_bytes(sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "big")
                vectors[row] += np.random.default_rng(seed).standard_normal(self._dimensions)
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors


class PhraseReader:
    """Fulfils ``Reader``: finds given phrases in the reader context, each with its margin; if there is none,
    the first word with a margin of -5."""

    def __init__(self, **margins: float) -> None:
        self._margins = {phrase.replace("_", " "): margin for phrase, margin in margins.items()}
        self.read_passages: list[str] = []
        self.questions: list[str] = []

    @property
    def fingerprint(self) -> str:
        return "phrase"

    def knows(self, word: str, /) -> bool:
        return not word.startswith("sherr")

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        self.questions.append(question)
        return [to_reading(candidate, [], self._read_one(candidate)) for candidate in candidates]

    def refine(self, _question: str, answer: SpanAnswer, /) -> SpanAnswer:
        return answer

    def _read_one(self, candidate: Candidate) -> list[SpanAnswer]:
        self.read_passages.append(candidate.text)
        context = reader_context(candidate)
        spans = [
            (margin, at, at + len(phrase))
            for phrase, margin in self._margins.items()
            if (at := context.text.find(phrase)) >= 0
        ] or [(-5.0, 0, max(1, len(context.text.split(" ")[0])))]
        answers = []
        for margin, start, end in sorted(spans, reverse=True):
            source = context.source_span(start, end)
            if source is not None and source.text:
                answers.append(
                    SpanAnswer(
                        candidate=candidate,
                        span=source.span,
                        text=source.text,
                        score=margin,
                        no_answer_score=0.0,
                        antecedents=source.antecedents,
                    )
                )
        return answers


class EvidenceFake(PhraseReader):
    """Fulfils ``Reader``: logits and polarity by phrase, spans as ``PhraseReader`` (``spans``: margins).

    A sentence has the support of the best phrase in it, else -5. A passage has the relevance of the best
    phrase in it, else of its best sentence; its polarity is that of the first phrase in it, else neither.
    """

    def __init__(
        self,
        *,
        support: Mapping[str, float],
        relevance: Mapping[str, float] | None = None,
        polarity: Mapping[str, Polarity] | None = None,
        spans: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(**(spans or {}))
        self._support, self._relevance, self._polarity = support, relevance or {}, polarity or {}

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        return [self._scripted(reading) for reading in super().read(question, candidates)]

    def _scripted(self, reading: Reading) -> Reading:
        text = reading.candidate.text
        support = support_by_phrase(reading.candidate, self._support)
        relevance = [logit for phrase, logit in self._relevance.items() if phrase in text]
        polarity = [polarity for phrase, polarity in self._polarity.items() if phrase in text]
        return replace(
            reading,
            relevance=max(relevance or support),
            support=support,
            polarity=next(iter(polarity), NEITHER),
        )


def support_by_phrase(candidate: Candidate, phrases: Mapping[str, float]) -> tuple[float, ...]:
    """For each sentence of a passage the highest logit of the phrases in it, else -5."""
    texts = [sentence.slice(candidate.document.text) for sentence in candidate.passage.sentences]
    return tuple(
        max((logit for phrase, logit in phrases.items() if phrase in text), default=_LOW) for text in texts
    )

"""Training examples: a question beside a window of whole sentences, about as long as a passage.

Spans count code points: ``example.span.slice(example.context)`` is the answer.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evals.train.data.questions import AnnotatedQuestion
from rag.text import sentences
from rag.types import Span

_WINDOW_WORDS = (45, 130)


class ExampleKind(StrEnum):
    """How an example was made; the values are those of example files."""

    ANSWER = "span"
    ANSWER_SENTENCE = "region"
    HUMAN_UNANSWERABLE = "asked"
    HARD_NEGATIVE = "elsewhere"
    ANSWER_REMOVED = "removed"
    ENTITY_SUBSTITUTED = "exchanged"
    ATTRIBUTE_ABSENT = "silent"
    SYNTHETIC_PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, a context, and the answer span in it.

    Attributes:
        span: None where nothing in the context answers the question.
        sentence_level: the span is the sentence that holds the answer, not the answer.
        title: of the context's article, "" where unknown; ``augment`` may put it before the context.
        label_only: learnt from its label alone, without soft labels and feature distillation: a teacher has
            never seen texts of its kind.
        soft_labels: a teacher's probabilities of start and end, ``[2, tokens]`` over the tokens of question
            and context.
    """

    question: str
    context: str
    span: Span | None
    kind: ExampleKind
    sentence_level: bool = False
    title: str = ""
    label_only: bool = False
    soft_labels: NDArray[np.float16] | None = None


@lru_cache(maxsize=50_000)
def sentence_spans(text: str) -> tuple[Span, ...]:
    """The sentences of a text, cached: a text has many questions."""
    return sentences(text)


def sample_window(
    text: str, required: Span, rng: random.Random, words: tuple[int, int] = _WINDOW_WORDS
) -> Span:
    """A window of whole sentences that covers ``required``, of a random length and position.

    Args:
        words: the least and the most words of it. It is longer only where the sentences of ``required``
            alone are.
    """
    spans = sentence_spans(text)
    low = max((i for i, s in enumerate(spans) if s.start <= required.start), default=0)
    high = max(low, min((i for i, s in enumerate(spans) if s.end >= required.end), default=len(spans) - 1))
    counts = [text.count(" ", s.start, s.end) + 1 for s in spans]
    target, size = rng.randint(*words), sum(counts[low : high + 1])
    while True:
        neighbours = [i for i in (low - 1, high + 1) if 0 <= i < len(spans) and size + counts[i] <= target]
        if not neighbours:
            break
        neighbour = rng.choice(neighbours)
        size += counts[neighbour]
        low, high = min(low, neighbour), max(high, neighbour)
    return Span(min(spans[low].start, required.start), max(spans[high].end, required.end))


def answerable_example(question: AnnotatedQuestion, rng: random.Random) -> Example:
    """The question beside a window that holds its answer. The question has one."""
    assert question.answer is not None  # noqa: S101 (callers choose answered questions)
    window = sample_window(question.context, question.answer, rng)
    return Example(
        question=question.question,
        context=window.slice(question.context),
        span=question.answer.shift(-window.start),
        kind=ExampleKind.ANSWER_SENTENCE if question.sentence_level else ExampleKind.ANSWER,
        sentence_level=question.sentence_level,
        title=question.title,
    )

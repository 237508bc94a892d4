"""The prose on synthetic pages: real questions and contexts, and random paragraphs of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from evals.train.data.examples import sentence_spans
from evals.train.data.questions import AnnotatedQuestion
from rag.types import Span


class ProseSource:
    """Answered questions with their contexts, for pages to quote.

    Raises:
        ValueError: none of the questions has an answer.
    """

    def __init__(self, questions: Sequence[AnnotatedQuestion]) -> None:
        self._questions = [question for question in questions if question.answer is not None]
        if not self._questions:
            raise ValueError("pages need questions with answers for their prose")
        self._by_context: dict[str, list[AnnotatedQuestion]] = defaultdict(list)
        self._by_article: dict[str, list[AnnotatedQuestion]] = defaultdict(list)
        for question in self._questions:
            self._by_context[question.context].append(question)
            self._by_article[question.article].append(question)

    def question(self, rng: random.Random) -> AnnotatedQuestion:
        """Any question."""
        return rng.choice(self._questions)

    def paragraph(self, rng: random.Random) -> str:
        """One to three sentences of some context."""
        text = rng.choice(self._questions).context
        spans = sentence_spans(text)
        first = rng.randrange(len(spans))
        last = min(len(spans), first + rng.randint(1, 3)) - 1
        return text[spans[first].start : spans[last].end]

    def same_answer(self, question: AnnotatedQuestion) -> list[AnnotatedQuestion]:
        """The questions about its context that have its answer, itself among them."""
        return [other for other in self._by_context[question.context] if other.answer == question.answer]

    def of_one_article(self, rng: random.Random, count: int) -> list[AnnotatedQuestion] | None:
        """``count`` questions of one article, answered by different sentences; None where it has fewer."""
        article = self._by_article[rng.choice(self._questions).article]
        questions = rng.sample(article, min(count, len(article)))
        sentences = {(question.context, answer_sentence(question)) for question in questions}
        return questions if len(questions) == count == len(sentences) else None


def answer_sentence(question: AnnotatedQuestion) -> Span:
    """The sentences that a question's answer is in, as one span of its context."""
    assert question.answer is not None  # noqa: S101 (a ProseSource has no others)
    answer = question.answer
    spans = [span for span in sentence_spans(question.context) if span.overlaps(answer)]
    return Span(min(spans[0].start, answer.start), max(spans[-1].end, answer.end)) if spans else answer


def as_sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    return capitalize(text) + ("" if text.endswith((".", "!")) else ".")


def capitalize(text: str) -> str:
    """A text with its first letter upper-case, the rest as it is."""
    return text[:1].upper() + text[1:]

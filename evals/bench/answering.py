"""How well questions are answered, declined, and cited; over all questions of a set."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.bench.figures import Figure, mean, statistic
from evals.cases.evidence import contains_text
from evals.datasets.published import Query
from evals.metrics.abstention import count_abstentions
from evals.metrics.auroc import auroc
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.latency import percentile
from rag.types import Answer, Outcome, Question

Ask = Callable[[Question], Outcome]
Progress = Callable[[int, int], None]
RIGHT_F1 = 0.5  # from this F1 on an answer counts as right in "right of those answered"


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """A question with its outcome and the milliseconds it took."""

    query: Query
    outcome: Outcome
    ms: float

    @property
    def text(self) -> str:
        """The short answer; empty for an abstention."""
        return self.outcome.text if isinstance(self.outcome, Answer) else ""

    @property
    def quotes(self) -> list[str]:
        """The quotes of an answer's citations; empty for an abstention."""
        return [c.quote for c in self.outcome.citations] if isinstance(self.outcome, Answer) else []


def ask_all(ask: Ask, queries: Sequence[Query], progress: Progress) -> list[QueryOutcome]:
    """Asks one question after the other, so that each one's time is measured alone."""
    outcomes = []
    for number, query in enumerate(queries, 1):
        start = time.perf_counter()
        outcome = ask(query.question())
        outcomes.append(QueryOutcome(query, outcome, (time.perf_counter() - start) * 1e3))
        progress(number, len(queries))
    return outcomes


def answer_figures(outcomes: Sequence[QueryOutcome]) -> list[Figure]:
    """Over the answerable: F1 and exact match (an abstention is wrong), what was answered, and cited."""
    answerable = [one for one in outcomes if one.query.answerable and one.query.answers]
    answered = [one for one in answerable if one.text]
    if not answerable:
        return []
    return [
        mean("answers", "F1", (f1(one.text, one.query.answers) for one in answerable)),
        mean("answers", "exact match", (exact_match(one.text, one.query.answers) for one in answerable)),
        mean("answers", "answered", (bool(one.text) for one in answerable)),
        mean(
            "answers",
            "right of those answered",
            (f1(one.text, one.query.answers) >= RIGHT_F1 for one in answered),
        ),
        mean(
            "answers",
            "an accepted answer stands in a citation",
            (_cites_accepted_answer(one) for one in answered),
        ),
    ]


def citation_figures(outcomes: Sequence[QueryOutcome]) -> list[Figure]:
    """Citation recall and precision over answers to questions with annotated sentences.

    As ALCE's, with people's sentences in place of an entailment model.
    """
    annotated = [one for one in outcomes if one.text and one.query.sentences]
    if not annotated:
        return []
    return [
        mean("citations", "a gold sentence is cited", (_cites_gold(one) for one in annotated)),
        mean("citations", "share of citations that are gold", (_gold_share(one) for one in annotated)),
    ]


def abstention_figures(outcomes: Sequence[QueryOutcome]) -> list[Figure]:
    """How well answerable and unanswerable questions are told apart; empty for a set with one kind."""
    if len({one.query.answerable for one in outcomes}) < 2:
        return []
    unanswerable = [one for one in outcomes if not one.query.answerable]
    return [
        statistic("abstention", "AUROC", outcomes, _auroc),
        statistic("abstention", "balanced accuracy", outcomes, _balanced_accuracy),
        mean("abstention", "declined, of the unanswerable", (not one.text for one in unanswerable)),
    ]


def time_figures(outcomes: Sequence[QueryOutcome], group: str = "times") -> list[Figure]:
    """Median and 95th percentile of a question's time."""
    times = [one.ms for one in outcomes]
    return [
        Figure(group=group, name=f"ask p{q}", value=percentile(times, q), n=len(times), unit="ms")
        for q in (50, 95)
    ]


def _auroc(outcomes: Sequence[QueryOutcome]) -> float | None:
    return auroc([one.outcome.confidence for one in outcomes], [one.query.answerable for one in outcomes])


def _balanced_accuracy(outcomes: Sequence[QueryOutcome]) -> float | None:
    counts = count_abstentions([not one.text for one in outcomes], [one.query.answerable for one in outcomes])
    return counts.balanced_accuracy


def _cites_accepted_answer(one: QueryOutcome) -> bool:
    return any(contains_text(quote, answer) for answer in one.query.answers for quote in one.quotes)


def _is_gold(quote: str, sentences: Sequence[str]) -> bool:
    return any(contains_text(quote, gold) or contains_text(gold, quote) for gold in sentences)


def _cites_gold(one: QueryOutcome) -> bool:
    return any(_is_gold(quote, one.query.sentences) for quote in one.quotes)


def _gold_share(one: QueryOutcome) -> float:
    return sum(_is_gold(quote, one.query.sentences) for quote in one.quotes) / len(one.quotes)

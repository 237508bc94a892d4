"""How well questions are answered, declined, and cited; over all questions of a set."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.bench.figures import Figure, area, mean
from evals.cases.evidence import normalize_whitespace
from evals.datasets.published import Query
from evals.metrics.abstention import count_abstentions
from evals.metrics.auroc import auroc
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.latency import percentile
from rag.types import Answer, Outcome, Question

Ask = Callable[[Question], Outcome]
Progress = Callable[[int, int], None]
RIGHT = 0.5  # least F1 of an answer that counts as right where a share of right ones is told


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """A question with its outcome and the milliseconds it took."""

    query: Query
    outcome: Outcome
    ms: float

    @property
    def text(self) -> str:
        return self.outcome.text if isinstance(self.outcome, Answer) else ""

    @property
    def quotes(self) -> list[str]:
        return [c.quote for c in self.outcome.citations] if isinstance(self.outcome, Answer) else []


def ask_all(ask: Ask, queries: Sequence[Query], progress: Progress) -> list[QueryOutcome]:
    """Asks one after the other, so that times are those of a question alone."""
    found = []
    for number, query in enumerate(queries, 1):
        began = time.perf_counter()
        outcome = ask(query.question())
        found.append(QueryOutcome(query, outcome, (time.perf_counter() - began) * 1e3))
        progress(number, len(queries))
    return found


def answer_figures(asked: Sequence[QueryOutcome]) -> list[Figure]:
    """Over the answerable: F1 and exact match (an abstention is wrong), what was answered, and cited."""
    able = [one for one in asked if one.query.answerable and one.query.answers]
    given = [one for one in able if one.text]
    if not able:
        return []
    return [
        mean("answers", "F1", (f1(one.text, one.query.answers) for one in able)),
        mean("answers", "exact match", (exact_match(one.text, one.query.answers) for one in able)),
        mean("answers", "answered", (bool(one.text) for one in able)),
        mean("answers", "right of those answered", (f1(o.text, o.query.answers) >= RIGHT for o in given)),
        mean("answers", "an accepted answer stands in a citation", (_cites_answer(one) for one in given)),
    ]


def citation_figures(asked: Sequence[QueryOutcome]) -> list[Figure]:
    """Over answers to questions whose supporting sentences are known: are those cited, and only those?

    ALCE's citation recall and precision with people's sentences as the judge.
    """
    given = [one for one in asked if one.text and one.query.sentences]
    if not given:
        return []
    return [
        mean("citations", "a gold sentence is cited", (_hit(one) for one in given)),
        mean("citations", "share of citations that are gold", (_precision(one) for one in given)),
    ]


def abstention_figures(asked: Sequence[QueryOutcome]) -> list[Figure]:
    """Where a set has questions of both kinds: are they told apart, and the right ones declined?"""
    if len({one.query.answerable for one in asked}) < 2:
        return []
    unanswerable = [one for one in asked if not one.query.answerable]
    return [
        area("abstention", "AUROC", asked, _auroc),
        area("abstention", "balanced accuracy", asked, _balanced),
        mean("abstention", "declined, of the unanswerable", (not one.text for one in unanswerable)),
    ]


def time_figures(asked: Sequence[QueryOutcome], group: str = "times") -> list[Figure]:
    """Median and 95th percentile of a question."""
    times = [one.ms for one in asked]
    return [
        Figure(group=group, name=f"ask p{q}", value=percentile(times, q), n=len(times), unit="ms")
        for q in (50, 95)
    ]


def _auroc(asked: Sequence[QueryOutcome]) -> float | None:
    return auroc([one.outcome.confidence for one in asked], [one.query.answerable for one in asked])


def _balanced(asked: Sequence[QueryOutcome]) -> float | None:
    return count_abstentions(
        [not o.text for o in asked], [o.query.answerable for o in asked]
    ).balanced_accuracy


def _cites_answer(one: QueryOutcome) -> bool:
    return any(
        normalize_whitespace(gold) in normalize_whitespace(quote)
        for gold in one.query.answers
        for quote in one.quotes
    )


def _is_gold(quote: str, sentences: Sequence[str]) -> bool:
    said = normalize_whitespace(quote)
    return any(normalize_whitespace(gold) in said or said in normalize_whitespace(gold) for gold in sentences)


def _hit(one: QueryOutcome) -> bool:
    return any(_is_gold(quote, one.query.sentences) for quote in one.quotes)


def _precision(one: QueryOutcome) -> float:
    return sum(_is_gold(quote, one.query.sentences) for quote in one.quotes) / len(one.quotes)

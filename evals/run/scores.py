"""One outcome held against one case: every per-question score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from evals.cases.case import Case
from evals.cases.matchers import Prediction
from evals.diagnose.regions import regions
from evals.metrics.answer_in_citation import answer_in_citation
from evals.metrics.answer_right import answer_right
from evals.metrics.citation_precision_recall import citation_precision, citation_recall, forbidden_cited
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.ndcg import ndcg
from evals.metrics.recall_at_k import recall_at_k
from evals.metrics.reciprocal_rank import reciprocal_rank
from evals.metrics.statement_support import statement_precision, statement_recall
from rag.explanation.corpus import Corpus
from rag.explanation.passage_trace import trace_regions
from rag.types import Abstention, Answer, Outcome

DEPTH = 10  # passages that ranking figures look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """How the passages that must be cited were ranked; each need counts once.

    ``ranks`` has an entry a need: the rank of the first passage that meets it, None: none found does.
    """

    ranks: tuple[int | None, ...]
    recall_1: float
    recall_5: float
    recall_10: float
    reciprocal_rank: float
    ndcg_10: float

    @property
    def scores(self) -> dict[str, float]:
        """The figures by name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "ranks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What was measured on one case; None: does not apply to it.

    ``em``, ``f1`` apply to answerable cases with accepted texts, ``citation_recall`` and the ranking
    figures to answerable cases with places that must be cited; an abstention or error scores 0 on
    the former. ``citation_precision``, ``statement_*`` and ``answer_in_citation`` apply to answers given,
    ``not_forbidden`` to answers of cases that forbid places.
    """

    right: bool
    em: float | None = None
    f1: float | None = None
    citation_recall: float | None = None
    citation_precision: float | None = None
    not_forbidden: float | None = None
    answer_in_citation: float | None = None
    statement_recall: float | None = None
    statement_precision: float | None = None
    recall_1: float | None = None
    recall_5: float | None = None
    recall_10: float | None = None
    reciprocal_rank: float | None = None
    ndcg_10: float | None = None


NAMES = tuple(field.name for field in fields(Scores) if field.name != "right")


def score(case: Case, outcome: Outcome | None, ranking: Retrieval | None = None) -> Scores:
    """The scores of one outcome; None stands for a question that broke."""
    answer = outcome if isinstance(outcome, Answer) else None
    text = answer.text if answer else ""
    cited = answer.citations if answer else ()
    quotes = [citation.quote for citation in cited]
    texts = case.exact_answers
    needs = case.must_cite
    return Scores(
        right=_right(case, outcome),
        em=exact_match(text, texts) if texts else None,
        f1=f1(text, texts) if texts else None,
        citation_recall=citation_recall(cited, needs) if needs else None,
        citation_precision=citation_precision(cited, needs, case.may_cite) if answer and needs else None,
        not_forbidden=(
            float(not forbidden_cited(cited, case.must_not_cite)) if answer and case.must_not_cite else None
        ),
        answer_in_citation=answer_in_citation(text, quotes) if answer else None,
        statement_recall=statement_recall(answer.statements, quotes) if answer else None,
        statement_precision=statement_precision(answer.statements, quotes) if answer else None,
        **({} if ranking is None else ranking.scores),
    )


def retrieval(case: Case, outcome: Outcome | None, corpus: Corpus | None) -> Retrieval | None:
    """How what must be cited was ranked; None where the case names nothing or there is no trace."""
    if corpus is None or not case.must_cite:
        return None
    if outcome is None:
        return ranked([None] * len(case.must_cite))
    ranks = []
    for need in case.must_cite:
        trace = trace_regions(regions(need, corpus.documents()), outcome.trace)
        if not trace.pool_size:
            return None
        ranks.append(trace.rank)
    return ranked(ranks)


def ranked(ranks: Sequence[int | None]) -> Retrieval:
    """Ranking figures of needs by the rank at which each is first met, None: never.

    Needs that one passage meets count as one.
    """
    wanted = {f"rank {rank}" if rank else f"unmet {n}" for n, rank in enumerate(ranks)}
    order = [f"rank {rank}" for rank in range(1, max((r for r in ranks if r), default=0) + 1)]
    return Retrieval(
        ranks=tuple(ranks),
        recall_1=recall_at_k(order, wanted, 1),
        recall_5=recall_at_k(order, wanted, 5),
        recall_10=recall_at_k(order, wanted, 10),
        reciprocal_rank=reciprocal_rank(order, wanted),
        ndcg_10=ndcg(order, dict.fromkeys(wanted, 1), DEPTH),
    )


def _right(case: Case, outcome: Outcome | None) -> bool:
    if not case.answerable:
        return isinstance(outcome, Abstention)
    if not isinstance(outcome, Answer):
        return False
    if not case.answers:  # a ranking set: nothing is known but where the answer is
        return bool(case.must_cite) and citation_recall(outcome.citations, case.must_cite) == 1.0
    statements = tuple(statement.text for statement in outcome.statements)
    return answer_right(Prediction(text=outcome.text, statements=statements), case.answers)

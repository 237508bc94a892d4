"""One outcome scored against one case: every per-question score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from evals.cases.case import Case
from evals.diagnose.regions import regions
from evals.metrics.accepted_answer import short_answer_right
from evals.metrics.answer_in_citation import answer_in_citation
from evals.metrics.citation_precision_recall import citation_precision, citation_recall, forbidden_cited
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.ndcg import ndcg
from evals.metrics.recall_at_k import recall_at_k
from evals.metrics.reciprocal_rank import reciprocal_rank
from evals.metrics.shown import shown
from evals.metrics.statement_support import statement_precision, statement_recall
from evals.metrics.verdict import AnswerVerdict, coverage, evidence_holds, verdict
from rag.explanation.corpus import Corpus
from rag.explanation.passage_trace import trace_regions
from rag.types import Answer, Outcome

DEPTH = 10  # passages that nDCG looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRanking:
    """How well the passages that hold expected evidence were ranked.

    ``ranks`` has an entry for each group of alternative evidence: the rank (from 1) of the first passage that
    holds one of it, None where no retrieved passage does.
    """

    ranks: tuple[int | None, ...]
    recall_1: float
    recall_5: float
    recall_10: float
    reciprocal_rank: float
    ndcg_10: float

    @property
    def scores(self) -> dict[str, float]:
        """The scores by name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "ranks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of one case, each in [0, 1]; None where one doesn't apply.

    ``verdict`` is None where asking raised an error, which is not right and shows nothing. ``shown`` applies
    to answerable cases, ``evidence_coverage`` to those with evidence (an abstention covers none of it),
    ``evidence_holds`` to answers, ``short_answer_right`` to answers with a short one that can be judged.
    ``em`` and ``f1`` apply to answerable cases with accepted texts, ``citation_recall`` and the ranking
    scores to answerable cases with evidence that must be cited; an abstention or error scores 0 on the
    former. ``citation_precision``, ``statement_*`` and ``answer_in_citation`` apply to answers,
    ``not_forbidden`` to answers of cases with forbidden evidence.
    """

    right: bool
    verdict: AnswerVerdict | None = None
    shown: float | None = None
    evidence_coverage: float | None = None
    evidence_holds: float | None = None
    short_answer_right: float | None = None
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


def score(case: Case, outcome: Outcome | None, ranking: EvidenceRanking | None = None) -> Scores:
    """The scores of one outcome; None stands for a question that raised an error."""
    answer = outcome if isinstance(outcome, Answer) else None
    text = answer.text if answer else ""
    citations = answer.citations if answer else ()
    quotes = [citation.quote for citation in citations]
    accepted, expected, forbidden = case.exact_answers, case.must_cite, case.must_not_cite
    judged = None if outcome is None else verdict(case, outcome)
    return Scores(
        right=judged in {AnswerVerdict.RIGHT, AnswerVerdict.DECLINED},
        verdict=judged,
        shown=float(outcome is not None and shown(case, outcome)) if case.answerable else None,
        evidence_coverage=coverage(case, citations) if case.answerable and expected else None,
        evidence_holds=float(evidence_holds(case, answer)) if answer else None,
        short_answer_right=_short_answer_right(case, answer) if answer else None,
        em=exact_match(text, accepted) if accepted else None,
        f1=f1(text, accepted) if accepted else None,
        citation_recall=citation_recall(citations, expected) if expected else None,
        citation_precision=(
            citation_precision(citations, expected, case.may_cite) if answer and expected else None
        ),
        not_forbidden=float(not forbidden_cited(citations, forbidden)) if answer and forbidden else None,
        answer_in_citation=answer_in_citation(text, quotes) if answer else None,
        statement_recall=statement_recall(answer.statements, quotes) if answer else None,
        statement_precision=statement_precision(answer.statements, quotes) if answer else None,
        **({} if ranking is None else ranking.scores),
    )


def _short_answer_right(case: Case, answer: Answer) -> float | None:
    if answer.short_answer_confidence is None:
        return None
    is_right = short_answer_right(case, answer)
    return None if is_right is None else float(is_right)


def rank_evidence(case: Case, outcome: Outcome | None, corpus: Corpus | None) -> EvidenceRanking | None:
    """How the evidence that must be cited was ranked; None where the case has none, or without a trace."""
    if corpus is None or not case.must_cite:
        return None
    if outcome is None:
        return ranking_of([None] * len(case.must_cite))
    ranks = []
    for group in case.must_cite:
        trace = trace_regions(regions(group, corpus.documents()), outcome.trace)
        if not trace.pool_size:
            return None
        ranks.append(trace.rank)
    return ranking_of(ranks)


def ranking_of(ranks: Sequence[int | None]) -> EvidenceRanking:
    """Ranking scores of groups of evidence by the rank at which each is first found, None: not found.

    Groups found in one passage count as one.
    """
    relevant = {f"rank {rank}" if rank else f"not found {n}" for n, rank in enumerate(ranks)}
    retrieved = [f"rank {rank}" for rank in range(1, max((r for r in ranks if r), default=0) + 1)]
    return EvidenceRanking(
        ranks=tuple(ranks),
        recall_1=recall_at_k(retrieved, relevant, 1),
        recall_5=recall_at_k(retrieved, relevant, 5),
        recall_10=recall_at_k(retrieved, relevant, 10),
        reciprocal_rank=reciprocal_rank(retrieved, relevant),
        ndcg_10=ndcg(retrieved, dict.fromkeys(relevant, 1), DEPTH),
    )

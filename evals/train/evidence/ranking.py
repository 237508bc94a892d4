"""How well relevance ranks a group's passages and knows when none of them answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evals.metrics.auroc import auroc_between
from evals.train.evidence.groups import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingScores:
    """Figures over groups; ``recall`` by k counts a group whose first k passages hold a relevant one.

    ``auroc`` is of the probability that any passage is relevant, answerable against unanswerable.
    ``first_at_90_declined`` is the share of answerable groups with a relevant passage first whose probability
    is above the one that declines nine in ten unanswerable ones.
    """

    answerable: int
    unanswerable: int
    recall: dict[int, float]
    auroc: float | None
    first_at_90_declined: float | None

    def __str__(self) -> str:
        recall = ", ".join(f"among {k} {share:.3f}" for k, share in self.recall.items())
        if self.auroc is None or self.first_at_90_declined is None:
            return f"{recall} (n {self.answerable})"
        rest = f"AUROC {self.auroc:.3f}, first at 0.9 declined {self.first_at_90_declined:.3f}"
        return f"{recall}, {rest} (n {self.answerable}, {self.unanswerable})"


def any_relevant(relevance: Sequence[float]) -> float:
    """The probability that any passage is relevant, from logits against "none of them" at 0."""
    odds = sum(math.exp(min(logit, 50.0)) for logit in relevance)
    return odds / (1 + odds)


def ranking_scores(groups: Sequence[Group], relevance: Sequence[Sequence[float]]) -> RankingScores:
    """The figures of groups whose passages have these relevance logits."""
    ranks: list[int | None] = []
    answerable: list[float] = []
    unanswerable: list[float] = []
    for group, logits in zip(groups, relevance, strict=True):
        (answerable if group.answerable else unanswerable).append(any_relevant(logits))
        if group.answerable:
            order = sorted(range(len(logits)), key=lambda i: -logits[i])
            ranks.append(next((k for k, i in enumerate(order) if group.passages[i].relevant), None))
    count = max(1, len(ranks))
    recall = {k: sum(rank is not None and rank < k for rank in ranks) / count for k in (1, 3, 5)}
    if not answerable or not unanswerable:
        return RankingScores(
            answerable=len(answerable),
            unanswerable=len(unanswerable),
            recall=recall,
            auroc=None,
            first_at_90_declined=None,
        )
    threshold = sorted(unanswerable, reverse=True)[len(unanswerable) // 10]
    first = [p > threshold and rank == 0 for p, rank in zip(answerable, ranks, strict=True)]
    return RankingScores(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        recall=recall,
        auroc=auroc_between(answerable, unanswerable),
        first_at_90_declined=sum(first) / count,
    )

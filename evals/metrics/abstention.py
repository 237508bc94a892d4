"""How well a system abstains: precision, recall and balanced accuracy.

Precision and recall with "should abstain" as the positive class, as SQuAD 2.0 and later work on
unanswerable questions report them (Rajpurkar et al. 2018, arXiv:1806.03822).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionCounts:
    """The confusion matrix of a run; a rate whose denominator is empty is None, not 1.0."""

    true_positives: int  # abstained, unanswerable
    false_positives: int  # abstained, answerable
    false_negatives: int  # answered, unanswerable
    true_negatives: int  # answered, answerable

    @property
    def abstained(self) -> int:
        return self.true_positives + self.false_positives

    @property
    def unanswerable(self) -> int:
        return self.true_positives + self.false_negatives

    @property
    def precision(self) -> float | None:
        return _share(self.true_positives, self.abstained)

    @property
    def recall(self) -> float | None:
        return _share(self.true_positives, self.unanswerable)

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of the share of unanswerable questions declined and of answerable ones answered."""
        declined = self.recall
        answered = _share(self.true_negatives, self.true_negatives + self.false_positives)
        return None if declined is None or answered is None else (declined + answered) / 2


def count_abstentions(abstained: Sequence[bool], answerable: Sequence[bool]) -> AbstentionCounts:
    """Counts over parallel lists, one entry a question."""
    pairs = list(zip(abstained, answerable, strict=True))
    return AbstentionCounts(
        true_positives=pairs.count((True, False)),
        false_positives=pairs.count((True, True)),
        false_negatives=pairs.count((False, False)),
        true_negatives=pairs.count((False, True)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

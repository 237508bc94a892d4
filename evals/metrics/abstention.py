"""How well a system declines: precision, recall and balanced accuracy of its abstentions.

Precision and recall with "should abstain" as the positive class, as SQuAD 2.0 and later work on
unanswerable questions report them (Rajpurkar et al. 2018, arXiv:1806.03822).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstaining:
    """Counts of one run; a rate whose denominator is empty is None, never a flattering 1.0."""

    right: int  # abstained, and the documents don't hold the answer
    wrong: int  # abstained, though they do
    missed: int  # answered, though they don't
    kept: int  # answered, and they do

    @property
    def precision(self) -> float | None:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return _share(self.right, self.right + self.missed)

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of the share of unanswerable declined and the share of answerable answered."""
        declined, answered = self.recall, _share(self.kept, self.kept + self.wrong)
        return None if declined is None or answered is None else (declined + answered) / 2


def abstaining(abstained: Sequence[bool], answerable: Sequence[bool]) -> Abstaining:
    """Counts over parallel lists, one entry a question."""
    pairs = list(zip(abstained, answerable, strict=True))
    return Abstaining(
        right=pairs.count((True, False)),
        wrong=pairs.count((True, True)),
        missed=pairs.count((False, False)),
        kept=pairs.count((False, True)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

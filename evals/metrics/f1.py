"""Word overlap F1 of SQuAD (Rajpurkar et al. 2016, arXiv:1606.05250), the one measure of it in this project.

Answers are normalised as SQuAD's script does, Unicode punctuation left out too as in MLQA's (Lewis et al.
2020, arXiv:1910.07475).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rag.answering.comparison import normalise


def f1(answer: str, accepted: Iterable[str]) -> float:
    """Harmonic mean of word precision and recall against the nearest accepted answer, in [0, 1].

    An empty answer (an abstention) scores 0.0, as does an empty list of accepted answers.

    >>> round(f1("Sheriff Grady Judd", ["Grady Judd"]), 3)
    0.8
    """
    return max((_pair_f1(answer, reference) for reference in accepted), default=0.0)


def _pair_f1(answer: str, reference: str) -> float:
    predicted, expected = normalise(answer).split(), normalise(reference).split()
    shared = sum((Counter(predicted) & Counter(expected)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(predicted), shared / len(expected)
    return 2 * precision * recall / (precision + recall)

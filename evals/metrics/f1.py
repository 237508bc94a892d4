"""Word overlap F1 of SQuAD (Rajpurkar et al. 2016, arXiv:1606.05250): the best over all accepted."""

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
    return max((_pair(answer, other) for other in accepted), default=0.0)


def _pair(answer: str, accepted: str) -> float:
    said, wanted = normalise(answer).split(), normalise(accepted).split()
    shared = sum((Counter(said) & Counter(wanted)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(said), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)

"""Exact match of SQuAD (Rajpurkar et al. 2016, arXiv:1606.05250), the one measure of it in this project.

Answers are normalised as SQuAD's script does, Unicode punctuation left out too as in MLQA's (Lewis et al.
2020, arXiv:1910.07475).
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.answering.comparison import normalise


def exact_match(answer: str, accepted: Iterable[str]) -> float:
    """1.0 where the answer equals one of those accepted, else 0.0.

    An empty answer (an abstention) matches nothing.

    >>> exact_match("the Sheriff", ["sheriff"])
    1.0
    """
    prediction = normalise(answer)
    return float(bool(prediction) and any(prediction == normalise(reference) for reference in accepted))

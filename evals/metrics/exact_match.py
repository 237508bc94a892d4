"""Exact match after SQuAD's normalisation (Rajpurkar et al. 2016, arXiv:1606.05250)."""

from __future__ import annotations

from collections.abc import Iterable

from rag.answering.comparison import normalise


def exact_match(answer: str, accepted: Iterable[str]) -> float:
    """1.0 where the answer equals one of those accepted, else 0.0.

    An empty answer (an abstention) matches nothing.

    >>> exact_match("the Sheriff", ["sheriff"])
    1.0
    """
    said = normalise(answer)
    return float(bool(said) and any(said == normalise(other) for other in accepted))

"""Score fusion: the scores of both retrievers, standardised over the pool (z-scores), in a weighted sum.

The pool is what either retriever returned. Recall@1 / recall@5 on open data, sentences embedded with their
title (docs/decisions/retrieval.md has more rows; ``python -m evals.bench`` measures the chosen one):

==========================  ===============  ===============  ===============
what                        XQuAD-en         QED              CLAPnq
==========================  ===============  ===============  ===============
best sentence (dense)       0.926 / 0.990    0.945 / 0.997    0.972 / 1.000
BM25, title boost 0.5       0.940 / 0.998    0.824 / 0.945    0.903 / 0.944
z-sum, BM25 weight 1.0      0.981 / 1.000    0.916 / 0.993    0.972 / 1.000
**z-sum, BM25 weight 0.7**  0.981 / 1.000    0.922 / 0.997    0.979 / 1.000
z-sum, BM25 weight 1.4      0.976 / 1.000    0.908 / 0.991    0.958 / 1.000
==========================  ===============  ===============  ===============

Embedding sentences without their title: 0.976, 0.891 and 0.958 recall@1 at weight 0.7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev

from rag.ports.indexes import Hit
from rag.types import Scores


def best_by_passage(hits: Sequence[Hit]) -> dict[str, Hit]:
    """The best hit of each passage; of equal scores the first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        known = best.get(hit.passage_id)
        if known is None or hit.score > known.score:
            best[hit.passage_id] = hit
    return best


def standardise(scores: Mapping[str, float], keys: Sequence[str]) -> dict[str, float]:
    """z-scores over ``keys``; a key without a score gets the least score there is.

    Of a passage that a retriever did not return it is only known that its score is no higher. Where all
    scores are equal (or there are none) every key gets 0.
    """
    if not scores:
        return dict.fromkeys(keys, 0.0)
    least = min(scores.values())
    values = [scores.get(key, least) for key in keys]
    mean, spread = fmean(values), pstdev(values)
    if spread < 1e-9:
        return dict.fromkeys(keys, 0.0)
    return {key: (value - mean) / spread for key, value in zip(keys, values, strict=True)}


def z_sum(
    dense: Mapping[str, float], lexical: Mapping[str, float], keys: Sequence[str], *, lexical_weight: float
) -> dict[str, float]:
    """Both scores standardised over ``keys``, the sum weighted."""
    z_dense, z_lexical = standardise(dense, keys), standardise(lexical, keys)
    return {key: z_dense[key] + lexical_weight * z_lexical[key] for key in keys}


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], *, lexical_weight: float) -> dict[str, Scores]:
    """Passage ids with their scores, best first; ties are broken by id, so that order is stable.

    ``dense`` may hold several hits of a passage (its sentences): the best one counts.
    """
    by_dense, by_lexical = best_by_passage(dense), best_by_passage(lexical)
    keys = sorted(by_dense.keys() | by_lexical.keys())
    fused = z_sum(
        {key: hit.score for key, hit in by_dense.items()},
        {key: hit.score for key, hit in by_lexical.items()},
        keys,
        lexical_weight=lexical_weight,
    )
    return {
        key: Scores(
            fused=fused[key],
            dense=by_dense[key].score if key in by_dense else None,
            lexical=by_lexical[key].score if key in by_lexical else None,
            sentence=by_dense[key].sentence_index if key in by_dense else None,
        )
        for key in sorted(keys, key=lambda key: (-fused[key], key))
    }

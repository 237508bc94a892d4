"""The features of a sentence beside the text that it is to rest on, for the fitted probability of support."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from rag.grounding.facts import FactKind, Missing, facts_of, is_given_word
from rag.grounding.words import Word, content

FEATURES = (
    "coverage",  # share of the sentence's word weight that the cited texts and their context hold
    "best_coverage",  # the same of the cited text that holds most
    "uncovered",  # log(1 + weight of the words that none holds)
    "longest_gap",  # share of the weight in the longest run of words that none holds
    "order",  # share of neighbouring content words that stand near each other in one cited text
    "numbers",  # missing numbers, units and dates, at most 3
    "names",  # missing names, at most 3
    "length",  # log(1 + content words of the sentence)
)
_NEAR = 8  # words between two neighbours of the sentence in a cited text
_MOST = 3


def features_of(
    sentence: str, cited: Sequence[str], context: Sequence[str], missing: Sequence[Missing]
) -> tuple[float, ...]:
    """The features in the order of ``FEATURES``, shape ``(len(FEATURES),)``."""
    words = content(facts_of(sentence).words)
    total = sum(word.weight for word in words) or 1.0
    given = covered(words, [*cited, *context])
    single = [covered(words, [text]) for text in cited]
    gaps = _gaps(words, given)
    kinds = [fact.kind for fact in missing]
    numeric = sum(kind in (FactKind.NUMBER, FactKind.UNIT, FactKind.DATE) for kind in kinds)
    return (
        sum(word.weight for word, is_given in zip(words, given, strict=True) if is_given) / total,
        max((_share(words, flags, total) for flags in single), default=0.0),
        math.log1p(sum(gaps)),
        max(gaps, default=0.0) / total,
        order(words, cited),
        float(min(numeric, _MOST)),
        float(min(kinds.count(FactKind.NAME), _MOST)),
        math.log1p(len(words)),
    )


def covered(words: Sequence[Word], texts: Sequence[str]) -> list[bool]:
    """For each word, whether a form of it stands in one of the texts."""
    sources = [facts_of(text) for text in texts]
    return [is_given_word(word, sources) for word in words]


def coverage(sentence: str, texts: Sequence[str]) -> float:
    """The share of a sentence's word weight that the texts hold; 1 of a sentence without content words."""
    words = content(facts_of(sentence).words)
    total = sum(word.weight for word in words)
    return _share(words, covered(words, texts), total) if total else 1.0


def order(words: Sequence[Word], cited: Sequence[str]) -> float:
    """The share of neighbouring words that stand near each other, in this order, in one cited text.

    Of a single word, whether it is given: else any text would be in order.
    """
    if len(words) < 2:
        return float(all(covered(words, cited)))
    pairs = [(one.stem, other.stem) for one, other in pairwise(words)]
    kept = {pair for text in cited for pair in _near_pairs(text)}
    return sum(pair in kept for pair in pairs) / len(pairs)


def _near_pairs(text: str) -> set[tuple[str, str]]:
    stems = [word.stem for word in facts_of(text).words]
    return {(stem, later) for i, stem in enumerate(stems) for later in stems[i + 1 : i + 1 + _NEAR]}


def _share(words: Sequence[Word], flags: Sequence[bool], total: float) -> float:
    return sum(word.weight for word, flag in zip(words, flags, strict=True) if flag) / total


def _gaps(words: Sequence[Word], given: Sequence[bool]) -> list[float]:
    """The weights of the runs of words that aren't given."""
    gaps, current = [], 0.0
    for word, is_given in zip(words, given, strict=True):
        if is_given:
            gaps.append(current)
            current = 0.0
        else:
            current += word.weight
    return [gap for gap in (*gaps, current) if gap]

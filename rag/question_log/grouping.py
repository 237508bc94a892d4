"""Groups questions by meaning."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from rag.ports.embedder import Embedder

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

SAME_MEANING = 0.74  # least cosine of two wordings of one question
_WITH_DIGIT = re.compile(r"\w*\d[\w.,]*\w|\d")


def group_by_meaning(texts: Sequence[str], embedder: Embedder) -> list[list[int]]:
    """Indices of the texts that ask the same, by group, each group led by its first text.

    A text joins the group whose first text is nearest, if that is near enough (``SAME_MEANING``) and has the
    same numbers: "leave in 2025" and "leave in 2026" are near and different.

    Args:
        texts: the most important first.
    """
    vectors = embedder.embed(texts)
    groups: dict[Hashable, list[list[int]]] = {}
    for index, text in enumerate(texts):
        with_same_numbers = groups.setdefault(_numbers(text), [])
        nearest = _nearest(vectors, index, with_same_numbers)
        if nearest is None:
            with_same_numbers.append([index])
        else:
            nearest.append(index)
    return sorted((group for some in groups.values() for group in some), key=lambda group: group[0])


def _nearest(vectors: Vectors, index: int, groups: Sequence[list[int]]) -> list[int] | None:
    """The group whose first text is nearest; None where none is near enough."""
    if not groups:
        return None
    cosines = vectors[[group[0] for group in groups]] @ vectors[index]
    best = int(cosines.argmax())
    return groups[best] if cosines[best] >= SAME_MEANING else None


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_WITH_DIGIT.findall(text.casefold()))

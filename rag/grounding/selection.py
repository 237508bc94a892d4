"""Which sentences of a text a statement may rest on: few that together hold most of its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rag.grounding.facts import facts_of
from rag.grounding.features import covered
from rag.grounding.words import content, words_of

_SELECTED = 5
_COMPARED = 40  # sentences that share most, of which the best are selected
_MIN_GAIN = 0.3  # weight of further words that one more sentence must hold


class SentenceIndex:
    """The sentences of the sources by the stems of their words.

    >>> index = SentenceIndex(["Gas is cheap.", "The yellow lever turns the gas off."])
    >>> index.select("Turn off the gas at the yellow lever")
    [1]
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._places: dict[str, list[int]] = defaultdict(list)
        for index, text in enumerate(texts):
            for stem in {word.stem for word in words_of(text) if word.weight}:
                self._places[stem].append(index)

    def select(self, statement: str, n: int = _SELECTED) -> list[int]:
        """Indices of at most ``n`` sentences, in order, that together hold most of a statement's word weight.

        Chosen greedily: each adds most weight that those before it don't hold.
        """
        words = content(facts_of(statement).words)
        shares: dict[int, float] = defaultdict(float)
        for stem, weight in {word.stem: word.weight for word in words}.items():
            for index in self._places.get(stem, ()):
                shares[index] += weight
        likely = sorted(shares, key=lambda index: (-shares[index], index))[:_COMPARED]
        flags = {index: covered(words, [self._texts[index]]) for index in likely}
        open_ = [word.weight for word in words]
        chosen: list[int] = []
        while flags and len(chosen) < n:
            gains = {
                i: sum(w for w, flag in zip(open_, held, strict=True) if flag) for i, held in flags.items()
            }
            best = max(gains, key=lambda index: gains[index])
            if gains[best] < _MIN_GAIN:
                break
            chosen.append(best)
            open_ = [0.0 if flag else w for w, flag in zip(open_, flags.pop(best), strict=True)]
        return sorted(chosen)

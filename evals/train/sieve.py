"""Near misses that a reader falls for: of all texts near to a question, few still teach it anything.

The reader reads each text that doesn't hold the answer, and those stay that it would answer from, or
nearly so (hard negatives by the model itself: Xiong et al. 2021, arXiv:2007.00808). What it is surest of,
and what shares a word with the answer, is left out: there the text may answer after all, in other
words (Qu et al. 2021, arXiv:2010.08191).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from evals.train.data import Example, Row
from evals.train.overlap import content_words
from evals.train.score import Reading

Look = Callable[[Sequence[tuple[str, str]]], Sequence[Reading]]
# Margins of the reader's best span over "no answer". Of answerable questions a tenth have less than 1.
_LEAST, _MOST = -2.5, 6.0
_FIGURE = re.compile(r"\d+")


class Sieve:
    """Chooses with one reader's eyes: ``look`` reads (question, text) pairs.

    >>> Sieve(lambda pairs: read(pairs, tokenizer, logits)).hardest([(row, examples)])  # doctest: +SKIP
    """

    def __init__(self, look: Look) -> None:
        self._look = look

    def hardest(self, asked: Sequence[tuple[Row, Sequence[Example]]]) -> list[Example]:
        """For each row the one of its examples that misleads the reader most, where one does."""
        pairs = [(example.question, example.context) for _, examples in asked for example in examples]
        readings = iter(self._look(pairs))
        chosen = []
        for row, examples in asked:
            read_here = [(next(readings), example) for example in examples]
            misled = [(r.margin, example) for r, example in read_here if _misleads(r, row)]
            if misled:
                chosen.append(max(misled, key=lambda pair: pair[0])[1])
        return chosen


def _misleads(reading: Reading, row: Row) -> bool:
    return _LEAST < reading.margin < _MOST and not _alike(reading.text, row.answer_text)


def _alike(answer: str, right: str) -> bool:
    """Whether two answers share a word, or its first four letters ("bridge" and "bridges").

    Other figures make another answer, whatever else is the same ("23 October 2015", "26 October 2015").
    """
    figures, theirs = (set(_FIGURE.findall(text)) for text in (answer, right))
    if figures and theirs:
        return figures == theirs
    return bool(_stems(answer) & _stems(right))


def _stems(text: str) -> set[str]:
    return {word[:4] for word in content_words(text)}

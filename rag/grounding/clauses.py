"""The clauses of a statement, for which support can be told one by one."""

from __future__ import annotations

import re

from rag.grounding.words import content, words_of
from rag.types import Span

_BORDER = re.compile(
    r"[,;:](?=\s)|\s[-–—]\s|[()]"
    r"|\s(?=(?:and|but|because|while|which|who|although|after|before|so that|where)\s)"
)
_MIN_WORDS = 2  # content words of a clause


def clauses(sentence: str) -> list[Span]:
    """The spans of clauses with at least two content words; shorter ones belong to the clause before them.

    >>> s = "Labels are printed at night, and the van leaves at six"
    >>> [clause.slice(s) for clause in clauses(s)]
    ['Labels are printed at night,', 'and the van leaves at six']
    """
    spans: list[Span] = []
    start = 0
    for border in [*(match.end() for match in _BORDER.finditer(sentence)), len(sentence)]:
        part = sentence[start:border].strip()
        first = sentence.index(part, start)
        start = border
        if not part:
            continue
        if len(content(words_of(part))) < _MIN_WORDS and spans:
            spans[-1] = Span(spans[-1].start, first + len(part))
        else:
            spans.append(Span(first, first + len(part)))
    return spans

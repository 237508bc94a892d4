"""Yes or No at the head of a draft. A cited text can't support either word; the reader's polarity can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.drafting.evidence import ReadQuestion
from rag.drafting.keep_rules import KeptSentence
from rag.drafting.sentence_parser import DraftSentence

# Not of "No boats", "no-one", "No. 5".
_VERDICT = re.compile(r"(?P<word>yes|no)(?:[.,:;!]++\s*+|\s*[—–]\s*|\s+-\s+|$)(?!\d)", re.IGNORECASE)
_POLARITY = 0.5  # probability of the same word from the reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Yes or No, and the reader's probability of it."""

    word: str
    probability: float


def split_verdict(sentence: DraftSentence) -> tuple[str | None, DraftSentence | None]:
    """The "Yes" or "No" that a sentence begins with, and what is left of it; None for what isn't there.

    >>> split_verdict(DraftSentence(text="Yes, dogs may come.", cited=(2,)))
    ('Yes', DraftSentence(text='Dogs may come.', cited=(2,), is_item=False))
    """
    match = _VERDICT.match(sentence.text)
    if match is None:
        return None, sentence
    rest = sentence.text[match.end() :]
    left = replace(sentence, text=rest[:1].upper() + rest[1:]) if rest else None
    return match["word"].capitalize(), left


def confirmed_verdict(
    word: str | None, question: ReadQuestion, kept: Sequence[KeptSentence]
) -> Verdict | None:
    """The verdict, if the reader says the same of the best passage that is cited; else None."""
    if word is None:
        return None
    cited = {unit.candidate.passage.id for sentence in kept for unit in sentence.units}
    polarities = [
        reading.polarity
        for reading in question.decision.ranked
        if reading.polarity is not None and reading.candidate.passage.id in cited
    ]
    if not polarities:
        return None
    probability = polarities[0].yes if word == "Yes" else polarities[0].no
    return Verdict(word=word, probability=probability) if probability >= _POLARITY else None

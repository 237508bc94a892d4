"""Whether cited texts support a sentence: no fact of it is missing, and a fitted score is high enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.grounding.facts import FactKind, Missing, missing_facts
from rag.grounding.features import features_of
from rag.grounding.model import packaged_model

_CITATION_MARK = re.compile(r"\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What was found of a sentence in the texts cited for it.

    Attributes:
        is_supported: nothing is missing, and the score is at least the model's threshold.
        score: the calibrated probability, between 0 and 1, that the texts support all of the sentence. A
            negation isn't among its features.
        facts: what the texts don't hold, with its kind and place.
    """

    is_supported: bool
    score: float
    facts: tuple[Missing, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The numbers, dates, names, units and negations that the texts don't hold, in its words."""
        return tuple(fact.text for fact in self.facts)

    @property
    def is_negated(self) -> bool:
        """Whether the sentence is negated where the texts aren't, or the reverse."""
        return any(fact.kind is FactKind.NEGATION for fact in self.facts)


def check(sentence: str, cited: Sequence[str], *, context: Sequence[str] = ()) -> Support:
    """Whether the cited texts support a sentence.

    Args:
        sentence: citation marks such as [2] in it count for nothing.
        cited: the sentences, items or rows that it rests on; without any it isn't supported.
        context: what stands over them: the document's title, headings, a table's header row.

    >>> support = check("The pump runs for 12 hours.", ["The pump runs for 10 hours on one battery."])
    >>> support.is_supported, support.missing
    (False, ('12',))
    """
    plain = without_marks(sentence)
    if not cited:
        return Support(is_supported=False, score=0.0, facts=())
    facts = tuple(missing_facts(plain, cited, context))
    model = packaged_model()
    score = model.probability(features_of(plain, cited, context, facts))
    return Support(is_supported=not facts and score >= model.threshold, score=score, facts=facts)


def without_marks(sentence: str) -> str:
    """The sentence with spaces in place of citation marks, so that offsets stay the same."""
    return _CITATION_MARK.sub(lambda mark: " " * len(mark.group()), sentence)

"""What texts say of a sentence: they support it or a part of it, contradict it, or don't hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.grounding import numbers as number_facts
from rag.grounding.clauses import clauses
from rag.grounding.facts import FactKind, Facts, Missing, facts_of
from rag.grounding.features import covered
from rag.grounding.support import Support, check, without_marks
from rag.grounding.words import Word, content

_SAME_SUBJECT = 0.6  # share of the sentence's other words, in a text that says something else of its subject
_PARTLY = 0.6  # share of its words, where it is supported but for some facts
_MAX_CLAUSES = 12
_NEAR = 3  # words between a name and its neighbour in the sentence


class Verdict(StrEnum):
    """How a sentence stands to the texts that it should rest on."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    NOT_FOUND = "not_found"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with what it rests on; ``contradicting`` are the indices of the texts that contradict."""

    verdict: Verdict
    support: Support
    contradicting: tuple[int, ...] = ()


def judge(sentence: str, cited: Sequence[str], *, context: Sequence[str] = ()) -> Judgement:
    """The verdict on a sentence.

    Contradicted: a text holds most of the sentence's other words, and another number, date or name in the
    place of one that is missing, or the opposite. Partly: a clause is supported, or all but some facts.

    >>> judge("The pump runs for 12 hours.", ["The pump runs for 10 hours on one battery."]).verdict.value
    'contradicted'
    """
    support = check(sentence, cited, context=context)
    if support.is_supported:
        return Judgement(verdict=Verdict.SUPPORTED, support=support)
    plain = without_marks(sentence)
    contradicting = tuple(i for i, text in enumerate(cited) if _contradicts(plain, text, context, support))
    if contradicting:
        return Judgement(verdict=Verdict.CONTRADICTED, support=support, contradicting=contradicting)
    is_partly = cited and (
        _is_supported_but_for_facts(plain, cited, context, support) or _has_clause(plain, cited, context)
    )
    verdict = Verdict.PARTLY if is_partly else Verdict.NOT_FOUND
    return Judgement(verdict=verdict, support=support)


def _has_clause(sentence: str, cited: Sequence[str], context: Sequence[str]) -> bool:
    spans = clauses(sentence)[:_MAX_CLAUSES]
    return len(spans) > 1 and any(
        check(span.slice(sentence), cited, context=context).is_supported for span in spans
    )


def _is_supported_but_for_facts(
    sentence: str, cited: Sequence[str], context: Sequence[str], support: Support
) -> bool:
    share = _share(_other_words(sentence, support.facts), [*cited, *context])
    return bool(support.facts) and not support.is_negated and share >= _PARTLY


def _contradicts(sentence: str, text: str, context: Sequence[str], support: Support) -> bool:
    if not support.facts or _share(_other_words(sentence, support.facts), [text, *context]) < _SAME_SUBJECT:
        return False
    own, other = facts_of(sentence), facts_of(text)
    return any(
        _has_another(fact, own, other, check(sentence, [text], context=context)) for fact in support.facts
    )


def _has_another(fact: Missing, sentence: Facts, text: Facts, of_text: Support) -> bool:
    """Whether a text has something else in the place of a missing fact."""
    if fact.kind is FactKind.NEGATION:
        return of_text.is_negated
    if fact.kind is FactKind.DATE:
        dated = {(date.month, date.day) for date in sentence.dates}
        return any((date.month, date.day) not in dated for date in text.dates)
    if fact.kind is FactKind.NAME:
        return _has_another_name(fact, sentence, text)
    number = next((q for q in sentence.quantities if q.start == fact.start), None)
    return number is not None and any(
        number_facts.same_dimension(number, q) and not number_facts.is_given(q, sentence.quantities)
        for q in text.quantities
    )


def _has_another_name(fact: Missing, sentence: Facts, text: Facts) -> bool:
    """Whether another name stands beside the words that the missing one stands beside."""
    words = content(sentence.words)
    before = [word.stem for word in words if word.end <= fact.start][-1:]
    after = [word.stem for word in words if word.start >= fact.end][:1]
    beside = {*before, *after}
    for name in text.names:
        if any(word.stem in sentence.stems for word in name):
            continue
        at = next(i for i, word in enumerate(text.words) if word.start == name[0].start)
        near = text.words[max(0, at - _NEAR) : at + len(name) + _NEAR]
        if beside & {word.stem for word in near}:
            return True
    return False


def _other_words(sentence: str, facts: Sequence[Missing]) -> list[Word]:
    """The content words of a sentence that belong to no missing fact."""
    words = content(facts_of(sentence).words)
    return [
        w
        for w in words
        if not any(f.start <= w.start < f.end for f in facts if f.kind is not FactKind.NEGATION)
    ]


def _share(words: Sequence[Word], texts: Sequence[str]) -> float:
    total = sum(word.weight for word in words)
    given = covered(words, texts)
    return (
        sum(w.weight for w, is_given in zip(words, given, strict=True) if is_given) / total if total else 0.0
    )

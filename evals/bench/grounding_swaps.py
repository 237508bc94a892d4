"""Sentences made wrong by one fact: a number, a name or a negation swapped, by seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.english.numbers import CARDINALS
from rag.grounding.numbers import VERSION, quantities
from rag.grounding.words import fold, names

Kind = Literal["number", "name", "negation"]

_MONTHS_AND_DAYS = re.compile(
    r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)"
)
_MARKER = re.compile(r"\s*\d{1,2}[.)]\s")  # of a list item
_NEGATED = re.compile(
    r"\b(?P<verb>is|are|was|were|do|does|did|can|could|should|must|will|would|may|have|has)"
    r"(?: not|n['’]t) ",
    re.IGNORECASE,
)
_CANNOT = re.compile(r"\b(?:cannot|can['’]t) ")
_NEVER = re.compile(r"\bnever ", re.IGNORECASE)
_POSITIVE = re.compile(
    r"\b(?P<verb>is|are|was|were|can|could|should|must|will|would|may|has|have)"
    r"(?= (?!not\b|no\b|never\b|to\b|only\b|just\b))"
)


@dataclass(frozen=True, slots=True)
class Swap:
    """A sentence with one fact swapped."""

    kind: Kind
    text: str


def swaps(sentence: str, other_names: Sequence[str], random_: random.Random) -> Iterator[Swap]:
    """At most one swap of each kind, of the kinds that the sentence has a fact of.

    Args:
        other_names: names of the same document to put in another's place.
    """
    for kind, swapped in (
        ("number", _number_swapped(sentence, random_)),
        ("name", _name_swapped(sentence, other_names, random_)),
        ("negation", _negation_swapped(sentence, random_)),
    ):
        if swapped is not None and swapped != sentence:
            yield Swap(kind, swapped)  # type: ignore[arg-type]


def _number_swapped(sentence: str, random_: random.Random) -> str | None:
    marker = _MARKER.match(sentence)
    start = marker.end() if marker else 0
    found = [q for q in quantities(sentence) if q.start >= start and not q.is_loose and q.unit != VERSION]
    if not found:
        return None
    number = random_.choice(found)
    digits = re.search(r"\d+", number.text)
    if digits is not None:
        value = int(digits.group())
        choices = [
            n for n in (value + 1, value + 2, value - 1, value * 2, value + 10) if n > 0 and n != value
        ]
        new = number.text.replace(digits.group(), str(random_.choice(choices)), 1)
    elif number.text.lower() in CARDINALS:
        new = random_.choice([word for word in CARDINALS[2:13] if word != number.text.lower()])
    else:
        return None
    return sentence[: number.start] + new + sentence[number.end :]


def _name_swapped(sentence: str, other_names: Sequence[str], random_: random.Random) -> str | None:
    found = [name for name in names(sentence) if not _MONTHS_AND_DAYS.match(name[0].text)]
    present = {word.folded for name in found for word in name}
    choices = [name for name in other_names if not {fold(word) for word in name.split()} & present]
    if not found or not choices:
        return None
    name = random_.choice(found)
    return sentence[: name[0].start] + random_.choice(choices) + sentence[name[-1].end :]


def _negation_swapped(sentence: str, random_: random.Random) -> str | None:
    for pattern, new in ((_NEGATED, r"\g<verb> "), (_CANNOT, "can "), (_NEVER, "always ")):
        if pattern.search(sentence):
            return pattern.sub(new, sentence, count=1)
    found = [*_POSITIVE.finditer(sentence)]
    if not found:
        return None
    verb = random_.choice(found)
    return f"{sentence[: verb.end()]} not{sentence[verb.end() :]}"

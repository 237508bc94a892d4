"""Matchers: rules for a right answer, each a value with one method."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from evals.cases.dates import PartialDate, dates_in
from rag.answering.comparison import normalise, says_same
from rag.english.numbers import SCALES
from rag.types import Span

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SCALED = re.compile(rf"({_NUMBER.pattern})\s*({'|'.join(SCALES)})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a system answered: its short answer, and the sentences it gave in support."""

    text: str
    statements: tuple[str, ...] = ()


class Matcher(Protocol):
    """A rule that accepts or refuses an answer; ``str()`` of it is what a report shows."""

    def accepts(self, prediction: Prediction) -> bool: ...


@dataclass(frozen=True, slots=True)
class Exact:
    """The answer equals this text once both are normalised as SQuAD does."""

    text: str

    def accepts(self, prediction: Prediction) -> bool:
        return says_same(prediction.text, self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Contains:
    """All these phrases stand, as whole words, in the answer or the sentences given with it.

    For questions that ask how and why: the answer is a sentence, and key phrases decide whether it is right.
    """

    phrases: tuple[str, ...]

    def accepts(self, prediction: Prediction) -> bool:
        texts = (prediction.text, *prediction.statements)
        words = f" {' '.join(normalise(text) for text in texts)} "
        return all(f" {normalise(phrase)} " in words for phrase in self.phrases)

    def __str__(self) -> str:
        return " … ".join(self.phrases)


@dataclass(frozen=True, slots=True)
class Regex:
    """This pattern matches somewhere in the short answer (white space normalised), not in its support."""

    pattern: str

    def accepts(self, prediction: Prediction) -> bool:
        return re.search(self.pattern, " ".join(prediction.text.split())) is not None

    def __str__(self) -> str:
        return f"/{self.pattern}/"


@dataclass(frozen=True, slots=True)
class Number:
    """The short answer holds this number, give or take ``tolerance``, and no other.

    Thousands may be set apart by commas, and "1.2 million" is 1,200,000.
    """

    value: float
    tolerance: float = 0.0

    def accepts(self, prediction: Prediction) -> bool:
        numbers = [number for _, number in self.numbers_in(prediction.text)]
        return bool(numbers) and all(self.is_near(number) for number in numbers)

    def is_near(self, number: float) -> bool:
        """Whether a number is this one, give or take the tolerance."""
        # A millionth of the value: 0.1 + 0.2 is 0.3 here.
        return abs(number - self.value) <= self.tolerance + 1e-6 * abs(self.value)

    @staticmethod
    def numbers_in(text: str) -> list[tuple[Span, float]]:
        """The numbers of a text with their places, in order."""
        return [
            (
                Span(match.start(), match.end(2) if match[2] else match.end(1)),
                float(match[1].replace(",", "")) * SCALES.get((match[2] or "").lower(), 1.0),
            )
            for match in _SCALED.finditer(text)
        ]

    def __str__(self) -> str:
        tolerance = f" ± {self.tolerance:,g}" if self.tolerance else ""
        return f"{self.value:,g}{tolerance}"


@dataclass(frozen=True, slots=True)
class Date:
    """The short answer names this date and no other, in any common way of writing one.

    Parts that both name must agree, and the answer must name the finest part that this does: for
    2025-11-24, "November 24" is right, "2025" and "November 2025" are not.
    """

    date: PartialDate

    def accepts(self, prediction: Prediction) -> bool:
        dates = dates_in(prediction.text)
        return bool(dates) and all(date.agrees_with(self.date) for date in dates)

    def is_named_in(self, text: str) -> bool:
        """Whether a text names this date, among others."""
        return any(date.agrees_with(self.date) for date in dates_in(text))

    def __str__(self) -> str:
        return str(self.date)


@dataclass(frozen=True, slots=True)
class ItemList:
    """The short answer lists these items and nothing else, in this order where ``ordered``."""

    items: tuple[str, ...]
    ordered: bool = False

    def accepts(self, prediction: Prediction) -> bool:
        items = [normalise(item) for item in self.items]
        # An item may itself hold "and" or a comma: whole items are taken out before the rest is split.
        rest = f" {normalise(prediction.text)} "
        positions = {item: rest.find(f" {item} ") for item in items}
        if min(positions.values(), default=-1) < 0:
            return False
        if self.ordered and [positions[item] for item in items] != sorted(positions.values()):
            return False
        for item in sorted(items, key=len, reverse=True):
            rest = rest.replace(f" {item} ", "  ")
        return not set(rest.split()) - {"and", "or", "both", "as", "well"}

    def __str__(self) -> str:
        return (" > " if self.ordered else ", ").join(self.items)

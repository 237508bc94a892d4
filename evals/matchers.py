"""What counts as a right answer: small rules, each a value with one method."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from rag.compare import normalise

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a system said: its short answer and the sentences it gave in support."""

    text: str
    statements: tuple[str, ...] = ()


class Matcher(Protocol):
    """A rule that accepts or refuses an answer; ``str()`` of it is what a report shows."""

    def accepts(self, said: Said) -> bool: ...


@dataclass(frozen=True, slots=True)
class Exact:
    """The answer equals this text once both are normalised as SQuAD does."""

    text: str

    def accepts(self, said: Said) -> bool:
        return normalise(said.text) == normalise(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Contains:
    """All these phrases stand, as whole words, in the answer or the sentences given with it.

    For how and why: the answer is a sentence, and key phrases tell whether it is the right one.
    """

    phrases: tuple[str, ...]

    def accepts(self, said: Said) -> bool:
        held = " ".join(normalise(part) for part in (said.text, *said.statements))
        return all(f" {normalise(phrase)} " in f" {held} " for phrase in self.phrases)

    def __str__(self) -> str:
        return " … ".join(self.phrases)


@dataclass(frozen=True, slots=True)
class Regex:
    """This pattern is found in the short answer (white space collapsed), not in its support."""

    pattern: str

    def accepts(self, said: Said) -> bool:
        return re.search(self.pattern, " ".join(said.text.split())) is not None

    def __str__(self) -> str:
        return f"/{self.pattern}/"


@dataclass(frozen=True, slots=True)
class Number:
    """The short answer holds this number and no other; thousands may be set apart by commas."""

    value: float

    def accepts(self, said: Said) -> bool:
        found = {float(number.replace(",", "")) for number in _NUMBER.findall(said.text)}
        return found == {self.value}

    def __str__(self) -> str:
        return f"{self.value:,g}"

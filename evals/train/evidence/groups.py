"""Groups: a question with passages that compete for it, as the evidence reader learns from them.

A passage's text is what the reader gets: the title and headings on the first line, then its reader context.
All offsets are half-open code point ranges into that text. Groups are kept as gzipped JSON lines, one a line.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Polarity = Literal["yes", "no"]
_MIN_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class LabelledUnit:
    """A sentence, list item or table row, and whether a person must see it to accept the answer.

    ``supports`` None: not known (the answer is somewhere in the passage).
    """

    start: int
    end: int
    supports: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPassage:
    """One passage of a group.

    Attributes:
        relevant: whether it holds evidence; no passage of an unanswerable question does.
        answers: accepted short answers, as ``(start, end)``.
        rank: by retrieval, from 0; None where retrieval did not return it.
        score: retrieval's fused score.
        same_page: whether it is of the page that the question was written about.
    """

    text: str
    units: tuple[LabelledUnit, ...]
    relevant: bool
    answers: tuple[tuple[int, int], ...] = ()
    rank: int | None = None
    score: float = 0.0
    same_page: bool = False

    def without_heading_line(self) -> LabelledPassage:
        """The same without its first line (title and headings), offsets moved."""
        cut = self.text.find("\n") + 1
        return LabelledPassage(
            text=self.text[cut:],
            units=tuple(LabelledUnit(u.start - cut, u.end - cut, u.supports) for u in self.units),
            relevant=self.relevant,
            answers=tuple((start - cut, end - cut) for start, end in self.answers),
            rank=self.rank,
            score=self.score,
            same_page=self.same_page,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A question and its passages. Where it is unanswerable, "none of them" is the right choice.

    Attributes:
        weight: of its losses beside other groups'.
        weak_evidence: its units were labelled by a model, and count less.
    """

    id: str
    dataset: str
    kind: str
    question: str
    answerable: bool
    passages: tuple[LabelledPassage, ...]
    polarity: Polarity | None = None
    weight: float = 1.0
    weak_evidence: bool = False


def is_part(unit: tuple[int, int], evidence: tuple[int, int]) -> bool:
    """Whether a unit is part of the evidence: they share half of the shorter of both, or more."""
    shared = min(unit[1], evidence[1]) - max(unit[0], evidence[0])
    shorter = min(unit[1] - unit[0], evidence[1] - evidence[0])
    return shared > 0 and shared >= _MIN_OVERLAP * shorter


def write_groups(groups: Iterable[Group], path: Path) -> int:
    """Writes a file of groups, whole or not at all. Returns how many."""
    count = 0
    scratch = path.with_name(path.name + ".tmp")
    with gzip.open(scratch, "wt", encoding="utf-8") as file:
        for group in groups:
            file.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")
            count += 1
    scratch.replace(path)
    return count


def read_groups(path: Path) -> Iterator[Group]:
    """The groups of a file, in order.

    Raises:
        OSError: the file can't be read.
        ValueError: a line isn't a group.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield _group(json.loads(line))
            except (KeyError, TypeError) as error:
                raise ValueError(f"{path}:{number}: not a group: {error!r}") from error


def _group(row: dict[str, Any]) -> Group:
    return Group(**{**row, "passages": tuple(_passage(passage) for passage in row["passages"])})


def _passage(row: dict[str, Any]) -> LabelledPassage:
    units = tuple(LabelledUnit(u["start"], u["end"], u["supports"]) for u in row["units"])
    answers = tuple((start, end) for start, end in row["answers"])
    return LabelledPassage(**{**row, "units": units, "answers": answers})

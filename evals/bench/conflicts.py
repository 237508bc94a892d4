"""How often conflicts are reported: ``python -m evals.bench.conflicts [--shared DIR]``.

RAMDocs (Wang et al. 2025, "Retrieval-Augmented Generation with Conflicting Evidence"): questions whose
documents give several values, some right (of several things with one name) and some planted wrong ones. All
its documents are indexed together. The documents of the other sets don't contradict each other: a conflict
reported there is a false one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.datasets.gzipped import corpus, queries
from evals.datasets.published import Query
from evals.metrics.f1 import f1
from evals.run.indexing import fresh_service
from rag.settings import Settings, load
from rag.types import Answer

CONFLICTING = "ramdocs"
CONSISTENT = ("xquad-en", "qed-dev-nq")
_SAME_F1 = 0.5  # from this F1 on two values count as the same


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredQuery:
    """One answered question: ``values`` are its answer and the competing ones that were shown as conflicts.

    ``valid`` are the right answers, ``wrong`` those planted in its documents.
    """

    values: tuple[str, ...]
    valid: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def has_conflict(self) -> bool:
        """True where its documents give more than one value."""
        return len(self.valid) + len(self.wrong) > 1

    @property
    def valid_shown(self) -> int:
        """How many of the right answers are among the values shown."""
        return sum(any(f1(value, [answer]) >= _SAME_F1 for value in self.values) for answer in self.valid)


def measure(folder: Path, settings: Settings) -> tuple[int, list[AnsweredQuery]]:
    """The number of answerable open questions of a set, and those of them that were answered."""
    answerable = [query for query in queries(folder) if query.answerable]
    with fresh_service(settings, (document.document() for document in corpus(folder))) as service:
        outcomes = [(query, service.engine.ask(query.question())) for query in answerable]
    answered = [_answered(query, outcome) for query, outcome in outcomes if isinstance(outcome, Answer)]
    return len(answerable), answered


def _answered(query: Query, answer: Answer) -> AnsweredQuery:
    return AnsweredQuery(
        values=(answer.text, *(conflict.text for conflict in answer.conflicts)),
        valid=query.answers,
        wrong=tuple(query.extra.get("wrong_answers") or ()),
    )


def conflicting_line(answerable: int, answered: Sequence[AnsweredQuery]) -> str:
    """Of the answered whose documents differ: how many show a conflict, and how many right values."""
    differing = [one for one in answered if one.has_conflict]
    several = [one for one in answered if len(one.valid) > 1]
    shown = sum(len(one.values) > 1 for one in differing)
    valid_shown, valid = sum(one.valid_shown for one in several), sum(len(one.valid) for one in several)
    return (
        f"answered {len(answered)} of {answerable}; "
        f"conflict told {shown} of {len(differing)} whose documents differ; "
        f"right values given {valid_shown} of {valid}"
    )


def consistent_line(answerable: int, answered: Sequence[AnsweredQuery]) -> str:
    """Of the answered of a set without contradictions: how many show a conflict."""
    false_conflicts = sum(len(one.values) > 1 for one in answered)
    return f"answered {len(answered)} of {answerable}; false conflicts {false_conflicts}"


def main() -> int:
    """Prints a line a set; 2 where the open sets aren't there."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.conflicts", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    options = parser.parse_args()
    if not options.shared.is_dir():
        print(f"the open sets aren't at {options.shared}", file=sys.stderr)
        return 2
    for name in (CONFLICTING, *CONSISTENT):
        line = conflicting_line if name == CONFLICTING else consistent_line
        print(f"{name}: {line(*measure(options.shared / name, load()))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

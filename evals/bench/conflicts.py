"""How often differing documents are told: ``python -m evals.bench.conflicts [--shared DIR]``.

RAMDocs (Wang et al. 2025, "Retrieval-Augmented Generation with Conflicting Evidence"): questions whose
documents give several values, some right (for several things of one name) and some made wrong. All its
documents are indexed together. The other sets' documents don't contradict each other: a conflict told
there is a false one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.datasets.gzipped import Query, corpus, queries
from evals.metrics.f1 import f1
from evals.run.indexing import fresh_service
from rag.settings import Settings, load
from rag.types import Answer

CONFLICTING = "ramdocs"
PEACEFUL = ("xquad-en", "qed-dev-nq")
_SAME = 0.5  # token F1 from which a value counts as found


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answered question: every value that was given, and what its documents say.

    ``valid`` are the right answers, ``wrong`` those planted in its documents.
    """

    values: tuple[str, ...]
    valid: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def differing(self) -> bool:
        """True where its documents give more than one value."""
        return len(self.valid) + len(self.wrong) > 1

    @property
    def found(self) -> int:
        """How many of the right answers are among the values given."""
        return sum(any(f1(value, [answer]) >= _SAME for value in self.values) for answer in self.valid)


def told(folder: Path, settings: Settings) -> tuple[int, list[Told]]:
    """The number of open questions of a set, and what each answered one was told."""
    asked = [query for query in queries(folder) if query.answerable]
    with fresh_service(settings, (text.document() for text in corpus(folder))) as service:
        outcomes = [(query, service.engine.ask(query.question())) for query in asked]
    return len(asked), [_told(query, outcome) for query, outcome in outcomes if isinstance(outcome, Answer)]


def _told(query: Query, answer: Answer) -> Told:
    return Told(
        values=(answer.text, *(conflict.text for conflict in answer.conflicts)),
        valid=query.answers,
        wrong=tuple(query.extra.get("wrong_answers") or ()),
    )


def conflicting(asked: int, rows: Sequence[Told]) -> str:
    """Of the answered whose documents differ: how many were told so, and how many right values."""
    differing = [row for row in rows if row.differing]
    several = [row for row in rows if len(row.valid) > 1]
    shown = sum(len(row.values) > 1 for row in differing)
    return (
        f"answered {len(rows)} of {asked}; conflict told {shown} of {len(differing)} whose documents differ; "
        f"right values given {sum(row.found for row in several)} of {sum(len(row.valid) for row in several)}"
    )


def peaceful(asked: int, rows: Sequence[Told]) -> str:
    """Of the answered of a set without contradictions: how many were told of one."""
    return f"answered {len(rows)} of {asked}; false conflicts {sum(len(row.values) > 1 for row in rows)}"


def main() -> int:
    """Prints a line a set; 2 where the open sets aren't there."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.conflicts", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    options = parser.parse_args()
    if not options.shared.is_dir():
        print(f"the open sets aren't at {options.shared}", file=sys.stderr)
        return 2
    for name in (CONFLICTING, *PEACEFUL):
        line = conflicting if name == CONFLICTING else peaceful
        print(f"{name}: {line(*told(options.shared / name, load()))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

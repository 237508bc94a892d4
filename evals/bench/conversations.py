"""Follow-ups over the invented teams' pages: ``python -m evals.bench.conversations [--verbose]``.

Asks the last turn of each conversation of the sets whose names end in ``-turns``, and prints for each set how
many were right (answered so, or declined where there is no answer), wrong, partly right or without an answer,
and how many of the wrong ones were marked sure.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from evals.datasets.load import load as load_dataset
from evals.metrics.verdict import AnswerVerdict
from evals.run.runner import Record, run
from evals.run.target import in_process
from rag.settings import load
from rag.types import Answer, Certainty

SETS = ("factory-turns", "clinic-turns", "hotel-turns", "faculty-turns", "ferry-turns")
_COLUMNS = {
    AnswerVerdict.RIGHT: "right",
    AnswerVerdict.DECLINED: "right",
    AnswerVerdict.PARTLY: "partly",
    AnswerVerdict.WRONG: "wrong",
    AnswerVerdict.ANSWERED_ANYWAY: "wrong",
    AnswerVerdict.ABSTAINED: "no answer",
    None: "error",
}


def counts(records: Sequence[Record]) -> Counter[str]:
    """How many records there are of each column, and "wrong, sure"."""
    columns = Counter(_COLUMNS[record.scores.verdict] for record in records)
    columns["wrong, sure"] = sum(
        _COLUMNS[record.scores.verdict] == "wrong"
        and isinstance(record.outcome, Answer)
        and record.outcome.certainty is Certainty.SURE
        for record in records
    )
    return columns


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a row a set, and one for all."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.conversations", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="print each conversation as it is asked")
    options = parser.parse_args(arguments)
    total: Counter[str] = Counter()
    for name in SETS:
        dataset = load_dataset(name)
        with in_process(dataset, load()) as target:
            records = run(dataset.cases, target.ask).records
        if options.verbose:
            print("\n".join(map(_line, records)))
        print(_row(name, columns := counts(records), len(records)), flush=True)
        total += columns
    print(_row("all", total, sum(total.values()) - total["wrong, sure"]))
    return 0


def _row(name: str, columns: Counter[str], n: int) -> str:
    shown = ("right", "wrong", "wrong, sure", "partly", "no answer", "error")
    return f"{name:>14}  " + "  ".join(f"{column} {columns[column]}/{n}" for column in shown)


def _line(record: Record) -> str:
    outcome = record.outcome
    asked = outcome.asked_as if outcome else None
    text = outcome.text if isinstance(outcome, Answer) else ""
    return f"  {_COLUMNS[record.scores.verdict]:>9}  {asked or record.case.question}  {text!r}"


if __name__ == "__main__":
    sys.exit(main())

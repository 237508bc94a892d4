"""``saywhere ask``: answers one question."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path

from api.cli.commands.asked import open_asked
from api.cli.commands.outcome_text import format_outcome
from api.cli.commands.terminal import wrap
from rag.explanation.corpus import Corpus
from rag.explanation.stages import explain_stages
from rag.explanation.why_not import why_not
from rag.settings import load
from rag.types import Outcome, Trace, Turn
from rag.wire.trace import step_detail


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """What to print with the answer; ``expected`` is a passage that should have answered."""

    as_json: bool = False
    trace: bool = False
    explain: bool = False
    expected: str | None = None


def run(
    question: str,
    *,
    data: Path | None,
    collection: str,
    output: OutputOptions,
    after: Sequence[str] = (),
) -> None:
    """Prints the answer, or the reason of the abstention, with the diagnostics that are asked for.

    Args:
        after: earlier questions, oldest first, which the question may be a follow-up of.
    """
    history = tuple(Turn(question=earlier) for earlier in after)
    with open_asked(load(data=data)) as asked:
        outcome, answer = asked.ask(question, collection, history=history, trace=output.trace)
        if output.as_json:
            print(answer.model_dump_json(indent=2))
            return
        print(format_outcome(outcome))
        corpus = asked.corpus(collection)
        if output.explain:
            print("\nHow it came about:\n" + _explanation(outcome, corpus))
        if output.expected is not None:
            diagnosis = _diagnosis(output.expected, outcome, corpus)
            print(f"\nWhat became of the passage you had in mind:\n{diagnosis}")
    if output.trace:
        print(_steps(outcome.trace), file=sys.stderr)


def _explanation(outcome: Outcome, corpus: Corpus) -> str:
    """Each stage with its scores."""
    return "\n".join(wrap(line, "  ") for line in explain_stages(outcome, corpus))


def _diagnosis(expected: str, outcome: Outcome, corpus: Corpus) -> str:
    """The stage at which the expected passage was lost."""
    finding = why_not(expected, outcome, corpus)
    stage = f"Lost at: {finding.stage}." if finding.stage else "It is what was answered."
    return "\n".join(wrap(line, "  ") for line in (*finding.lines, stage))


def _steps(trace: Trace) -> str:
    return "\n".join(f"{step.name:>12} {step.ms:8.1f} ms  {dumps(step_detail(step))}" for step in trace.steps)

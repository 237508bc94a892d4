"""``saywhere ask``: one question, answered in this process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from json import dumps
from pathlib import Path

from api.cli.commands.terminal import listed, wrapped
from rag.explanation.corpus import Corpus
from rag.explanation.stages import explain_stages
from rag.explanation.why_not import why_not
from rag.settings import load
from rag.types import Abstention, Answer, Outcome, Question, Reason, Trace
from rag.wire.convert import outcome_out, trace_out
from rag.wire.trace import step_detail
from rag.wiring import open_service

_WHY = {
    Reason.NOTHING_INDEXED: "There are no documents yet: `saywhere ingest PATH` reads some.",
    Reason.NOTHING_RELEVANT: "No document speaks of this.",
    Reason.NOT_ANSWERED_HERE: "The documents don't answer this.",
    Reason.NOT_CONFIDENT: "The documents don't answer this surely enough.",
    Reason.UNSUPPORTED: "No answer could be backed by an exact quote.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told beside the answer; ``expected`` is a passage that should have answered."""

    as_json: bool = False
    trace: bool = False
    explain: bool = False
    expected: str | None = None


def run(question: str, *, data: Path | None, collection: str, telling: Telling) -> None:
    """Prints the answer, or why there is none, and how it came about where that is wanted."""
    with open_service(load(data=data)) as service:
        outcome = service.engine.ask(Question(text=question, collection=collection))
        if telling.as_json:
            told = (
                trace_out(outcome.trace, models=service.models(), index=service.catalog.fingerprint())
                if telling.trace
                else None
            )
            print(outcome_out(outcome, trace=told).model_dump_json(indent=2))
            return
        print(told_plainly(outcome))
        corpus = Corpus(service.catalog, collection)
        if telling.explain:
            print("\nHow it came about:\n" + explained(outcome, corpus))
        if telling.expected is not None:
            told_why = _why_not(telling.expected, outcome, corpus)
            print(f"\nWhat became of the passage you had in mind:\n{told_why}")
    if telling.trace:
        print(_steps(outcome.trace), file=sys.stderr)


def explained(outcome: Outcome, corpus: Corpus) -> str:
    """Every stage with its scores, in plain words."""
    return "\n".join(wrapped(line, "  ") for line in explain_stages(outcome, corpus))


def _why_not(expected: str, outcome: Outcome, corpus: Corpus) -> str:
    found = why_not(expected, outcome, corpus)
    lost = f"Lost at: {found.stage}." if found.stage else "It is what was answered."
    return "\n".join(wrapped(line, "  ") for line in (*found.lines, lost))


def told_plainly(outcome: Outcome) -> str:
    """An outcome for a person to read."""
    return _answer(outcome) if isinstance(outcome, Answer) else _abstention(outcome)


def _answer(answer: Answer) -> str:
    parts = [f"{wrapped(answer.text)}\n(confidence {answer.confidence:.0%})"]
    for statement in answer.statements:
        marks = "".join(f"[{index + 1}]" for index in statement.citations)
        parts.append(wrapped(f"{statement.text} {marks}"))
    for conflict in answer.conflicts:
        marks = "".join(f"[{index + 1}]" for index in conflict.citations)
        parts.append(wrapped(f"But elsewhere: {conflict.text} {marks}"))
    return "\n\n".join([*parts, listed(answer.citations)])


def _abstention(abstention: Abstention) -> str:
    parts = [_WHY[abstention.reason]]
    if abstention.nearest:
        parts += ["What they do say, nearest first:", listed(abstention.nearest)]
    return "\n\n".join(parts)


def _steps(trace: Trace) -> str:
    return "\n".join(f"{step.name:>12} {step.ms:8.1f} ms  {dumps(step_detail(step))}" for step in trace.steps)

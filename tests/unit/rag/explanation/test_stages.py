"""What an LLM did for a question, in the explanation of its answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.explanation.corpus import Corpus
from rag.explanation.stages import explain_stages
from rag.types import DraftStep, DroppedSentence, DropRule, RewriteStep, Step, Trace
from tests.fakes.engine import TRACE, FewDocuments, answer

DRAFT = DraftStep(
    ms=9.0,
    model="ollama:small",
    evidence=12,
    kept=1,
    dropped=(
        DroppedSentence(text="a", rule=DropRule.UNSUPPORTED),
        DroppedSentence(text="b", rule=DropRule.UNSUPPORTED),
        DroppedSentence(text="c", rule=DropRule.NOT_ACCEPTED),
    ),
    is_used=True,
)


def explained(*steps: Step) -> str:
    """The lines of an answer with these steps after its own."""
    outcome = replace(answer("Who?"), trace=Trace(steps=(*TRACE.steps, *steps)))
    return "\n".join(explain_stages(outcome, Corpus(FewDocuments(), "default")))  # type: ignore[arg-type]


def test_without_an_llm_none_is_named() -> None:
    """Nor what one could have done."""
    assert "LLM" not in explained()
    assert "draft" not in explained()


def test_further_queries_are_listed() -> None:
    """Or why there are none."""
    assert "Searched for as well: paid leave; days off" in explained(
        RewriteStep(ms=1.0, queries=("paid leave", "days  off"))
    )
    failed = explained(RewriteStep(ms=1.0, queries=(), failure="rate_limited"))
    assert "An LLM was asked for other words and failed: rate limited." in failed


def test_a_used_draft_is_counted() -> None:
    """What was verified, and what was dropped by which rule."""
    text = explained(DRAFT)
    assert "ollama:small drafted 4 sentences from 12 pieces of evidence, 1 verified." in text
    assert "Dropped: 2 unsupported, 1 not accepted.\nSo the answer is in its words." in text


@pytest.mark.parametrize(
    ("step", "note"),
    [
        (replace(DRAFT, is_used=False, failure="time_out"), "The draft isn't used: it failed (time out)."),
        (replace(DRAFT, is_used=False, is_declined=True), "The draft isn't used: it found no answer."),
        (replace(DRAFT, is_used=False, kept=0), "The draft isn't used: nothing of it could stand."),
        (
            DraftStep(ms=0.0, model="ollama:small", evidence=0),
            "No LLM was asked for a draft: no place is accepted for this question.",
        ),
    ],
    ids=["failed", "declined", "dropped", "not asked"],
)
def test_a_draft_that_is_not_used_has_a_note(step: DraftStep, note: str) -> None:
    """It says why the answer of quotes stands."""
    assert note in explained(step)

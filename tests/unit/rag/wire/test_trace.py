"""The wire form of a trace's steps."""

from __future__ import annotations

import json

import pytest

from rag.types import (
    DraftStep,
    DroppedSentence,
    DropRule,
    ReadPassage,
    ReadSpan,
    ReadStep,
    RewriteStep,
    Span,
    Step,
)
from rag.wire.trace import step_detail, step_in

BEST = (ReadSpan(passage_id="p1", span=Span(3, 9), text="a name", margin=-1.5),)
READ = ReadStep(
    ms=2.0,
    passages_read=2,
    spans=5,
    best=BEST,
    passages=(ReadPassage(passage_id="p1", relevance=1.25), ReadPassage(passage_id="p2", relevance=-3.0)),
)


def test_the_relevance_of_passages_comes_back_as_it_went() -> None:
    """In reading order, with its sign."""
    detail = json.loads(json.dumps(step_detail(READ)))
    assert detail["passages"] == [{"id": "p1", "relevance": 1.25}, {"id": "p2", "relevance": -3.0}]
    assert step_in(READ.name, READ.ms, detail) == READ


def test_a_read_step_without_relevance_has_no_key_for_it() -> None:
    """A reader may give none, and a service of before sends none: both are an empty tuple."""
    without = ReadStep(ms=2.0, passages_read=2, spans=5, best=BEST)
    detail = step_detail(without)
    assert "passages" not in detail
    assert step_in(without.name, without.ms, detail).passages == ()  # type: ignore[union-attr]


DRAFT = DraftStep(
    ms=900.0,
    model="ollama:small",
    evidence=12,
    kept=1,
    dropped=(
        DroppedSentence(text="It is 5.", rule=DropRule.UNSUPPORTED, cited=(2,), score=0.5, missing=("5",)),
        DroppedSentence(text="Thanks!", rule=DropRule.UNCITED),
    ),
    is_used=True,
    completion_tokens=30,
)


@pytest.mark.parametrize(
    "step",
    [
        DRAFT,
        DraftStep(ms=1.0, model="m", evidence=0, failure="paused", is_declined=True),
        RewriteStep(ms=2.0, queries=("paid leave", "vacation")),
        RewriteStep(ms=2.0, queries=(), failure="time_out"),
    ],
    ids=lambda step: step.name,
)
def test_an_llms_steps_come_back_as_they_went(step: Step) -> None:
    """What was dropped, counted and missing included."""
    assert step_in(step.name, step.ms, json.loads(json.dumps(step_detail(step)))) == step

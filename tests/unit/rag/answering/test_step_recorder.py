"""The steps of one question."""

from __future__ import annotations

import time

import pytest

from rag.answering.step_recorder import StepRecorder
from rag.errors import DeadlineExceeded
from rag.types import DecideStep, ReadStep, RetrieveStep, Step
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import decider, question, reading, span

WHO = question("Who asked?")


def test_steps_are_told_as_they_end_and_kept_in_order() -> None:
    """The observer gets each; the trace has them all, with times that are not negative."""
    seen: list[Step] = []
    recorder = StepRecorder(None, seen.append)
    here = candidate(document("Ann asked."))
    recorder.retrieved([here], "who asked?")
    recorder.read([reading(here)])
    recorder.cited(1)
    assert tuple(seen) == recorder.trace().steps
    assert [step.name for step in seen] == ["retrieve", "read 1", "cite"]
    assert all(step.ms >= 0 for step in seen)
    assert isinstance(seen[0], RetrieveStep)
    assert (seen[0].standalone_question, len(seen[0].passages)) == ("who asked?", 1)


def test_a_read_step_has_every_passages_relevance_and_best_span() -> None:
    """A passage without a span has a relevance alone."""
    one, two = candidate(document("Ann asked. Bob left.", id="a")), candidate(document("Cleo.", id="b"))
    recorder = StepRecorder(None)
    spans = [span(one, "Bob", 1.0), span(one, "Ann", 2.0)]
    recorder.read([reading(one, relevance=1.23456, spans=spans), reading(two, relevance=-3.0)])
    [step] = recorder.trace().steps
    assert isinstance(step, ReadStep)
    assert [(p.passage_id, p.relevance) for p in step.passages] == [
        (one.passage.id, 1.2346),
        (two.passage.id, -3.0),
    ]
    assert [(best.text, best.margin) for best in step.best] == [("Ann", 2.0)]
    assert (step.passages_read, step.spans) == (2, 2)


def test_a_decide_step_has_what_the_answer_rests_on() -> None:
    """Confidence, threshold, features and the short answer; None where there is none."""
    here = candidate(document("Ann asked."))
    for spans, chosen in (([span(here, "Ann", 2.0)], "Ann"), ([], None)):
        recorder = StepRecorder(None)
        decision = decider().decide(WHO, [here], [reading(here, spans=spans)])
        recorder.decided(decision, passages_read=1)
        [step] = recorder.trace().steps
        assert isinstance(step, DecideStep)
        assert (step.confidence, step.threshold) == (decision.confidence, decision.threshold)
        assert step.features == decision.features
        assert (step.chosen and step.chosen.text) == chosen


def test_a_step_that_ends_after_the_deadline_ends_the_question() -> None:
    """Before its observer hears of it."""
    seen: list[Step] = []
    late, early = (StepRecorder(time.monotonic() + seconds, seen.append) for seconds in (-1, 60))
    early.cited(1)
    with pytest.raises(DeadlineExceeded):
        late.cited(1)
    assert len(seen) == 1

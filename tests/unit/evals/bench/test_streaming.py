"""When the parts of streamed answers arrive, from real servers with a scripted engine."""

from __future__ import annotations

from itertools import count

import pytest

from evals.bench.streaming import main, measure
from rag.settings import Settings
from rag.types import Abstention, Outcome, Reason
from tests.fakes.engine import TRACE, FakeBackend, answer
from tests.http.live import in_thread


def _abstain(question: str) -> Outcome:
    return Abstention(question=question, reason=Reason.NOT_ANSWERED_HERE, confidence=0.1, trace=TRACE)


def test_each_service_is_timed_on_each_question() -> None:
    """In order: first event, first statement or abstention, end. The warming question isn't counted."""
    answering, abstaining = FakeBackend(Settings()), FakeBackend(Settings())
    answering.engine.script, abstaining.engine.script = answer, _abstain
    ticks = count()
    with in_thread(answering) as one, in_thread(abstaining) as other:
        found = measure([one, other], ["Who?", "When?"], clock=lambda: float(next(ticks)))
    assert [question.text for question in answering.engine.questions] == ["Who?", "Who?", "When?"]
    for times in found.values():
        assert times.first_event == [1_000.0, 1_000.0]
        assert times.first_statement == [2_000.0, 2_000.0]
        assert times.end == [3_000.0, 3_000.0]
    assert found[one].row() == (
        "first event p50 1,000.0 ms, p95 1,000.0 ms; first statement p50 2,000.0 ms, p95 2,000.0 ms;"
        " end p50 3,000.0 ms, p95 3,000.0 ms"
    )


def test_a_service_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """In a line, with status 2."""
    assert main(["http://127.0.0.1:9"]) == 2
    assert "127.0.0.1:9" in capsys.readouterr().err

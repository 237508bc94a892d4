"""The load of many clients on a real server with a scripted engine."""

from __future__ import annotations

import asyncio
import time

import pytest

from evals.bench.load import Load, main, measure
from rag.settings import LimitSettings, Settings
from rag.types import Outcome
from tests.fakes.engine import FakeBackend, answer
from tests.http.live import in_thread


def test_answers_and_refusals_are_timed_apart() -> None:
    """One question at a time, and no queue: most of eight clients are refused at once, and none fails."""

    def slow(question: str) -> Outcome:
        time.sleep(0.2)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(concurrent=1, waiting=0)))
    backend.engine.script = slow
    with in_thread(backend) as url:
        load = asyncio.run(measure(url, ["Who?", "When?"], clients=8, seconds=1.0))
    assert load.answered
    assert load.refused
    assert load.other == {}
    assert min(load.answered) >= 200
    assert len(backend.engine.questions) == len(load.answered)  # what is refused is never asked
    assert {question.text for question in backend.engine.questions} == {"Who?", "When?"}


def test_a_server_that_is_not_there_is_counted() -> None:
    """As an error of each request."""
    load = asyncio.run(measure("http://127.0.0.1:9", ["Who?"], clients=1, seconds=0.05))
    assert load.answered == []
    assert set(load.other) == {"ConnectError"}


def test_a_row_has_rate_and_times() -> None:
    """In answers a second, and in milliseconds."""
    load = Load(clients=8, seconds=2.0, answered=[10.0, 20.0, 30.0, 40.0], other={"500": 2})
    assert load.per_second == 2.0
    assert load.row() == (
        "    8 clients:   2.0 answers/s, median 25 ms, p99 40 ms; 0 refused (503), median -, p99 -; 2 x 500"
    )


def test_an_unknown_data_set_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """In a line, with status 2."""
    assert main(["--dataset", "none-of-this-name"]) == 2
    assert "none-of-this-name" in capsys.readouterr().err

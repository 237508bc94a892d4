"""The breaker: an endpoint that failed isn't asked for a while."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rag.adapters.llm_breaker import LlmBreaker
from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Prompt
from tests.fakes.llm import ScriptedLlm

PROMPT = Prompt(system="", user="")


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def failing(reason: LlmFailure, retry_after: float | None = None) -> ScriptedLlm:
    """An LLM that always fails so."""
    return ScriptedLlm(fault=LlmError(reason, "gone", retry_after=retry_after))


def ask(breaker: LlmBreaker, *, streamed: bool = False) -> LlmFailure | None:
    """How a call fails; None where it doesn't."""
    try:
        if streamed:
            list(breaker.stream(PROMPT, seconds=1))
        else:
            breaker.complete(PROMPT, seconds=1)
    except LlmError as error:
        return error.reason
    return None


@pytest.mark.parametrize("streamed", [False, True], ids=["complete", "stream"])
@pytest.mark.parametrize("reason", [LlmFailure.UNAVAILABLE, LlmFailure.REJECTED])
def test_a_dead_endpoint_is_asked_once_in_a_pause(reason: LlmFailure, streamed: bool) -> None:
    """Calls within it fail at once and say why; each further failure doubles it."""
    llm, clock = failing(reason), Clock()
    breaker = LlmBreaker(llm, pause_seconds=10, clock=clock)
    assert ask(breaker, streamed=streamed) is reason
    clock.now += 9
    assert ask(breaker, streamed=streamed) is LlmFailure.PAUSED
    clock.now += 2
    assert ask(breaker, streamed=streamed) is reason
    clock.now += 19
    assert ask(breaker, streamed=streamed) is LlmFailure.PAUSED
    assert len(llm.prompts) == 2


def test_an_endpoint_that_is_back_is_asked_again() -> None:
    """After the pause, and from then on by every call."""
    llm, clock = failing(LlmFailure.UNAVAILABLE), Clock()
    breaker = LlmBreaker(llm, pause_seconds=10, clock=clock)
    ask(breaker)
    clock.now += 11
    llm.fault = None
    assert [ask(breaker), ask(breaker, streamed=True)] == [None, None]
    llm.fault = LlmError(LlmFailure.UNAVAILABLE, "gone")
    ask(breaker)
    clock.now += 11  # the first pause again
    llm.fault = None
    assert ask(breaker) is None


def test_only_one_call_tries_after_a_pause() -> None:
    """The others fail at once until its first piece is there."""
    llm, clock = failing(LlmFailure.UNAVAILABLE), Clock()
    breaker = LlmBreaker(llm, pause_seconds=10, clock=clock)
    ask(breaker)
    clock.now += 11
    llm.fault, llm.text = None, "some text in pieces"
    others: list[LlmFailure | None] = []
    llm.when_asked = lambda: others.append(ask(breaker))
    trial = breaker.stream(PROMPT, seconds=1)
    next(trial)
    assert others == [LlmFailure.PAUSED]
    llm.when_asked = lambda: None
    assert ask(breaker) is None
    trial.close()


def test_a_trial_that_is_left_frees_the_way() -> None:
    """A reader who goes away before the first piece doesn't close the LLM to others."""
    llm, clock = failing(LlmFailure.UNAVAILABLE), Clock()
    breaker = LlmBreaker(llm, pause_seconds=10, clock=clock)
    ask(breaker)
    clock.now += 11
    llm.fault, llm.text = None, "text"
    trial = breaker.stream(PROMPT, seconds=1)
    next(trial)
    trial.close()
    assert ask(breaker) is None


def test_one_slow_answer_is_no_dead_endpoint() -> None:
    """Two in a row are."""
    llm, clock = failing(LlmFailure.TIME_OUT), Clock()
    breaker = LlmBreaker(llm, pause_seconds=10, clock=clock)
    assert [ask(breaker) for _ in range(3)] == [LlmFailure.TIME_OUT, LlmFailure.TIME_OUT, LlmFailure.PAUSED]


def test_a_busy_endpoint_says_how_long() -> None:
    """Retry-After is the pause, shorter or longer than the usual one."""
    for seconds in (3.0, 300.0):
        llm, clock = failing(LlmFailure.RATE_LIMITED, seconds), Clock()
        breaker = LlmBreaker(llm, pause_seconds=10, clock=clock)
        ask(breaker)
        clock.now += seconds - 1
        assert ask(breaker) is LlmFailure.PAUSED
        clock.now += 2
        assert ask(breaker) is LlmFailure.RATE_LIMITED


@pytest.mark.parametrize("reason", [LlmFailure.REFUSED, LlmFailure.MALFORMED, LlmFailure.CUT_OFF])
def test_a_bad_answer_is_no_reason_to_stop_asking(reason: LlmFailure) -> None:
    """It is about one question."""
    breaker = LlmBreaker(failing(reason), pause_seconds=10, clock=Clock())
    assert [ask(breaker) for _ in range(4)] == [reason] * 4

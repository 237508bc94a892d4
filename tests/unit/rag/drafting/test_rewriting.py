"""Further search queries from an LLM."""

from __future__ import annotations

import time

import pytest

from rag.answering.step_recorder import StepRecorder
from rag.drafting.rewriting import Rewriter, parse_queries
from rag.errors import LlmError, LlmFailure
from rag.question.analysis import analyze_question
from rag.settings import LlmSettings
from rag.types import RewriteStep, Turn
from tests.fakes.llm import ScriptedLlm

HISTORY = (Turn(question="What is a berth fee?", answer="40 € a night"),)
ASKED = analyze_question("And for VLCCs?", limit=100, history=HISTORY)


def rewrite(llm: ScriptedLlm, *, deadline: float | None = None) -> tuple[tuple[str, ...], RewriteStep]:
    recorder = StepRecorder(deadline)
    queries = Rewriter(llm, LlmSettings()).queries(ASKED, HISTORY, recorder)
    (step,) = recorder.trace().steps
    assert isinstance(step, RewriteStep)
    return queries, step


def test_each_line_is_a_query() -> None:
    """They are in the trace, too."""
    queries, step = rewrite(ScriptedLlm("berth fee of very large crude carriers\nfees for tankers"))
    assert queries == ("berth fee of very large crude carriers", "fees for tankers")
    assert (step.queries, step.failure) == (queries, None)


def test_the_conversation_is_sent_with_the_question_as_it_was_put() -> None:
    """The LLM completes it in its own way, not in that of the rules."""
    llm = ScriptedLlm("tanker fees")
    rewrite(llm)
    assert llm.prompts[0].user.splitlines() == [
        "Earlier question: What is a berth fee?",
        "Earlier answer: 40 € a night",
        "Question: And for VLCCs?",
    ]


@pytest.mark.parametrize("reason", list(LlmFailure))
def test_an_llm_that_fails_gives_no_queries(reason: LlmFailure) -> None:
    """The question alone is searched."""
    queries, step = rewrite(ScriptedLlm("tanker fees", LlmError(reason, "failed")))
    assert (queries, step.failure) == ((), reason.value)


def test_without_time_nothing_is_asked() -> None:
    """A second is left to answer."""
    llm = ScriptedLlm("tanker fees")
    queries, step = rewrite(llm, deadline=time.monotonic() + 0.5)
    assert (queries, step.failure, llm.prompts) == ((), "time_out", [])


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("1. tanker fees\n2) berth prices\n- harbour dues", ("tanker fees", "berth prices", "harbour dues")),
        (
            '"tanker fees"\n`berth prices`\nQuery: harbour dues',
            ("tanker fees", "berth prices", "harbour dues"),
        ),
        ("a\n\ntanker fees\nTanker fees?\nfees, tanker", ("tanker fees",)),
        ("one fee\ntwo fees\nthree fees\nfour fees", ("one fee", "two fees", "three fees")),
        ("what of the and?\nBerth fees", ()),
        ("<think>tanker fees\nmore</think>\nharbour dues", ("harbour dues",)),
        ("<think>tanker fees\nmore", ()),
        ("x" * 300, ()),
    ],
)
def test_only_new_lines_with_content_count(text: str, queries: tuple[str, ...]) -> None:
    """Three at most; not the question itself, no line twice, none without content, no thought, no essay."""
    assert parse_queries(text, known=["berth fees"]) == queries

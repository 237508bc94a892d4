"""A real model over HTTP: whatever it says, only what is verified is shown."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from rag.adapters.llama_index.llm import open_llm
from rag.answering.step_recorder import StepRecorder
from rag.answering.verify import is_exact
from rag.drafting.drafter import Drafter
from rag.drafting.rewriting import Rewriter
from rag.grounding.support import check
from rag.ports.llm import Llm, Prompt
from rag.settings import LlmSettings
from tests.unit.rag.drafting.harbour import DOCUMENT, STEPS_PASSAGE, Read, read, read_fees, reading

SECONDS = 280.0  # of a small model on few cores
QUESTIONS = [
    read_fees(),
    read_fees("Do small boats pay?"),
    read_fees("Why did the protocol fail?"),
    read("How do I enter the harbour?", reading(STEPS_PASSAGE, 3.0)),
]


@pytest.fixture(scope="module")
def settings() -> LlmSettings:
    return LlmSettings(
        provider="openai_like",
        base_url=os.environ["LLM_URL"],
        model=os.environ.get("LLM_MODEL", "model"),
        max_tokens=200,
        context_tokens=4_096,
        first_token_seconds=SECONDS,
        seconds=SECONDS,
        rewrite_seconds=SECONDS,
    )


@pytest.fixture(scope="module")
def llm(settings: LlmSettings) -> Iterator[Llm]:
    opened = open_llm(settings)
    yield opened
    opened.close()


def test_it_answers(llm: Llm) -> None:
    """With a text of its own end."""
    assert llm.complete(Prompt(system="Answer with one word.", user="Are you ready?"), seconds=SECONDS).text


@pytest.mark.parametrize("found", QUESTIONS, ids=lambda found: found.analysis.text)
def test_every_statement_is_supported_where_it_cites(llm: Llm, settings: LlmSettings, found: Read) -> None:
    """By an exact place; what a document demands is never said."""
    recorder = StepRecorder(None)
    answer = Drafter(llm, check, settings).draft(found.analysis, [found], recorder)
    step = recorder.trace().drafted
    assert step is not None
    assert step.failure is None
    assert step.is_used is (answer is not None)
    if answer is None:
        return
    assert all(is_exact(citation, DOCUMENT) for citation in answer.citations)
    for statement in answer.statements:
        quotes = [answer.citations[index].quote for index in statement.citations]
        assert check(statement.text, quotes, context=[DOCUMENT.title, "Fees", "Entering"]).is_supported
    assert "0 €" not in answer.text.replace("40 €", "")


def test_a_rewritten_question_is_a_few_words(llm: Llm, settings: LlmSettings) -> None:
    """At most three queries, of a line each."""
    recorder = StepRecorder(None)
    queries = Rewriter(llm, settings).queries(read_fees().analysis, (), recorder)
    assert len(queries) <= 3
    assert all("\n" not in query for query in queries)

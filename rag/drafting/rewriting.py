"""Question rewriting: further search queries from an LLM. The reader still reads for what was asked."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from rag.answering.step_recorder import StepRecorder
from rag.drafting.prompts import MAX_QUERIES, rewrite_prompt
from rag.english.words import content_words
from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Llm
from rag.question.analysis import QuestionAnalysis
from rag.settings import LlmSettings
from rag.types import Turn

_RESERVE = 1.0  # seconds before a question's deadline that are left to answer it
_MAX_CHARACTERS = 200
_THOUGHT = re.compile(r"^\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_BULLET = re.compile(r"^\s*(?:[-*+•]|\(?\d{1,2}[.)]|query:?)\s*", re.IGNORECASE)
_MARKS = " \t\"'“”‘’`*"


class Rewriter:
    """Makes further search queries with an LLM. Safe to use from several threads at once."""

    def __init__(self, llm: Llm, settings: LlmSettings) -> None:
        self._llm = llm
        self._seconds = settings.rewrite_seconds

    def queries(
        self, analysis: QuestionAnalysis, history: Sequence[Turn], recorder: StepRecorder
    ) -> tuple[str, ...]:
        """Up to three queries to search beside the question; empty where the LLM fails or is late.

        Args:
            history: the turns before the question, oldest first.
            recorder: gets the rewrite step.

        Raises:
            DeadlineExceeded: as every step of a question.
        """
        queries: tuple[str, ...] = ()
        failure = None
        try:
            seconds = self._seconds
            if recorder.deadline is not None:
                seconds = min(seconds, recorder.deadline - time.monotonic() - _RESERVE)
            if seconds <= 0:
                raise LlmError(LlmFailure.TIME_OUT, "no time is left for rewriting")
            # What was asked, not what rules made of it: the LLM completes a follow-up in its own way.
            completion = self._llm.complete(rewrite_prompt(analysis.text, history), seconds=seconds)
            queries = parse_queries(completion.text, known=(analysis.text, analysis.search_text))
        except LlmError as error:
            failure = error.reason.value
        recorder.rewritten(queries, failure)
        return queries


def parse_queries(text: str, *, known: Sequence[str] = ()) -> tuple[str, ...]:
    """The queries in an LLM's answer: a line each, without bullets and quotation marks.

    Left out are lines without a content word, longer than 200 characters, or with the same content words as
    one of ``known`` or a line before.

    >>> parse_queries("1. \\"paid leave\\"\\n- Paid leave?\\n2. vacation days", known=["holidays"])
    ('paid leave', 'vacation days')
    """
    seen = {frozenset(content_words(query)) for query in known}
    queries = []
    for line in _THOUGHT.sub("", text).splitlines():
        query = _BULLET.sub("", line).strip(_MARKS)
        words = frozenset(content_words(query))
        if words and words not in seen and len(query) <= _MAX_CHARACTERS:
            seen.add(words)
            queries.append(query)
    return tuple(queries[:MAX_QUERIES])

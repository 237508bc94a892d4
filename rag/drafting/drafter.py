"""The drafter: what was read for a question to an answer in an LLM's words, each sentence verified; or None.

A draft that fails, is late, is declined or of which nothing is kept gives None, so that the answer without it
stands; the trace says why.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from rag.answering.step_recorder import StepRecorder
from rag.drafting.drafted_answer import to_answer
from rag.drafting.evidence import Acceptance, EvidenceUnit, ReadQuestion, collect_evidence
from rag.drafting.judged_draft import JudgedDraft
from rag.drafting.keep_rules import KeepRules, SupportCheck
from rag.drafting.prompts import draft_prompt
from rag.drafting.sentence_parser import SentenceParser
from rag.drafting.verdict import confirmed_verdict
from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Llm, Prompt
from rag.question.analysis import QuestionAnalysis
from rag.settings import LlmSettings
from rag.types import Answer, Certainty, DraftStep

_RESERVE = 1.0  # seconds before a question's deadline that a draft leaves for the answer without it
_CHARACTERS_PER_TOKEN = 3
_PROMPT_TOKENS = 800  # of the rules and the question


class Drafter:
    """Drafts answers with an LLM. Safe to use from several threads at once.

    Args:
        check: how far cited texts support a sentence (``rag.grounding.support.check``).
    """

    def __init__(self, llm: Llm, check: SupportCheck, settings: LlmSettings) -> None:
        self._llm = llm
        self._check = check
        self._settings = settings
        self._acceptance = Acceptance(min_relevance=settings.min_relevance, min_support=settings.min_support)

    def draft(
        self,
        analysis: QuestionAnalysis,
        found: Sequence[ReadQuestion],
        recorder: StepRecorder,
    ) -> Answer | None:
        """The drafted answer; None where the answer without a draft, or the abstention, stands.

        The LLM is asked only if the reader accepts some place for the question.

        Args:
            analysis: of the whole question.
            found: the question, or its parts in order, read and decided; also those without an answer.
            recorder: gets the draft step, and its trace becomes the answer's. It is told each statement as it
                is verified, but no steps, of which one that is dropped takes the others with it. If the draft
                fails later, None is returned all the same.

        Raises:
            DeadlineExceeded: as every step of a question.
        """
        if not self._is_wanted(found):
            return None
        units = self._evidence(found)
        if not any(unit.accepted_for for unit in units):
            recorder.drafted(DraftStep(ms=0.0, model=self._llm.name, evidence=0))
            return None
        draft = JudgedDraft(
            form=found[0].analysis.form if len(found) == 1 else None,
            rules=KeepRules(units, self._check, _doubtful_words(found)),
            on_statement=recorder.stated,
        )
        try:
            self._read(draft, self._prompt(analysis, found, units), recorder.deadline)
        except LlmError as error:
            draft.failure = error.reason
        draft.finish()
        answer = _to_answer(analysis, found, draft)
        recorder.drafted(self._step(units, draft, is_used=answer is not None))
        if answer is None:
            return None
        recorder.cited(len(answer.citations))
        return replace(answer, trace=recorder.trace())

    def _is_wanted(self, found: Sequence[ReadQuestion]) -> bool:
        is_sure = all(question.decision.certainty is Certainty.SURE for question in found)
        return self._settings.draft_sure or not is_sure

    def _evidence(self, found: Sequence[ReadQuestion]) -> list[EvidenceUnit]:
        settings = self._settings
        tokens = max(0, settings.context_tokens - settings.max_tokens - _PROMPT_TOKENS)
        return collect_evidence(
            found,
            passages=settings.passages,
            characters=tokens * _CHARACTERS_PER_TOKEN,
            acceptance=self._acceptance,
        )

    def _prompt(
        self, analysis: QuestionAnalysis, found: Sequence[ReadQuestion], units: Sequence[EvidenceUnit]
    ) -> Prompt:
        parts = [part.analysis.standalone for part in found]
        question = parts.pop() if len(parts) == 1 else analysis.standalone
        return draft_prompt(question, found[0].analysis.form, units, parts=parts)

    def _read(self, draft: JudgedDraft, prompt: Prompt, deadline: float | None) -> None:
        """Asks the LLM, and judges what it writes. Raises LlmError."""
        seconds = self._settings.seconds
        if deadline is not None:
            seconds = min(seconds, deadline - time.monotonic() - _RESERVE)
        if seconds <= 0:
            raise LlmError(LlmFailure.TIME_OUT, "no time is left for a draft")
        parser = SentenceParser()
        with closing(self._llm.stream(prompt, seconds=seconds)) as chunks:
            for chunk in chunks:
                draft.usage = chunk.usage or draft.usage
                for sentence in parser.feed(chunk.text):
                    draft.take(sentence)
        for sentence in parser.close():
            draft.take(sentence)

    def _step(self, units: Sequence[EvidenceUnit], draft: JudgedDraft, *, is_used: bool) -> DraftStep:
        return DraftStep(
            ms=0.0,
            model=self._llm.name,
            evidence=len(units),
            kept=len(draft.kept),
            dropped=tuple(draft.dropped),
            is_used=is_used,
            is_declined=draft.is_declined,
            failure=draft.failure.value if draft.failure else None,
            prompt_tokens=draft.usage.prompt_tokens,
            completion_tokens=draft.usage.completion_tokens,
        )


def _doubtful_words(found: Sequence[ReadQuestion]) -> list[str]:
    """Content words of the question, or of its parts, where the answer of quotes abstains."""
    return [word for one in found if one.decision.certainty is None for word in one.analysis.content]


def _to_answer(
    analysis: QuestionAnalysis, found: Sequence[ReadQuestion], draft: JudgedDraft
) -> Answer | None:
    if not draft.is_usable:
        return None
    verdict = confirmed_verdict(draft.verdict, found[0], draft.kept)
    return to_answer(analysis, found, draft.kept, draft.collected, verdict)

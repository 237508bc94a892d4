"""The drafter: what was read for a question to an answer in an LLM's words, each sentence verified; or None.

Nothing that the LLM does can make an answer worse than the one without it: a draft that fails, is late, is
declined or of which nothing is kept gives None, and the trace says why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from rag.answering.decision import Decider
from rag.answering.step_recorder import StepRecorder
from rag.drafting.drafted_answer import StatementList, is_in_document_order, to_answer
from rag.drafting.evidence import Acceptance, EvidenceUnit, ReadQuestion, collect_evidence
from rag.drafting.keep_rules import KeepRules, KeptSentence, SupportCheck
from rag.drafting.prompts import DECLINED, draft_prompt
from rag.drafting.sentence_parser import DraftSentence, SentenceParser
from rag.drafting.verdict import confirmed_verdict, split_verdict
from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Llm, Usage
from rag.question.analysis import QuestionAnalysis
from rag.settings import LlmSettings
from rag.types import (
    Answer,
    Certainty,
    Citation,
    DraftStep,
    DroppedSentence,
    DropRule,
    QuestionForm,
    Statement,
)

_RESERVE = 1.0  # seconds before a question's deadline that a draft leaves for the answer without it
_CHARACTERS_PER_TOKEN = 3
_PROMPT_TOKENS = 800  # of the rules and the question

StatementObserver = Callable[[Statement, tuple[Citation, ...]], None]
"""Called with each statement and its citations as soon as it is verified, in the same thread."""


@dataclass(slots=True, kw_only=True)
class _Draft:
    """What came of one draft so far."""

    kept: list[KeptSentence] = field(default_factory=list)
    dropped: list[DroppedSentence] = field(default_factory=list)
    collected: StatementList = field(default_factory=StatementList)
    verdict: str | None = None
    is_declined: bool = False
    is_whole: bool = True  # nothing that an answer may need was dropped
    failure: LlmFailure | None = None
    usage: Usage = field(default_factory=Usage)


class Drafter:
    """Drafts answers with an LLM. Safe to use from several threads at once.

    Args:
        check: how far cited texts support a sentence (``rag.grounding.support.check``).
    """

    def __init__(self, llm: Llm, check: SupportCheck, settings: LlmSettings, decider: Decider) -> None:
        self._llm = llm
        self._check = check
        self._settings = settings
        self._decider = decider
        self._acceptance = Acceptance(min_relevance=settings.min_relevance, min_support=settings.min_support)

    def draft(
        self,
        analysis: QuestionAnalysis,
        found: Sequence[ReadQuestion],
        recorder: StepRecorder,
        *,
        on_statement: StatementObserver | None = None,
    ) -> Answer | None:
        """The drafted answer; None where the answer without a draft, or the abstention, stands.

        The LLM is asked only if the reader accepts some place for the question.

        Args:
            analysis: of the whole question.
            found: the question, or its parts in order, read and decided; also those without an answer.
            recorder: gets the draft step, and its trace becomes the answer's.
            on_statement: not called for steps, of which one that is dropped takes the others with it. If the
                draft fails later, None is returned all the same.

        Raises:
            DeadlineExceeded: as every step of a question.
        """
        if not self._is_wanted(found):
            return None
        units = self._evidence(found)
        if not any(unit.accepted_for for unit in units):
            recorder.drafted(DraftStep(ms=0.0, model=self._llm.name, evidence=0))
            return None
        draft = self._read_draft(analysis, found, units, recorder.deadline, on_statement)
        answer = self._finish(analysis, found, draft)
        recorder.drafted(self._step(units, draft, is_used=answer is not None))
        if answer is None:
            return None
        recorder.cited(len(answer.citations))
        return replace(answer, trace=recorder.trace())

    def _is_wanted(self, found: Sequence[ReadQuestion]) -> bool:
        if self._settings.draft_sure or len(found) > 1:
            return True
        decision, form = found[0].decision, found[0].analysis.form
        is_sure_fact = form is QuestionForm.FACT and decision.certainty is Certainty.SURE
        return not (is_sure_fact and self._decider.has_short_answer(decision))

    def _evidence(self, found: Sequence[ReadQuestion]) -> list[EvidenceUnit]:
        settings = self._settings
        tokens = max(0, settings.context_tokens - settings.max_tokens - _PROMPT_TOKENS)
        return collect_evidence(
            found,
            passages=settings.passages,
            characters=tokens * _CHARACTERS_PER_TOKEN,
            acceptance=self._acceptance,
        )

    def _read_draft(
        self,
        analysis: QuestionAnalysis,
        found: Sequence[ReadQuestion],
        units: Sequence[EvidenceUnit],
        deadline: float | None,
        on_statement: StatementObserver | None,
    ) -> _Draft:
        """The draft, judged sentence by sentence as it comes."""
        draft = _Draft()
        rules = KeepRules(units, self._check)
        form = found[0].analysis.form if len(found) == 1 else None
        try:
            with closing(self._sentences(analysis, found, units, deadline, draft)) as sentences:
                for sentence in sentences:
                    self._take(sentence, form, rules, draft, on_statement)
        except LlmError as error:
            draft.failure = error.reason
        return draft

    def _sentences(
        self,
        analysis: QuestionAnalysis,
        found: Sequence[ReadQuestion],
        units: Sequence[EvidenceUnit],
        deadline: float | None,
        draft: _Draft,
    ) -> Generator[DraftSentence]:
        """The LLM's sentences. Raises LlmError."""
        seconds = self._settings.seconds
        if deadline is not None:
            seconds = min(seconds, deadline - time.monotonic() - _RESERVE)
        if seconds <= 0:
            raise LlmError(LlmFailure.TIME_OUT, "no time is left for a draft")
        parts = [part.analysis.standalone for part in found]
        question = parts.pop() if len(parts) == 1 else analysis.standalone
        prompt = draft_prompt(question, found[0].analysis.form, units, parts=parts)
        parser = SentenceParser()
        with closing(self._llm.stream(prompt, seconds=seconds)) as chunks:
            for chunk in chunks:
                draft.usage = chunk.usage or draft.usage
                yield from parser.feed(chunk.text)
        yield from parser.close()

    def _take(
        self,
        sentence: DraftSentence,
        form: QuestionForm | None,
        rules: KeepRules,
        draft: _Draft,
        on_statement: StatementObserver | None,
    ) -> None:
        if sentence.text.strip(" .").upper() == DECLINED:
            draft.is_declined = True
            return
        left: DraftSentence | None = sentence
        if form is QuestionForm.YES_NO and draft.verdict is None and not draft.kept:
            draft.verdict, left = split_verdict(sentence)
        if left is None:
            return
        judged = rules.judge(left)
        if isinstance(judged, DroppedSentence):
            draft.dropped.append(judged)
            draft.is_whole = draft.is_whole and not (left.is_item or left.cited)
            return
        statement = draft.collected.add(judged)
        if statement is None:
            return
        draft.kept.append(judged)
        if on_statement is not None and form is not QuestionForm.HOW_TO:
            on_statement(statement, draft.collected.cited_by(statement))

    def _finish(
        self, analysis: QuestionAnalysis, found: Sequence[ReadQuestion], draft: _Draft
    ) -> Answer | None:
        """The answer of what is kept."""
        if draft.failure is not None or draft.is_declined or not draft.kept:
            return None
        if len(found) == 1 and found[0].analysis.form is QuestionForm.HOW_TO:
            self._check_steps(draft)
            if not draft.kept:
                return None
        verdict = confirmed_verdict(draft.verdict, found[0], draft.kept)
        return to_answer(
            analysis, found, draft.kept, draft.collected, is_whole=draft.is_whole, verdict=verdict
        )

    def _check_steps(self, draft: _Draft) -> None:
        """Drops all steps where one was dropped, or their order isn't the document's."""
        if draft.is_whole and is_in_document_order(draft.kept):
            return
        rule = DropRule.OUT_OF_ORDER if draft.is_whole else DropRule.INCOMPLETE
        draft.dropped += [
            DroppedSentence(text=one.sentence.text, rule=rule, cited=one.sentence.cited) for one in draft.kept
        ]
        draft.kept = []

    def _step(self, units: Sequence[EvidenceUnit], draft: _Draft, *, is_used: bool) -> DraftStep:
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

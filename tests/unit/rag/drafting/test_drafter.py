"""A draft from beginning to end, over a scripted LLM."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.answering.step_recorder import Observer, StepRecorder
from rag.answering.verify import is_exact
from rag.drafting.drafter import Drafter
from rag.drafting.evidence import ReadQuestion
from rag.errors import DeadlineExceeded, LlmError, LlmFailure
from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.settings import LlmSettings
from rag.types import (
    Answer,
    AnswerUnit,
    Certainty,
    DraftedStatement,
    DraftStep,
    DropRule,
    Polarity,
    Progress,
    StatementRole,
)
from tests.fakes.llm import ScriptedLlm, check_words
from tests.unit.rag.drafting.harbour import (
    DOCUMENT,
    FEES_PASSAGE,
    PROTOCOL_PASSAGE,
    STEPS_PASSAGE,
    TABLE_PASSAGE,
    read,
    read_fees,
    reading,
    span_answer,
)

PAY = "Ships pay 40 € a night."
BOATS = "Boats under six metres pay nothing."


def draft(
    text: str,
    *found: ReadQuestion,
    fault: LlmError | None = None,
    question: str = "",
    deadline: float | None = None,
    observe: Observer | None = None,
    settings: LlmSettings | None = None,
) -> tuple[Answer | None, DraftStep | None, ScriptedLlm]:
    """The answer, the step and the LLM of one draft."""
    llm = ScriptedLlm(text, fault)
    recorder = StepRecorder(deadline, observe)
    analysis: QuestionAnalysis = analyze_question(question, limit=2_000) if question else found[0].analysis
    drafter = Drafter(llm, check_words, settings or LlmSettings())
    answer = drafter.draft(analysis, found, recorder)
    return answer, recorder.trace().drafted, llm


def statements(answer: Answer | None) -> list[str]:
    assert answer is not None
    return [statement.text for statement in answer.statements]


def rules_of(step: DraftStep | None) -> list[DropRule]:
    assert step is not None
    return [sentence.rule for sentence in step.dropped]


def test_kept_sentences_are_the_answer() -> None:
    """In the LLM's order, each with the citations of its places; the text is theirs joined."""
    answer, step, _ = draft(f"{BOATS[:-1]} [2]. {PAY} [1]", read_fees())
    assert answer is not None
    assert statements(answer) == [BOATS, PAY]
    assert answer.text == f"{BOATS} {PAY}"
    assert [[answer.citations[i].quote for i in s.citations] for s in answer.statements] == [[BOATS], [PAY]]
    assert all(is_exact(citation, DOCUMENT) for citation in answer.citations)
    assert answer.unit is AnswerUnit.SENTENCES
    assert answer.is_drafted
    assert step is not None
    assert step.is_used
    assert (step.kept, step.dropped, step.prompt_tokens, step.completion_tokens) == (2, (), 7, 3)
    assert answer.trace.drafted == step


def test_what_fails_a_rule_is_not_shown() -> None:
    """It is counted in the trace, with its rule; the others stand."""
    text = f"{PAY} [1] Ships pay 50 € a night. [1] The old protocol of 1997 failed. [4] Thanks for asking!"
    answer, step, _ = draft(text, read_fees())
    assert statements(answer) == [PAY]
    assert rules_of(step) == [DropRule.UNSUPPORTED, DropRule.NOT_ACCEPTED, DropRule.UNCITED]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I can't help with that.",
        "NOT FOUND",
        f"{PAY} [1]\nNOT FOUND.",
        "Les navires paient 40 € la nuit [1].",
        "Fees are 0 € [5].",
        '{"answer": "40"}',
    ],
)
def test_without_a_kept_sentence_there_is_no_draft(text: str) -> None:
    """Nothing, a refusal in words, a decline, another language, an obeyed instruction, another format."""
    answer, step, _ = draft(text, read_fees())
    assert answer is None
    assert step is not None
    assert not step.is_used
    assert step.is_declined is ("NOT FOUND" in text)


@pytest.mark.parametrize("beginning", ["But boats", "These boats", "They, boats"])
def test_a_sentence_does_not_outlive_the_one_it_refers_to(beginning: str) -> None:
    """Without it a reader can't tell what is meant; after one that is kept it stands."""
    text = f"{beginning} under six metres pay nothing. [2]"
    after_dropped, step, _ = draft(f"Ships pay 50 € a night. [1] {text} {PAY} [1]", read_fees())
    after_kept, _, _ = draft(f"{PAY} [1] {text}", read_fees())
    assert statements(after_dropped) == [PAY]
    assert rules_of(step) == [DropRule.UNSUPPORTED, DropRule.DANGLING]
    assert len(statements(after_kept)) == 2


@pytest.mark.parametrize("reason", list(LlmFailure))
def test_an_llm_that_fails_leaves_no_draft(reason: LlmFailure) -> None:
    """Whatever it said before: half a draft may be half the truth."""
    answer, step, _ = draft(f"{PAY} [1] {BOATS} [2]", read_fees(), fault=LlmError(reason, "failed"))
    assert answer is None
    assert step is not None
    assert (step.failure, step.is_used) == (reason.value, False)


def test_nothing_is_sent_where_the_reader_accepts_nothing() -> None:
    """No draft could be kept, so that no text needs to leave the machine."""
    found = read("Who founded it?", reading(FEES_PASSAGE, -1.0), reading(PROTOCOL_PASSAGE, -4.0))
    answer, step, llm = draft(f"{PAY} [1]", found)
    assert answer is None
    assert llm.prompts == []
    assert step is not None
    assert step.evidence == 0


def test_a_question_that_would_be_abstained_from_can_be_answered() -> None:
    """By evidence that the reader accepts; the confidence stays that of the evidence."""
    answer, _, _ = draft(f"{PAY} [1]", read_fees(certainty=None, confidence=0.3))
    assert answer is not None
    assert (answer.certainty, answer.confidence) == (Certainty.LIKELY, 0.3)


@pytest.mark.parametrize("head", ["No\n", "No. ", "No, "])
def test_yes_and_no_are_said_with_the_readers_consent(head: str) -> None:
    """Beside the sentence that shows it, on a line of their own or before it."""
    polarity = Polarity(yes=0.1, no=0.8, neither=0.1)
    found = read("Do small boats pay?", reading(FEES_PASSAGE, 3.0, polarity=polarity))
    answer, step, _ = draft(f"{head}{BOATS} [2]", found)
    assert answer is not None
    assert (answer.text, answer.unit, answer.short_answer_confidence) == ("No", AnswerUnit.YES_NO, 0.8)
    assert statements(answer) == [BOATS]
    assert rules_of(step) == []


def test_a_yes_that_the_reader_denies_is_not_said() -> None:
    """The sentence is, being supported."""
    polarity = Polarity(yes=0.1, no=0.8, neither=0.1)
    found = read("Do small boats pay?", reading(FEES_PASSAGE, 3.0, polarity=polarity))
    answer, _, _ = draft(f"Yes\n{BOATS} [2]", found)
    assert answer is not None
    assert (answer.text, answer.unit) == (BOATS, AnswerUnit.SENTENCES)


def test_a_list_has_its_items() -> None:
    """Cited with their lead-in, each on a line of the text."""
    found = read("Which papers and people do ships need?", reading(STEPS_PASSAGE, 3.0))
    found = replace(found, analysis=analyze_question("List the duties of ships.", limit=100))
    answer, _, _ = draft("- Call the pilot. [2]\n- Pay the fee. [4]\n", found)
    assert answer is not None
    assert answer.unit is AnswerUnit.LIST
    assert answer.text == "Call the pilot.\nPay the fee."
    assert {statement.role for statement in answer.statements} == {StatementRole.ITEM}


def test_a_list_may_lose_an_item() -> None:
    """The others are shown; as any drafted answer it is marked as likely."""
    found = read("x?", reading(STEPS_PASSAGE, 3.0))
    found = replace(found, analysis=analyze_question("List the duties of ships.", limit=100))
    answer, _, _ = draft("- Call the pilot. [2]\n- Sing. [3]\n- Pay the fee. [4]\n", found)
    assert statements(answer) == ["Call the pilot.", "Pay the fee."]
    assert answer is not None
    assert answer.certainty is Certainty.LIKELY


STEPS = "1. Call the pilot. [2]\n2. Show the papers. [3]\n3. Pay the fee. [4]"


def test_steps_stand_together() -> None:
    """All of them kept, in the document's order."""
    answer, _, _ = draft(STEPS, read("How do I enter the harbour?", reading(STEPS_PASSAGE, 3.0)))
    assert answer is not None
    assert answer.unit is AnswerUnit.STEPS
    assert statements(answer) == ["Call the pilot.", "Show the papers.", "Pay the fee."]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (STEPS.replace("papers", "flag"), DropRule.INCOMPLETE),
        (STEPS.replace("Show the papers. [3]", "Sing a song."), DropRule.INCOMPLETE),
        ("1. Pay the fee. [4]\n2. Call the pilot. [2]", DropRule.OUT_OF_ORDER),
    ],
)
def test_steps_fall_together(text: str, rule: DropRule) -> None:
    """Where one is unsupported or uncited, or their order is another than the document's."""
    answer, step, _ = draft(text, read("How do I enter the harbour?", reading(STEPS_PASSAGE, 3.0)))
    assert answer is None
    assert rules_of(step)[-1] is rule
    assert step is not None
    assert step.kept == 0


def test_a_question_of_two_parts_is_drafted_once() -> None:
    """From the evidence of both; a part that no sentence answers is named."""
    pay = read("What do ships pay?", reading(FEES_PASSAGE, 3.0))
    berth = read("Which berth has 9 m?", reading(TABLE_PASSAGE, 3.0), confidence=0.7)
    both, _, llm = draft(f"{PAY} [1] Berth B has a depth of 9 m. [5]", pay, berth, question="Pay? Berth?")
    assert both is not None
    assert len(llm.prompts) == 1
    assert (both.unanswered, both.confidence) == ((), 0.7)
    one, _, _ = draft(f"{PAY} [1]", pay, berth, question="Pay? Berth?")
    assert one is not None
    assert one.unanswered == ("Which berth has 9 m?",)
    assert one.confidence == 0.9


def _statements_in(told: Sequence[Progress]) -> list[DraftedStatement]:
    return [progress for progress in told if isinstance(progress, DraftedStatement)]


def test_statements_are_told_as_they_are_verified() -> None:
    """Each with its citations, before the step ends; nothing that is dropped."""
    told: list[Progress] = []
    answer, step, _ = draft(f"{PAY} [1] Ships pay 50 €. [1] {BOATS} [2]", read_fees(), observe=told.append)
    assert answer is not None
    assert [one.statement for one in _statements_in(told)] == list(answer.statements)
    assert [[c.quote for c in one.citations] for one in _statements_in(told)] == [[PAY], [BOATS]]
    assert told.index(_statements_in(told)[-1]) < told.index(step)  # type: ignore[arg-type]


def test_a_statement_is_told_before_the_llm_has_ended() -> None:
    """As soon as the next sentence begins."""
    told: list[Progress] = []
    fault = LlmError(LlmFailure.CUT_OFF, "broke off")
    answer, _, _ = draft(f"{PAY} [1] Boats under", read_fees(), fault=fault, observe=told.append)
    assert answer is None
    assert [one.statement.text for one in _statements_in(told)] == [PAY]


def test_steps_are_not_told_one_by_one() -> None:
    """The last one may take them all back."""
    told: list[Progress] = []
    draft(STEPS, read("How do I enter the harbour?", reading(STEPS_PASSAGE, 3.0)), observe=told.append)
    assert _statements_in(told) == []


def test_what_is_said_twice_is_shown_once() -> None:
    """A small model repeats itself."""
    answer, step, _ = draft(f"{PAY} [1] " * 5, read_fees())
    assert statements(answer) == [PAY]
    assert step is not None
    assert step.kept == 1


def test_other_documents_values_stay_beside_the_answer() -> None:
    """Where the draft gives the value that they compete with, and not theirs."""
    found = read_fees(
        span=span_answer(FEES_PASSAGE, "40 €"), competing=[span_answer(PROTOCOL_PASSAGE, "0 €")]
    )
    with_value, _, _ = draft(f"{PAY} [1]", found)
    without, _, _ = draft(f"{BOATS} [2]", found)
    assert with_value is not None
    assert without is not None
    assert [conflict.text for conflict in with_value.conflicts] == ["0 €"]
    assert without.conflicts == ()


def test_a_draft_leaves_time_for_the_answer_without_it() -> None:
    """It gets less than what is left; without any time nothing is asked."""
    _, _, llm = draft(f"{PAY} [1]", read_fees(), deadline=time.monotonic() + 5)
    assert 0 < llm.seconds[0] <= 4
    answer, step, late = draft(f"{PAY} [1]", read_fees(), deadline=time.monotonic() + 0.5)
    assert answer is None
    assert late.prompts == []
    assert step is not None
    assert step.failure == "time_out"


def test_a_question_whose_time_is_up_ends() -> None:
    """As by any other step."""
    with pytest.raises(DeadlineExceeded):
        draft(f"{PAY} [1]", read_fees(), deadline=time.monotonic() - 1)


def test_a_sure_answer_is_left_alone() -> None:
    """Unless a setting has it drafted, too; the draft is likely at best."""
    found = read_fees(certainty=Certainty.SURE)
    sure, step, llm = draft(f"{PAY} [1]", found)
    assert (sure, step, llm.prompts) == (None, None, [])
    drafted, _, _ = draft(f"{PAY} [1]", found, settings=LlmSettings(draft_sure=True))
    assert drafted is not None
    assert drafted.certainty is Certainty.LIKELY


def test_of_two_parts_one_that_is_not_sure_is_enough_for_a_draft() -> None:
    """It words both."""
    pay = read_fees(certainty=Certainty.SURE)
    berth = read("Which berth has 9 m?", reading(TABLE_PASSAGE, 3.0))
    both, _, _ = draft(f"{PAY} [1]", pay, berth, question="Pay? Berth?")
    assert statements(both) == [PAY]


def test_evidence_fits_the_models_context() -> None:
    """A small one gets fewer passages."""
    long = [reading(FEES_PASSAGE, 3.0), reading(STEPS_PASSAGE, 2.0), reading(TABLE_PASSAGE, 1.0)]
    small = LlmSettings(context_tokens=2_048, max_tokens=1_024, passages=2)
    _, step, llm = draft("", read("What do ships pay?", *long), settings=small)
    assert step is not None
    assert step.evidence == 7
    assert "Berth" not in llm.prompts[0].user


def _dropped_texts(step: DraftStep | None) -> Sequence[str]:
    return [] if step is None else [sentence.text for sentence in step.dropped]


def test_dropped_sentences_are_kept_in_the_trace_alone() -> None:
    """No part of the answer holds their text."""
    answer, step, _ = draft(f"{PAY} [1] Ships pay 50 € a night. [1]", read_fees())
    assert _dropped_texts(step) == ["Ships pay 50 € a night."]
    assert answer is not None
    assert "50 €" not in repr(replace(answer, trace=type(answer.trace)()))

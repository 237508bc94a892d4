"""Follow-up questions: completed from the last turn where they lean on it, left alone where they don't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.analysis import AnswerType, analyze_question
from rag.question.contextualize import contextualize, names_in
from rag.types import Turn

WHO = Turn(question="Who demanded an apology?", answer="Sheriff Grady Judd")
DAYS = Turn(question="How many days off after five years?", answer="25 days")
PROGRAM = Turn(question="What is the 287(g) program?")
SHERIFF = Turn(question="Who is the sheriff of Polk County?", answer="Grady Judd")
OFFICE = Turn(question="Where is the office?", answer="Berlin")
CHIEF = Turn(question="Who is the CTO?", answer="Maria Chen")


@pytest.mark.parametrize(
    ("last", "question", "read"),
    [
        (WHO, "And when?", "when demanded an apology?"),
        (WHO, "From whom?", "From whom demanded an apology?"),
        (WHO, "How old is he?", "How old is Sheriff Grady Judd?"),
        (DAYS, "And after ten years?", "How many days off after ten years?"),
        (DAYS, "what about part-time staff?", "How many days off after five years part-time staff?"),
        (SHERIFF, "What about Orange County?", "Who is the sheriff of Orange County?"),
        (PROGRAM, "Who runs it?", "Who runs the 287(g) program?"),
        (CHIEF, "What is her email?", "What is Maria Chen's email?"),
        (CHIEF, "Who reports to her?", "Who reports to Maria Chen?"),
        (OFFICE, "How many work there?", "How many work at Berlin?"),
    ],
)
def test_what_a_follow_up_leaves_unsaid_is_filled_in(last: Turn, question: str, read: str) -> None:
    assert contextualize(question, [last]).standalone == read


@pytest.mark.parametrize(
    ("last", "question"),
    [
        (WHO, "What is the bonus for new agents?"),
        (WHO, "Did Noem say when she would leave?"),  # "she" is named in the question
        (WHO, "How much does it cost to travel?"),  # "it" is nobody
        (DAYS, "Who approves it?"),  # nothing named that "it" could be
        (WHO, "And what is the name of the program that pays for it all?"),
    ],
)
def test_a_question_that_stands_alone_is_read_as_it_is(last: Turn, question: str) -> None:
    assert contextualize(question, [last]).standalone == question


def test_without_a_conversation_nothing_is_added() -> None:
    found = contextualize("And when?", [])
    assert (found.standalone, found.search_text) == ("And when?", "And when?")


def test_a_search_gets_the_names_of_the_last_turn_and_only_of_that() -> None:
    older = Turn(question="Where is Ohio?", answer="In the Midwest")
    found = contextualize("What is the bonus?", [older, WHO])
    assert found.search_text == "What is the bonus? Sheriff Grady Judd"


def test_a_pronoun_that_nothing_names_is_searched_for_with_the_last_question() -> None:
    assert "days off after five years" in contextualize("Who approves it?", [DAYS]).search_text


def test_another_name_leaves_the_last_answer_behind() -> None:
    assert "Judd" not in contextualize("What about Orange County?", [SHERIFF]).search_text


def test_a_question_is_shown_as_asked_and_weighed_as_completed() -> None:
    analysis = analyze_question("And when?", limit=100, history=[WHO])
    assert (analysis.text, analysis.answer_type) == ("And when?", AnswerType.TIME)
    assert "apology" in analysis.content


def test_names_are_runs_of_capitals_without_the_words_that_open_a_sentence() -> None:
    assert names_in("Use the portal of the Polk County office. It was 2019.") == ["Polk County"]
    assert names_in("Berlin") == ["Berlin"]


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_conversation_gives_something_to_ask(question: str, before: str, answer: str) -> None:
    found = contextualize(question, [Turn(question=before, answer=answer)])
    assert found.search_text.startswith(found.standalone)
    assert found.standalone.strip() or not question.strip()

"""Follow-up questions: completed from the last turn where they need it, left alone where they don't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.analysis import AnswerType, analyze_question
from rag.question.contextualize import contextualize
from rag.question.names import names_in
from rag.types import Turn

WHO = Turn(question="Who restored a windmill?", answer="Captain Leon Farrow")
TICKET = Turn(question="How many free rides before six months?", answer="14 rides")
CLUB = Turn(question="What is the Silver Lantern club?")
MAYOR = Turn(question="Who is the mayor of Alder Springs?", answer="Leon Farrow")
WORKSHOP = Turn(question="Where is the workshop?", answer="Trondheim")
KEEPER = Turn(question="Who is the head gardener?", answer="Nina Sorel")
PROSE = Turn(question="Who tuned it?", answer="It was tuned by Edith Moro in a single night.")


@pytest.mark.parametrize(
    ("last", "question", "standalone"),
    [
        (WHO, "And when?", "when restored a windmill?"),
        (WHO, "but why exactly?", "why exactly restored a windmill?"),
        (WHO, "For whom?", "For whom restored a windmill?"),
        (WHO, "How tall is he?", "How tall is Captain Leon Farrow?"),
        (PROSE, "Did she charge for it?", "Did Edith Moro charge for it?"),
        (TICKET, "And before two months?", "How many free rides before two months?"),
        (TICKET, "for students?", "How many free rides before six months for students?"),
        (TICKET, "what about students?", "How many free rides before six months students?"),
        (MAYOR, "What about Elm Falls?", "Who is the mayor of Elm Falls?"),
        (MAYOR, "How about Elm Falls?", "Who is the mayor of Elm Falls?"),
        (CLUB, "Who founded it?", "Who founded the Silver Lantern club?"),
        (CLUB, "How many are its members?", "How many are the Silver Lantern club's members?"),
        (KEEPER, "What is her telephone number?", "What is Nina Sorel's telephone number?"),
        (KEEPER, "Who waters the plants with her?", "Who waters the plants with Nina Sorel?"),
        (WORKSHOP, "How many sleep there?", "How many sleep at Trondheim?"),
    ],
)
def test_what_a_follow_up_leaves_out_is_filled_in(last: Turn, question: str, standalone: str) -> None:
    """A question word, a topic, a person, a thing or a place, from the question or the answer before."""
    assert contextualize(question, [last]).standalone == standalone


@pytest.mark.parametrize(
    ("last", "question"),
    [
        (WHO, "What is the fee for a mooring?"),
        (WHO, "Did Sorel write when she would return?"),  # "she" has its antecedent in the question
        (WHO, "How long does it take to row across?"),  # "it" has none
        (TICKET, "Who signs it?"),  # nothing named that "it" could be
        (WHO, "And what is the name of the fund that pays for it all?"),
        (TICKET, "and then?"),
        (TICKET, "and that's it?"),
        (TICKET, "and list the stations"),
    ],
)
def test_a_question_that_stands_alone_is_read_as_it_is(last: Turn, question: str) -> None:
    """Complete in itself, or without anything in the last turn that would complete it."""
    assert contextualize(question, [last]).standalone == question


def test_without_a_conversation_nothing_is_added() -> None:
    contextualized = contextualize("And when?", [])
    assert (contextualized.standalone, contextualized.search_text) == ("And when?", "And when?")


def test_a_question_that_stands_alone_and_names_its_subject_borrows_no_name() -> None:
    """What was spoken of before would look like evidence for it."""
    for question in ("Who is the mayor of Elm Falls?", "When did Ada Moss retire?"):
        contextualized = contextualize(question, [MAYOR])
        assert contextualized.search_text == contextualized.standalone == question


def test_a_search_text_has_the_names_of_the_last_turn_and_only_of_that() -> None:
    older = Turn(question="Where is Tasmania?", answer="South of Victoria")
    contextualized = contextualize("What is the fee?", [older, WHO])
    assert contextualized.search_text == "What is the fee? Captain Leon Farrow"


def test_a_pronoun_without_antecedent_is_searched_for_with_the_last_question() -> None:
    assert "free rides before six months" in contextualize("Who signs it?", [TICKET]).search_text


def test_another_topic_leaves_the_last_answer_out() -> None:
    assert "Farrow" not in contextualize("What about Elm Falls?", [MAYOR]).search_text


def test_a_question_is_shown_as_asked_and_analysed_as_completed() -> None:
    analysis = analyze_question("And when?", limit=100, history=[WHO])
    assert (analysis.text, analysis.answer_type) == ("And when?", AnswerType.TIME)
    assert "windmill" in analysis.content


PARTY = Turn(question="When is the summer party?", answer="Saturday, 27 June")
CARD = Turn(question="How do I get a key card?", answer="Ask at the desk.")
YARD = Turn(question="How much is parking in the north yard?", answer="EUR 22")
LEAVE = Turn(question="How many days of leave do I get?", answer="25")
SAUNA = Turn(question="What time does the pool open on Sundays?", answer="9")


@pytest.mark.parametrize(
    ("last", "question", "standalone"),
    [
        (PARTY, "and where is it?", "where is the summer party?"),
        (CARD, "what does a new one cost?", "what does a new card cost?"),
        (YARD, "how many places are there?", "how many places are there in the north yard?"),
        (LEAVE, "can I carry them over?", "can I carry days of leave over?"),
        (SAUNA, "and when does it close?", "when does the pool close?"),
    ],
)
def test_an_amount_or_a_date_is_no_antecedent(last: Turn, question: str, standalone: str) -> None:
    """What was asked about is one, also for "one" and "there"."""
    assert contextualize(question, [last]).standalone == standalone


def test_a_follow_up_of_a_follow_up_is_completed_by_all_turns() -> None:
    """The last turn is completed first; thanks between the turns change no subject."""
    first = Turn(question="Who leads the Birch release?", answer="Amira Dossan")
    second = Turn(question="when does it go live?", answer="25 February")
    assert contextualize("and Cedar?", [first, second]).standalone == "when does the Cedar release go live?"
    thanks = [first, second, Turn(question="Thanks a lot!")]
    assert contextualize("and Cedar?", thanks).standalone == "when does the Cedar release go live?"


def test_what_is_new_and_what_is_shared_with_the_last_turn_is_told() -> None:
    """A fragment brings new words; a pronoun refers to words of the turn before."""
    new = contextualize("and in London?", [Turn(question="What is the limit in Paris?", answer="90")])
    assert (new.new, new.shared) == (("london",), ())
    shared = contextualize("and where is it?", [PARTY])
    assert (shared.new, shared.shared) == ((), ("summer", "party"))
    whole = contextualize("What is the fee for a mooring?", [PARTY])
    assert (whole.new, whole.shared) == ((), ())


def test_a_completed_question_is_told_from_one_that_stands_alone() -> None:
    completed = analyze_question("and where is it?", limit=100, history=[PARTY])
    assert completed.asked_as == "Where is the summer party?"
    assert analyze_question("Hello, what is the fee?", limit=100, history=[PARTY]).asked_as is None


def test_names_are_runs_of_capitals_without_the_words_that_open_a_sentence() -> None:
    assert names_in("Use the gate of the Alder Springs depot. It was 1987.") == ["Alder Springs"]
    assert names_in("Trondheim") == ["Trondheim"]


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_conversation_gives_something_to_ask(question: str, before: str, answer: str) -> None:
    contextualized = contextualize(question, [Turn(question=before, answer=answer)])
    assert contextualized.search_text.startswith(contextualized.standalone)
    assert contextualized.standalone.strip() or not question.strip()

"""What is read off a question's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.english.words import same_stem
from rag.errors import InvalidQuestion
from rag.question.analysis import AnswerType, analyze_question, matches_type


@pytest.mark.parametrize(
    ("text", "answer_type"),
    [
        ("who demanded an apology?", AnswerType.PERSON),
        ("The mail was sent to whom?", AnswerType.PERSON),
        ("When did it open?", AnswerType.TIME),
        ("In which year did she win", AnswerType.TIME),
        ("how many agents are wanted", AnswerType.NUMBER),
        ("How old is the bridge?", AnswerType.NUMBER),
        ("Where is the office?", AnswerType.PLACE),
        ("why did they leave?", AnswerType.EXPLANATION),
        ("How do I reset my password?", AnswerType.EXPLANATION),
        ("Did it rain?", AnswerType.POLAR),
        ("can you tell me who said so?", AnswerType.PERSON),
        ("What happens when it rains?", AnswerType.OTHER),
        ("capital of France", AnswerType.OTHER),
    ],
)
def test_a_question_says_what_form_its_answer_has(text: str, answer_type: AnswerType) -> None:
    """Read off the first question word, a leading verb, or nothing."""
    assert analyze_question(text, limit=500).answer_type is answer_type


def test_names_and_numbers_are_what_a_passage_must_mention() -> None:
    """Capitalised words but the first, words with two capitals, and numbers."""
    analysis = analyze_question("Did Kristi Noem sign 287(g) with ICE in 2025?", limit=500)
    assert analysis.names == ("kristi", "noem", "287", "ice", "2025")
    assert analyze_question("Who said “We’re O’Hara’s people”?", limit=500).names == ("o'hara's",)
    assert analyze_question("Demanded by whom?", limit=500).names == ()
    assert analyze_question("WHO SAID SO IN PARIS?", limit=500).names == ()


def test_content_leaves_out_words_without_meaning() -> None:
    """No article, auxiliary or question word."""
    assert analyze_question("Who was it that demanded an apology?", limit=500).content == (
        "demanded",
        "apology",
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hi there! Do you know how many people work here?", "how many people work here?"),
        ("hey, quick one: who pays?", "who pays?"),
        ("Could you please tell me who pays?", "who pays?"),
        ("Please", "Please"),
        ("How many hi-fi sets are there?", "How many hi-fi sets are there?"),
    ],
)
def test_courtesy_is_no_part_of_what_is_searched(text: str, plain: str) -> None:
    """Greetings and leads are left out, unless nothing else is said; the question is kept as analysis."""
    analysis = analyze_question(text, limit=100)
    assert (analysis.text, analysis.standalone) == (text, plain)


@pytest.mark.parametrize("text", ["", "   ", "?!", "\x00\x07 \n"])
def test_a_question_has_a_word_in_it(text: str) -> None:
    """White space, punctuation and control characters ask nothing."""
    with pytest.raises(InvalidQuestion, match="empty"):
        analyze_question(text, limit=500)


def test_a_question_over_the_limit_is_refused_with_both_numbers() -> None:
    """The message says how long it was and how long it may be."""
    with pytest.raises(InvalidQuestion, match=r"10,000 characters; at most 2,000"):
        analyze_question("x" * 10_000, limit=2_000)


@given(st.text(max_size=200))
def test_any_text_is_a_question_or_refused(text: str) -> None:
    """Nothing else is raised, and what comes back is tidy."""
    try:
        analysis = analyze_question(text, limit=1_000)
    except InvalidQuestion:
        return
    assert analysis.text == " ".join(analysis.text.split())
    assert analysis.text.isprintable()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("demanded", "demand", True),
        ("apologise", "apology", True),
        ("recruiting", "recruitment", True),
        ("10,000", "10000", True),
        ("2024", "2025", False),
        ("cat", "catalogue", False),
        ("officer", "coffee", False),
    ],
)
def test_inflections_are_the_same_word(one: str, other: str, same: bool) -> None:
    """Endings differ, stems don't; numbers are compared as numbers."""
    assert same_stem(one, other) is same
    assert same_stem(other, one) is same


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("How many agents?", "10,000 new agents", True),
        ("How old is she?", "twenty-five", True),
        ("How old is she?", "Sheriff", False),
        ("When did they meet?", "earlier this week", True),
        ("When did they meet?", "local leaders", False),
        ("In what year did they meet?", "in 1997", True),
        ("In what year did they meet?", "earlier this week", False),
        ("In which month did they meet?", "this week", False),
        ("In which month did they meet?", "early May", True),
        ("On what date did they meet?", "Monday", False),
        ("On what date did they meet?", "May 5", True),
        ("Who asked?", "Grady Judd", True),
        ("Who asked?", "an apology", False),
        ("How many agents are there?", "10,000 agents", True),
        ("How many agents are there?", "form 401(k)", False),  # a name, for all its digits
        ("How many agents are there?", "B2B", False),
        ("What is it?", "anything", None),
    ],
)
def test_an_answers_form_is_held_against_what_was_asked(
    question: str, answer: str, expected: bool | None
) -> None:
    """A number where a number is wanted, a year where a year is, a capital where a name is."""
    assert matches_type(analyze_question(question, limit=100), answer) is expected

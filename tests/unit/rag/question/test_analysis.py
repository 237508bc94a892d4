"""What a question asks for, by its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import InvalidQuestion
from rag.question.analysis import AnswerType, analyze_question, matches_type


@pytest.mark.parametrize(
    ("text", "answer_type"),
    [
        ("who restored a windmill?", AnswerType.PERSON),
        ("The parcel was left with whom?", AnswerType.PERSON),
        ("When did it sink?", AnswerType.TIME),
        ("In which decade did she sail", AnswerType.TIME),
        ("how many lanterns are lit", AnswerType.NUMBER),
        ("How deep is the quarry?", AnswerType.NUMBER),
        ("Where is the workshop?", AnswerType.PLACE),
        ("why did they turn back?", AnswerType.EXPLANATION),
        ("How do I oil the hinge?", AnswerType.EXPLANATION),
        ("Did it snow?", AnswerType.POLAR),
        ("could anybody tell me who sang?", AnswerType.PERSON),
        ("What happens when it snows?", AnswerType.OTHER),
        ("flag of Iceland", AnswerType.OTHER),
    ],
)
def test_a_question_says_what_form_its_answer_has(text: str, answer_type: AnswerType) -> None:
    """By the first question word, a leading verb, or nothing."""
    assert analyze_question(text, limit=500).answer_type is answer_type


def test_names_and_numbers_are_what_a_passage_must_mention() -> None:
    """Capitalised words but the first, words with two capitals, and numbers."""
    analysis = analyze_question("Did Nina Sorel file 401(k) with OSHA in 1987?", limit=500)
    assert analysis.names == ("nina", "sorel", "401", "osha", "1987")
    assert analyze_question("Who wrote “We’re D’Arcy’s guests”?", limit=500).names == ("d'arcy's",)
    assert analyze_question("Restored by whom?", limit=500).names == ()
    assert analyze_question("WHO SANG IN OSLO?", limit=500).names == ()


def test_content_leaves_out_words_without_meaning() -> None:
    """No article, auxiliary or question word."""
    analysis = analyze_question("Who was it that restored the windmill?", limit=500)
    assert analysis.content == ("restored", "windmill")


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
    """Nothing else is raised, and white space is collapsed."""
    try:
        analysis = analyze_question(text, limit=1_000)
    except InvalidQuestion:
        return
    assert analysis.text == " ".join(analysis.text.split())
    assert analysis.text.isprintable()


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("How many lanterns?", "6,500 new lanterns", True),
        ("How old is she?", "thirty-nine", True),
        ("How old is she?", "Captain", False),
        ("When did they marry?", "later that evening", True),
        ("When did they marry?", "old friends", False),
        ("In what year did they marry?", "in 1987", True),
        ("In what year did they marry?", "later that evening", False),
        ("In which month did they marry?", "last week", False),
        ("In which month did they marry?", "late October", True),
        ("On what date did they marry?", "Saturday", False),
        ("On what date did they marry?", "October 9", True),
        ("Who sang?", "Leon Farrow", True),
        ("Who sang?", "a windmill", False),
        ("Who sang?", "the officers' widows", True),
        ("Who sang?", "a tailor", True),
        ("Where did they sing?", "the tailors", False),
        ("How many lanterns are lit?", "6,500 lanterns", True),
        ("How many lanterns are lit?", "form 401(k)", False),  # a name, for all its digits
        ("How many lanterns are lit?", "H2O", False),
        ("What is it?", "anything", None),
    ],
)
def test_an_answers_form_is_compared_with_what_is_asked(
    question: str, answer: str, expected: bool | None
) -> None:
    """A number where a number is wanted, a year where a year is, a capital or a person where a name is."""
    assert matches_type(analyze_question(question, limit=100), answer) is expected

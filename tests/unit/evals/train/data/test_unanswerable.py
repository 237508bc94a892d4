"""Unanswerable examples: what makes a question answerable is missing from the context."""

from __future__ import annotations

import random

import pytest

from evals.train.data.lexical_overlap import LexicalIndex, contains_answer
from evals.train.data.unanswerable import (
    ask_absent_attribute,
    hard_negative,
    remove_answer,
    substitute_entity,
)
from tests.unit.evals.train.data.sample_questions import BUILT, OTHER, TEXT, USED, annotated


@pytest.mark.parametrize("seed", range(10))
def test_a_hard_negative_lacks_the_answer(seed: int) -> None:
    """Of two similar texts the one with the answer is no negative."""
    index = LexicalIndex.build([TEXT, OTHER, "The Aberdeen Pavilion was used for ice hockey until 1904."])
    example = hard_negative(USED, index, {OTHER: "Aberdeen"}, random.Random(seed))
    assert example is not None
    assert example.title == "Aberdeen"
    assert example.span is None
    assert not contains_answer(example.context, "1904")
    assert example.context in OTHER


def test_a_word_of_the_title_is_not_missing() -> None:
    """A text that has all of a question's words, its title's among them, may answer it."""
    question = annotated("When were ice and curling at the Aberdeen Pavilion?", "1904")
    index = LexicalIndex.build([TEXT, OTHER])
    assert hard_negative(question, index, {}, random.Random(7)) is not None
    assert hard_negative(question, index, {OTHER: "The Pavilion"}, random.Random(7)) is None


@pytest.mark.parametrize("seed", range(10))
def test_the_answers_sentence_is_removed(seed: int) -> None:
    """Other whole sentences are left, without the answer."""
    example = remove_answer(BUILT, random.Random(seed))
    assert example is not None
    assert not contains_answer(example.context, "1897")
    assert "the oldest still in existence" in example.context


def test_an_answer_that_the_text_repeats_cannot_be_removed() -> None:
    """Without one of two sentences that have it the question is still answered."""
    repeated = f"{TEXT} Everybody agrees on the year 1897."
    assert remove_answer(annotated("When was it built?", "1897", repeated), random.Random(1)) is None


@pytest.mark.parametrize("seed", range(10))
def test_a_substitute_name_is_not_in_the_text(seed: int) -> None:
    """No word of it."""
    example = substitute_entity(BUILT, ["Niagara Falls", "Marie Curie", "Windsor"], random.Random(seed))
    assert example is not None
    assert example.span is None
    assert "Niagara Falls" in example.question


def test_a_name_of_the_text_is_no_substitute() -> None:
    assert substitute_entity(BUILT, ["Windsor"], random.Random(1)) is None


def test_an_absent_attribute_is_one_that_the_text_does_not_touch() -> None:
    """A text with a year isn't asked when somebody founded something; the phone number it never has."""
    examples = [
        example for seed in range(200) if (example := ask_absent_attribute(USED, random.Random(seed)))
    ]
    assert any("phone number" in example.question for example in examples)
    with_year = [example for example in examples if "1904" in example.context]
    assert with_year
    assert not any(e.question.startswith("When") and "founded" in e.question for e in with_year)

"""Augmentation: titles before contexts, questions as users type them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from evals.train.data.augmentation import augment, augment_question
from evals.train.data.examples import Example, answerable_example
from evals.train.data.questions import AnnotatedQuestion
from tests.unit.evals.train.data.sample_questions import TEXT, USED


def augmented(question: AnnotatedQuestion, seed: int) -> Example:
    rng = random.Random(seed)
    return augment(answerable_example(question, rng), rng)


@pytest.mark.parametrize("title", ["", "Ice rinks"])
@pytest.mark.parametrize("seed", range(30))
def test_a_title_shifts_the_answer(seed: int, title: str) -> None:
    """With or without a title before the context, the span is the answer."""
    plain = answerable_example(replace(USED, title=title), random.Random(seed))
    example = augment(plain, random.Random(seed))
    assert example.span is not None
    assert example.span.slice(example.context) == "1904"


def test_a_known_title_is_shown_half_of_the_time() -> None:
    """Now and then with a heading. A name takes the place of an unknown title less often."""
    titled = replace(USED, title="Rinks")
    contexts = [augmented(titled, seed).context for seed in range(99)]
    with_title = [text for text in contexts if text.startswith(("Rinks: ", "Rinks. "))]
    assert 33 < len(with_title) < 66
    assert 0 < len([text for text in with_title if text.startswith("Rinks. ")]) < 30
    untitled = [augmented(USED, seed).context for seed in range(99)]
    assert 0 < len([text for text in untitled if text not in TEXT]) < 40


def test_an_augmented_question_keeps_its_content() -> None:
    """Most questions stay as they are. Key words keep every name and number, a typo changes one word."""
    question = "What is the population of Lakeview in 2020?"
    questions = [augment_question(question, random.Random(seed)) for seed in range(400)]
    assert all("2020" in text for text in questions)
    assert sum(text == question for text in questions) > 250
    assert "population Lakeview 2020" in {text.removeprefix("What ") for text in questions}
    small_talk = [text for text in questions if question in text and text != question]
    assert 10 < len(small_talk) < 60
    eight_words = [text for text in questions if text.startswith("What ") and len(text.split()) == 8]
    assert len(eight_words) > sum(text == question for text in questions)
    for text in eight_words:
        pairs = zip(text.split(), question.split(), strict=True)
        assert sum(a.rstrip("?") != b.rstrip("?") for a, b in pairs) <= 1

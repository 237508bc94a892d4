"""Examples: exact offsets, windows of whole sentences."""

from __future__ import annotations

import random

import pytest

from evals.train.data.examples import answerable_example, sample_window, sentence_spans
from tests.unit.evals.train.data.sample_questions import TEXT, USED, annotated


@pytest.mark.parametrize("seed", range(20))
def test_the_span_of_an_example_is_the_answer(seed: int) -> None:
    """Wherever the window begins."""
    example = answerable_example(USED, random.Random(seed))
    assert example.span is not None
    assert example.span.slice(example.context) == "1904"
    assert example.context in TEXT


@pytest.mark.parametrize("seed", range(20))
def test_a_window_is_whole_sentences_within_its_words(seed: int) -> None:
    """It starts and ends with sentences, and has no more words than were asked for."""
    assert USED.answer is not None
    window = sample_window(TEXT, USED.answer, random.Random(seed), (20, 40))
    assert window.start in {s.start for s in sentence_spans(TEXT)}
    assert window.end in {s.end for s in sentence_spans(TEXT)}
    assert len(window.slice(TEXT).split()) <= 40


def test_windows_differ_by_seed() -> None:
    """One question has several windows."""
    assert len({answerable_example(USED, random.Random(seed)).context for seed in range(20)}) > 3


def test_an_answer_over_two_sentences_is_whole() -> None:
    """A span that crosses a sentence end widens its window instead of being cut."""
    crossing = annotated("What is said of it?", "1897. It may be the oldest")
    example = answerable_example(crossing, random.Random(1))
    assert example.span is not None
    assert example.span.slice(example.context) == crossing.answer_text

"""Span predictions: decoded as the service decodes, with the margin over "no answer"."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.train.model.batches import load_tokenizer
from evals.train.model.predictions import NO_SPAN_SCORE, onnx_logits, predict_spans
from rag.reading.span_selection import MAX_ANSWER_TOKENS
from tests.unit.evals.train.model.tiny_model import READER

TEXT = "one two three four five"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(READER, 384)


def predict(tokenizer: Any, starts: dict[str, float], ends: dict[str, float], text: str = TEXT) -> Any:
    """The prediction for logits that are 0 but for some words of the text."""

    def logits(inputs: dict[str, NDArray[np.int64]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        encoding = tokenizer.encode("Which?", text)
        arrays = []
        for by_word in (starts, ends):
            array = np.zeros(inputs["input_ids"].shape, np.float32)
            for word, logit in by_word.items():
                array[0, encoding.char_to_token(text.index(word), 1)] = logit
            arrays.append(array)
        return arrays[0], arrays[1]

    [prediction] = predict_spans([("Which?", text)], tokenizer, logits)
    return prediction


def test_the_best_span_has_the_highest_sum_of_logits(tokenizer: Any) -> None:
    """An end before the start is no span; the margin is the sum minus that of the first token."""
    prediction = predict(tokenizer, {"two": 5.0}, {"one": 8.0, "three": 4.0})
    assert (prediction.text, prediction.margin) == ("two three", 9.0)


def test_a_span_is_as_long_as_in_the_service(tokenizer: Any) -> None:
    """Up to 40 tokens."""
    for words, is_whole in ((MAX_ANSWER_TOKENS, True), (MAX_ANSWER_TOKENS + 1, False)):
        text = " ".join(["first", *["and"] * (words - 2), "last"])
        prediction = predict(tokenizer, {"first": 9.0}, {"last": 9.0}, text)
        assert (prediction.text == text) is is_whole


def test_a_text_without_a_span_has_the_lowest_margin(tokenizer: Any) -> None:
    assert predict(tokenizer, {}, {}, text="").text == ""
    assert predict(tokenizer, {}, {}, text="").margin == NO_SPAN_SCORE


def test_the_shipped_reader_finds_an_answer(tokenizer: Any) -> None:
    """Its margin is higher than for a text without one."""
    question = "When was the ice rink in Windsor built?"
    texts = ("The ice rink in Windsor was built in 1897.", "The club served warm soup in the breaks.")
    logits = onnx_logits(READER / "reader.onnx")
    answer, other = predict_spans([(question, text) for text in texts], tokenizer, logits, batch_size=1)
    assert answer.text == "1897"
    assert answer.margin > other.margin

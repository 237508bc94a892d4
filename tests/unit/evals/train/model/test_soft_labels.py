"""Soft labels: a teacher's probabilities over the student's tokens, cached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.train.data.examples import Example, ExampleKind
from evals.train.model.batches import load_tokenizer
from evals.train.model.predictions import onnx_logits
from evals.train.model.soft_labels import Teacher, add_soft_labels
from rag.types import Span
from tests.unit.evals.train.model.tiny_model import READER

QUESTION = "When was the rink built?"
TEXT = "The rink was built in 1897. Ann Lee skated there until 1901."


def example(text: str = TEXT, *, sentence_level: bool = False) -> Example:
    return Example(
        question=QUESTION,
        context=text,
        span=Span(0, 27) if sentence_level else Span(22, 26),
        kind=ExampleKind.ANSWER,
        sentence_level=sentence_level,
    )


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(READER, 96)


@pytest.fixture(scope="module")
def teacher(tokenizer: Any) -> Teacher:
    return Teacher(onnx_logits(READER / "reader.onnx"), tokenizer, tokenizer)


def test_soft_labels_are_probabilities_of_tokens(teacher: Teacher, tokenizer: Any) -> None:
    """Starts and ends each sum to one, and the likeliest start is the year's."""
    (probabilities,) = teacher.predict([example()])
    encoding = tokenizer.encode(QUESTION, TEXT)
    assert probabilities.shape == (2, len(encoding.ids))
    assert probabilities.sum(axis=1) == pytest.approx([1.0, 1.0], abs=0.01)
    assert encoding.offsets[int(probabilities[0].argmax())][0] == TEXT.index("1897")


def test_a_sentence_level_example_has_soft_labels_in_its_sentence(teacher: Teacher, tokenizer: Any) -> None:
    """None on "no answer"."""
    (probabilities,) = teacher.predict([example(sentence_level=True)])
    encoding = tokenizer.encode(QUESTION, TEXT)
    inside = np.array(
        [s == 1 and o[1] <= 27 for o, s in zip(encoding.offsets, encoding.sequence_ids, strict=True)]
    )
    assert probabilities[:, inside].sum(axis=1) == pytest.approx([1.0, 1.0], abs=0.01)
    assert probabilities[:, ~inside].sum() == 0


def test_other_tokens_than_the_students_give_no_soft_labels(tokenizer: Any) -> None:
    teacher = Teacher(onnx_logits(READER / "reader.onnx"), load_tokenizer(READER, 16), tokenizer)
    (probabilities,) = teacher.predict([example()])
    assert probabilities.size == 0


def test_a_label_only_example_gets_no_soft_labels(teacher: Teacher, tmp_path: Path) -> None:
    """Its neighbour does."""
    label_only = replace(example(), label_only=True)
    first, second = add_soft_labels(
        [label_only, example()], teacher, cache=tmp_path / "soft_labels.npz", log=print
    )
    assert first is label_only
    assert second.soft_labels is not None


def test_soft_labels_are_resumed_from_the_cache(
    teacher: Teacher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was predicted before a crash is not predicted again."""
    monkeypatch.setattr("evals.train.model.soft_labels._BATCH_SIZE", 2)
    monkeypatch.setattr("evals.train.model.soft_labels._SAVE_EVERY", 1)
    examples = [example(TEXT + " Yes." * n) for n in range(5)]
    cache = tmp_path / "soft_labels.npz"
    batch_sizes: list[int] = []

    class CountingTeacher(Teacher):
        def __init__(self, crash_after: int) -> None:
            self._crash_after = crash_after

        def predict(self, examples: Sequence[Example]) -> list[NDArray[np.float16]]:
            if len(batch_sizes) >= self._crash_after:
                raise KeyboardInterrupt
            batch_sizes.append(len(examples))
            return teacher.predict(examples)

    with pytest.raises(KeyboardInterrupt):
        add_soft_labels(examples, CountingTeacher(1), cache=cache, log=print)
    first = add_soft_labels(examples, CountingTeacher(9), cache=cache, log=print)
    assert batch_sizes == [2, 2, 1]
    again = add_soft_labels(examples, CountingTeacher(0), cache=cache, log=print)
    for one, other in zip(first, again, strict=True):
        assert one.soft_labels is not None
        assert other.soft_labels is not None
        assert np.array_equal(one.soft_labels, other.soft_labels)

"""Soft labels: a teacher's probabilities of start and end for each example (distillation).

The student learns the teacher's distribution beside the label (Hinton et al. 2015, arXiv:1503.02531). The
teacher is a span model of another family with the same word pieces, so that its tokens of the context are the
student's, one for one. Where only the answer's sentence is known, the teacher's probabilities are restricted
to that sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.train.data.examples import Example
from evals.train.model.batches import answer_tokens, encode
from evals.train.model.predictions import Logits

_BATCH_SIZE = 64
_SAVE_EVERY = 1_000  # batches; the cache is written whole


def add_soft_labels(
    examples: Sequence[Example],
    teacher: Teacher,
    *,
    cache: Path,
    log: Callable[[str], None],
) -> list[Example]:
    """The examples with the teacher's probabilities, in their order.

    An example stays as it is where it is ``label_only``, or where the two tokenizers cut its context into
    other tokens.

    Args:
        cache: a `.npz` file of what is done; a call with the same examples goes on from there.
    """
    labels = _load(cache, len(examples))
    missing = [i for i, example in enumerate(examples) if i not in labels and not example.label_only]
    for number, batch in enumerate(_batches(missing, examples), start=1):
        labels.update(zip(batch, teacher.predict([examples[i] for i in batch]), strict=True))
        if number % _SAVE_EVERY == 0:
            log(f"{len(labels)} of {len(examples)} examples have soft labels")
            _save(cache, labels)
    _save(cache, labels)
    empty = np.zeros((2, 0), np.float16)
    aligned = [labels.get(i, empty) for i in range(len(examples))]
    return [
        replace(example, soft_labels=soft_labels) if soft_labels.size else example
        for example, soft_labels in zip(examples, aligned, strict=True)
    ]


def _batches(numbers: Sequence[int], examples: Sequence[Example]) -> Iterator[list[int]]:
    """Batches of similar length: little padding."""
    by_length = sorted(numbers, key=lambda i: len(examples[i].context))
    yield from (by_length[first : first + _BATCH_SIZE] for first in range(0, len(by_length), _BATCH_SIZE))


class Teacher:
    """A span model with its tokenizer, and the tokenizer of its student."""

    def __init__(self, logits: Logits, tokenizer: Any, student_tokenizer: Any) -> None:
        self._logits, self._tokenizer, self._student_tokenizer = logits, tokenizer, student_tokenizer

    def predict(self, examples: Sequence[Example]) -> list[NDArray[np.float16]]:
        """Probabilities of start and end over the student's tokens, ``[2, tokens]`` for each example.

        ``[2, 0]`` where the tokens of the context differ.
        """
        starts, ends = self._logits(encode(examples, self._tokenizer).inputs)
        return [self._align(*row) for row in zip(examples, starts, ends, strict=True)]

    def _align(
        self, example: Example, start: NDArray[np.float32], end: NDArray[np.float32]
    ) -> NDArray[np.float16]:
        student = self._student_tokenizer.encode(example.question, example.context)
        teacher = self._tokenizer.encode(example.question, example.context)
        student_tokens = [i for i, sequence in enumerate(student.sequence_ids) if sequence == 1]
        teacher_tokens = [i for i, sequence in enumerate(teacher.sequence_ids) if sequence == 1]
        if [student.offsets[i] for i in student_tokens] != [teacher.offsets[i] for i in teacher_tokens]:
            return np.zeros((2, 0), np.float16)
        pairs = [(0, 0), *zip(student_tokens, teacher_tokens, strict=True)]
        if example.sentence_level:
            allowed = set(answer_tokens(example, student))
            pairs = [(i, j) for i, j in pairs if i in allowed]
        probabilities = np.zeros((2, len(student.ids)), np.float16)
        for row, logits in enumerate((start, end)):
            selected = np.array([logits[j] for _, j in pairs], np.float64)
            weights = np.exp(selected - selected.max())
            probabilities[row, [i for i, _ in pairs]] = weights / weights.sum()
        return probabilities


def _save(path: Path, labels: dict[int, NDArray[np.float16]]) -> None:
    numbers = sorted(labels)
    rows = [labels[i] for i in numbers]
    temporary = path.with_suffix(".tmp.npz")
    np.savez(
        temporary,
        numbers=np.array(numbers),
        widths=np.array([row.shape[1] for row in rows]),
        rows=np.concatenate(rows, axis=1) if rows else np.zeros((2, 0), np.float16),
    )
    temporary.replace(path)


def _load(path: Path, count: int) -> dict[int, NDArray[np.float16]]:
    if not path.exists():
        return {}
    with np.load(path) as file:
        rows = np.split(file["rows"], np.cumsum(file["widths"]), axis=1)[:-1]
        return {int(i): row for i, row in zip(file["numbers"], rows, strict=True) if int(i) < count}

"""Examples as padded arrays, in length-bucketed batches whose order a seed fixes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.train.data.examples import Example

_BATCHES_PER_BUCKET = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Model inputs and targets of some examples.

    Attributes:
        inputs: `input_ids`, `attention_mask` and `token_type_ids`, each ``[examples, tokens]``.
        starts: true at every right start token, ``[examples, tokens]``: one token, or all tokens of the
            answer's sentence where only that is known; the first token where there is no answer.
        ends: the same of end tokens.
        label_only: ``[examples]``, see ``Example``.
        soft_labels: a teacher's probabilities of start and end, ``[2, examples, tokens]``; all zero for an
            example without any.
    """

    inputs: dict[str, NDArray[np.int64]]
    starts: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    label_only: NDArray[np.bool_] | None = None
    soft_labels: NDArray[np.float32] | None = None

    def select(self, mask: NDArray[np.bool_]) -> Batch:
        """The examples of a mask ``[examples]``, cut to the length of the longest of them."""
        width = int(self.inputs["attention_mask"][mask].sum(1).max())
        return Batch(
            inputs={name: array[mask, :width] for name, array in self.inputs.items()},
            starts=self.starts[mask, :width],
            ends=self.ends[mask, :width],
            label_only=None if self.label_only is None else self.label_only[mask],
            soft_labels=None if self.soft_labels is None else self.soft_labels[:, mask, :width],
        )


def bucket_by_length(examples: Sequence[Example], batch_size: int, *, seed: int) -> list[list[int]]:
    """Batches of example numbers; those of one batch are about equally long, which saves padding."""
    lengths = [len(example.context) + len(example.question) for example in examples]
    bucket_size = batch_size * _BATCHES_PER_BUCKET
    plan: list[list[int]] = []
    for first in range(0, len(examples), bucket_size):
        bucket = sorted(range(first, min(first + bucket_size, len(examples))), key=lengths.__getitem__)
        batches = [bucket[i : i + batch_size] for i in range(0, len(bucket), batch_size)]
        random.Random(seed + first).shuffle(batches)  # noqa: S311 (reproducible, not secret)
        plan += batches
    return plan


def load_tokenizer(folder: Path, max_tokens: int) -> Any:
    """The fast tokenizer of a folder; it truncates contexts, not questions, to ``max_tokens`` in all."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens, strategy="only_second")
    tokenizer.no_padding()
    return tokenizer


def padded_inputs(encodings: Sequence[Any]) -> dict[str, NDArray[np.int64]]:
    """Encodings of (question, context) as model inputs, each ``[encodings, tokens]``, padded with zeros."""
    shape = (len(encodings), max(len(encoding.ids) for encoding in encodings))
    inputs = {name: np.zeros(shape, np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
    for row, encoding in enumerate(encodings):
        tokens = len(encoding.ids)
        inputs["input_ids"][row, :tokens] = encoding.ids
        inputs["attention_mask"][row, :tokens] = 1
        inputs["token_type_ids"][row, :tokens] = encoding.type_ids
    return inputs


def encode(examples: Sequence[Example], tokenizer: Any) -> Batch:
    """One batch. An answer beyond the truncation counts as none: the reader doesn't see it either."""
    encodings = tokenizer.encode_batch([(example.question, example.context) for example in examples])
    inputs = padded_inputs(encodings)
    shape = inputs["input_ids"].shape
    starts, ends = np.zeros(shape, bool), np.zeros(shape, bool)
    has_soft_labels = any(example.soft_labels is not None for example in examples)
    soft_labels = np.zeros((2, *shape), np.float32) if has_soft_labels else None
    for row, (example, encoding) in enumerate(zip(examples, encodings, strict=True)):
        tokens = answer_tokens(example, encoding)
        starts[row, tokens if example.sentence_level else tokens[:1]] = True
        ends[row, tokens if example.sentence_level else tokens[-1:]] = True
        if soft_labels is not None and example.soft_labels is not None:
            soft_labels[:, row, : len(encoding.ids)] = example.soft_labels
    label_only = np.array([example.label_only for example in examples], bool)
    return Batch(inputs=inputs, starts=starts, ends=ends, label_only=label_only, soft_labels=soft_labels)


def answer_tokens(example: Example, encoding: Any) -> list[int]:
    """Numbers of the tokens that cover the answer; [0], the "no answer" token, where there is none."""
    if example.span is None:
        return [0]
    span = example.span
    tokens = zip(encoding.offsets, encoding.sequence_ids, strict=True)
    covered = [i for i, ((a, b), s) in enumerate(tokens) if s == 1 and a < span.end and b > span.start]
    complete = bool(covered) and encoding.offsets[covered[-1]][1] >= span.end
    return covered if complete or (covered and example.sentence_level) else [0]


def encode_batches(
    examples: Sequence[Example], plan: Sequence[Sequence[int]], tokenizer: Any
) -> Iterator[Batch]:
    """The batches of a plan (``bucket_by_length``), each encoded when it is reached."""
    for numbers in plan:
        yield encode([examples[n] for n in numbers], tokenizer)

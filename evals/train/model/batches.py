"""Examples as padded tensors, in an order that a seed fixes and a restart finds again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.train.data.examples import Example

_CHUNK = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """``inputs`` and targets, each ``[examples, tokens]``.

    ``starts`` and ``ends`` are true at every token that is right: one token each, or, where only the
    sentence is known, all of its tokens; the first token where there is no answer. ``labelled``,
    ``[examples]``: see ``Example``. ``soft`` is a teacher's probabilities of start and end,
    ``[2, examples, tokens]``, all zero for an example it wasn't asked about.
    """

    inputs: dict[str, NDArray[np.int64]]
    starts: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    labelled: NDArray[np.bool_] | None = None
    soft: NDArray[np.float32] | None = None

    def only(self, chosen: NDArray[np.bool_]) -> Batch:
        """The examples chosen, cut to the longest of them."""
        width = int(self.inputs["attention_mask"][chosen].sum(1).max())
        return Batch(
            inputs={name: array[chosen, :width] for name, array in self.inputs.items()},
            starts=self.starts[chosen, :width],
            ends=self.ends[chosen, :width],
            labelled=None if self.labelled is None else self.labelled[chosen],
            soft=None if self.soft is None else self.soft[:, chosen, :width],
        )


def order(examples: Sequence[Example], size: int, *, seed: int) -> list[list[int]]:
    """Batches of example numbers. Those of one batch are about equally long: less padding."""
    lengths = [len(e.context) + len(e.question) for e in examples]
    batches: list[list[int]] = []
    for at in range(0, len(examples), size * _CHUNK):
        chunk = sorted(range(at, min(at + size * _CHUNK, len(examples))), key=lengths.__getitem__)
        cut = [chunk[i : i + size] for i in range(0, len(chunk), size)]
        random.Random(seed + at).shuffle(cut)  # noqa: S311 (reproducible, not secret)
        batches += cut
    return batches


def load_tokenizer(folder: Path, tokens: int) -> Any:
    """The fast tokenizer of a model folder, cutting texts (not questions) to ``tokens`` in all."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(tokens, strategy="only_second")
    tokenizer.no_padding()
    return tokenizer


def encode(examples: Sequence[Example], tokenizer: Any) -> Batch:
    """One batch. An answer beyond the cut counts as none: the reader wouldn't see it either."""
    encoded = tokenizer.encode_batch([(e.question, e.context) for e in examples])
    shape = (len(examples), max(len(e.ids) for e in encoded))
    inputs = {name: np.zeros(shape, np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
    starts, ends = np.zeros(shape, bool), np.zeros(shape, bool)
    soft = np.zeros((2, *shape), np.float32) if any(e.taught is not None for e in examples) else None
    for i, (example, code) in enumerate(zip(examples, encoded, strict=True)):
        inputs["input_ids"][i, : len(code.ids)] = code.ids
        inputs["attention_mask"][i, : len(code.ids)] = 1
        inputs["token_type_ids"][i, : len(code.ids)] = code.type_ids
        tokens = answer_tokens(example, code)
        starts[i, tokens if example.region else tokens[:1]] = True
        ends[i, tokens if example.region else tokens[-1:]] = True
        if soft is not None and example.taught is not None:
            soft[:, i, : len(code.ids)] = example.taught
    labelled = np.array([example.labelled for example in examples], bool)
    return Batch(inputs=inputs, starts=starts, ends=ends, labelled=labelled, soft=soft)


def answer_tokens(example: Example, code: Any) -> list[int]:
    """Numbers of the tokens that cover the answer; [0], the "no answer" token, where there is none."""
    if example.span is None:
        return [0]
    span = example.span
    places = zip(code.offsets, code.sequence_ids, strict=True)
    covered = [i for i, ((a, b), s) in enumerate(places) if s == 1 and a < span.end and b > span.start]
    whole = bool(covered) and code.offsets[covered[-1]][1] >= span.end
    return covered if whole or (covered and example.region) else [0]


def batches(examples: Sequence[Example], plan: Sequence[Sequence[int]], tokenizer: Any) -> Iterator[Batch]:
    """The batches of a plan, encoded as they are asked for."""
    for numbers in plan:
        yield encode([examples[n] for n in numbers], tokenizer)

"""What a bigger model makes of each example: its probabilities for every token, to learn from.

Distillation (Hinton et al. 2015, arXiv:1503.02531): the small reader learns the big one's whole
distribution beside the label. The teacher is a span model of another family whose word pieces are the
same, so that its tokens of the text are the student's, one for one. Where only the answering sentence
is known, the teacher may look nowhere else: what it finds there is nearly a label.
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

_BATCH = 64
_KEPT_EVERY = 1_000  # batches; what is kept is written whole


def taught(
    examples: Sequence[Example],
    teacher: Teacher,
    *,
    keep: Path,
    say: Callable[[str], None],
) -> list[Example]:
    """The examples with the teacher's probabilities, in their order.

    An example stays as it is where it is ``labelled``, or the two models cut its text into other tokens.
    What is done is kept in the file ``keep`` (an ``.npz``), and a call with the same examples goes on from
    there.
    """
    said = _kept(keep, len(examples))
    todo = [i for i, example in enumerate(examples) if i not in said and not example.labelled]
    for number, numbers in enumerate(_batches(todo, examples)):
        said.update(zip(numbers, teacher.ask([examples[i] for i in numbers]), strict=True))
        if (number + 1) % _KEPT_EVERY == 0:
            say(f"{len(said)} of {len(examples)} examples taught")
            _keep(keep, said)
    _keep(keep, said)
    empty = np.zeros((2, 0), np.float16)
    known = [said.get(i, empty) for i in range(len(examples))]
    return [replace(e, taught=k) if k.size else e for e, k in zip(examples, known, strict=True)]


def _batches(numbers: Sequence[int], examples: Sequence[Example]) -> Iterator[list[int]]:
    """Batches of like length: little padding."""
    ranked = sorted(numbers, key=lambda i: len(examples[i].context))
    yield from (ranked[at : at + _BATCH] for at in range(0, len(ranked), _BATCH))


class Teacher:
    """A span model with its tokenizer, and the tokenizer of the model that learns from it."""

    def __init__(self, logits: Logits, tokenizer: Any, student: Any) -> None:
        self._logits, self._tokenizer, self._student = logits, tokenizer, student

    def ask(self, examples: Sequence[Example]) -> list[NDArray[np.float16]]:
        """``[2, tokens]`` for each: probabilities of start and end over the student's tokens.

        Empty where the tokens of the text aren't the same.
        """
        starts, ends = self._logits(encode(examples, self._tokenizer).inputs)
        return [self._aligned(e, s, t) for e, s, t in zip(examples, starts, ends, strict=True)]

    def _aligned(
        self, example: Example, start: NDArray[np.float32], end: NDArray[np.float32]
    ) -> NDArray[np.float16]:
        ours = self._student.encode(example.question, example.context)
        theirs = self._tokenizer.encode(example.question, example.context)
        here = [i for i, sequence in enumerate(ours.sequence_ids) if sequence == 1]
        there = [i for i, sequence in enumerate(theirs.sequence_ids) if sequence == 1]
        if [ours.offsets[i] for i in here] != [theirs.offsets[i] for i in there]:
            return np.zeros((2, 0), np.float16)
        pairs = [(0, 0), *zip(here, there, strict=True)]
        if example.region:
            allowed = set(answer_tokens(example, ours))
            pairs = [(i, j) for i, j in pairs if i in allowed]
        out = np.zeros((2, len(ours.ids)), np.float16)
        for row, values in enumerate((start, end)):
            chosen = np.array([values[j] for _, j in pairs], np.float64)
            weights = np.exp(chosen - chosen.max())
            out[row, [i for i, _ in pairs]] = weights / weights.sum()
        return out


def _keep(path: Path, said: dict[int, NDArray[np.float16]]) -> None:
    numbers = sorted(said)
    rows = [said[i] for i in numbers]
    temporary = path.with_suffix(".tmp.npz")
    np.savez(
        temporary,
        numbers=np.array(numbers),
        widths=np.array([row.shape[1] for row in rows]),
        rows=np.concatenate(rows, axis=1) if rows else np.zeros((2, 0), np.float16),
    )
    temporary.replace(path)


def _kept(path: Path, count: int) -> dict[int, NDArray[np.float16]]:
    if not path.exists():
        return {}
    with np.load(path) as held:
        rows = np.split(held["rows"], np.cumsum(held["widths"]), axis=1)[:-1]
        return {int(i): row for i, row in zip(held["numbers"], rows, strict=True) if int(i) < count}

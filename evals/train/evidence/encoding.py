"""Groups as padded tensors, and what each token, unit and passage is to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals.train.evidence.groups import Group, LabelledPassage
from evals.train.model.batches import padded_inputs

MAX_TOKENS = 256  # of question and passage together
_MAX_QUESTION = 400  # characters


@dataclass(frozen=True, slots=True)
class UnitTokens:
    """Tokens ``[first, last)`` of one unit, and its label (``LabelledUnit.supports``)."""

    first: int
    last: int
    supports: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedPassage:
    """A question with one passage as token ids; ``answers`` are first and last token, both inclusive.

    Units and answers beyond the cut are left out: the reader would not see them either.
    """

    ids: Sequence[int]
    type_ids: Sequence[int]
    units: tuple[UnitTokens, ...]
    answers: tuple[tuple[int, int], ...]
    relevant: bool


def encode_passage(tokenizer: Any, question: str, passage: LabelledPassage) -> EncodedPassage:
    """One passage behind its question, cut at ``MAX_TOKENS`` (the tokenizer's truncation)."""
    encoding = tokenizer.encode(question[:_MAX_QUESTION], passage.text)
    context = [token for token, kind in enumerate(encoding.sequence_ids) if kind == 1]

    def tokens_of(start: int, end: int) -> list[int]:
        return [t for t in context if encoding.offsets[t][0] < end and encoding.offsets[t][1] > start]

    units = [
        UnitTokens(tokens[0], tokens[-1] + 1, unit.supports)
        for unit in passage.units
        if (tokens := tokens_of(unit.start, unit.end))
    ]
    answers = [
        (tokens[0], tokens[-1])
        for start, end in passage.answers
        if (tokens := tokens_of(start, end)) and encoding.offsets[tokens[-1]][1] >= end
    ]
    return EncodedPassage(
        ids=encoding.ids,
        type_ids=encoding.type_ids,
        units=tuple(units),
        answers=tuple(answers),
        relevant=passage.relevant,
    )


def encode_group(tokenizer: Any, group: Group) -> list[EncodedPassage]:
    """A group's passages, in order."""
    return [encode_passage(tokenizer, group.question, passage) for passage in group.passages]


def pad(passages: Sequence[EncodedPassage]) -> dict[str, Any]:
    """``input_ids``, ``attention_mask`` and ``token_type_ids``: int64 tensors ``(passages, longest)``."""
    import torch

    return {name: torch.from_numpy(array) for name, array in padded_inputs(passages).items()}

"""What the evidence reader is trained to minimise.

- relevance: cross entropy of a softmax over a group's passages and "none of them" (logit 0), the mass of all
  relevant passages counted together; of an unanswerable question "none of them" is right;
- support: binary cross entropy of each unit of a relevant passage, and of a share of the others';
- span: the negative log of the mass of all accepted answers (Clark and Gardner 2018, arXiv:1710.10723); for
  passages that are not relevant "no answer", the first token;
- polarity: cross entropy for yes/no questions: the answer on a relevant passage, "neither" on another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.train.evidence.encoding import EncodedPassage, pad
from evals.train.evidence.groups import Group
from evals.train.evidence.model import POLARITIES, Logits

if TYPE_CHECKING:
    import torch

SUPPORT_WEIGHT, SPAN_WEIGHT, POLARITY_WEIGHT = 0.5, 0.5, 0.5
_WEAK_EVIDENCE = 0.3  # of the support loss, where the labels are a model's
_OTHER_UNITS = 0.15  # share of passages that are not relevant whose units are learnt from
_NO_ANSWER = 0.15  # of the span loss, for one of a group's passages that are not relevant
_NEITHER = 0.3  # of the polarity loss, for a passage that is not relevant
_CHUNKS = 3  # forward passes for a batch, sorted by length: less padding
_PADDED = -1e4


@dataclass(frozen=True, slots=True)
class LossParts:
    """Sums over a batch divided by its groups; ``total`` is weighted."""

    relevance: torch.Tensor
    support: torch.Tensor
    span: torch.Tensor
    polarity: torch.Tensor

    @property
    def total(self) -> torch.Tensor:
        """What is minimised."""
        return (
            self.relevance
            + SUPPORT_WEIGHT * self.support
            + SPAN_WEIGHT * self.span
            + POLARITY_WEIGHT * self.polarity
        )


def forward(model: Any, passages: Sequence[EncodedPassage]) -> Logits:
    """The logits of passages in their order, computed in bf16 on chunks of like length."""
    import torch

    order = sorted(range(len(passages)), key=lambda i: len(passages[i].ids))
    size = -(-len(order) // _CHUNKS)
    width = max(len(passage.ids) for passage in passages)
    parts: list[tuple[torch.Tensor, ...]] = []
    for first in range(0, len(order), size):
        inputs = pad([passages[i] for i in order[first : first + size]])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(**inputs)
        padded = inputs["attention_mask"] == 0
        room = (0, width - padded.shape[1])
        parts.append(
            (
                torch.nn.functional.pad(
                    logits.start.float().masked_fill(padded, _PADDED), room, value=_PADDED
                ),
                torch.nn.functional.pad(logits.end.float().masked_fill(padded, _PADDED), room, value=_PADDED),
                torch.nn.functional.pad(logits.support.float(), room),
                logits.relevance.float(),
                logits.polarity.float(),
            )
        )
    back = torch.tensor(order).argsort()
    return Logits(*(torch.cat(tensors)[back] for tensors in zip(*parts, strict=True)))


def group_losses(
    model: Any, groups: Sequence[Group], encoded: Sequence[Sequence[EncodedPassage]], rng: random.Random
) -> LossParts:
    """The losses of a batch of groups; ``encoded`` are their passages."""
    import torch

    logits = forward(model, [passage for passages in encoded for passage in passages])
    log_start, log_end = logits.start.log_softmax(1), logits.end.log_softmax(1)
    relevance, support, span = [], [], []
    polarity: list[torch.Tensor] = []
    row = 0
    for group, passages in zip(groups, encoded, strict=True):
        rows = range(row, row + len(passages))
        row += len(passages)
        relevance.append(group.weight * _relevance_loss(logits.relevance[rows.start : rows.stop], passages))
        for i, passage in zip(rows, passages, strict=True):
            if passage.relevant or rng.random() < _OTHER_UNITS:
                loss = _support_loss(logits.support[i], passage)
                if loss is not None:
                    support.append(group.weight * (_WEAK_EVIDENCE if group.weak_evidence else 1.0) * loss)
            if passage.answers:
                first = torch.tensor([answer[0] for answer in passage.answers])
                last = torch.tensor([answer[1] for answer in passage.answers])
                span.append(-group.weight * (log_start[i][first] + log_end[i][last]).logsumexp(0) / 2)
            elif not passage.relevant:
                share = 1.0 if len(passages) == 1 else _NO_ANSWER
                span.append(-group.weight * share * (log_start[i][0] + log_end[i][0]) / 2)
        polarity += _polarity_losses(logits.polarity[rows.start : rows.stop], passages, group)
    return LossParts(*(_mean(parts, len(groups)) for parts in (relevance, support, span, polarity)))


def _relevance_loss(logits: torch.Tensor, passages: Sequence[EncodedPassage]) -> torch.Tensor:
    import torch

    with_none = torch.cat([torch.zeros(1), logits])
    is_right = [passage.relevant for passage in passages]
    right = torch.tensor([not any(is_right), *is_right])
    return with_none.logsumexp(0) - with_none[right].logsumexp(0)


def _polarity_losses(
    logits: torch.Tensor, passages: Sequence[EncodedPassage], group: Group
) -> Iterator[torch.Tensor]:
    """Of a yes/no question's first relevant passage and of the first that is not; else none."""
    import torch

    if group.polarity is None:
        return
    for is_relevant, name, weight in ((True, group.polarity, 1.0), (False, "neither", _NEITHER)):
        row = next((i for i, p in enumerate(passages) if p.relevant == is_relevant), None)
        if row is not None:
            target = torch.tensor([POLARITIES.index(name)])
            yield group.weight * weight * torch.nn.functional.cross_entropy(logits[row][None], target)


def _support_loss(logits: torch.Tensor, passage: EncodedPassage) -> torch.Tensor | None:
    import torch

    known = [unit for unit in passage.units if unit.supports is not None]
    if not known:
        return None
    means = torch.stack([logits[unit.first : unit.last].mean() for unit in known])
    targets = torch.tensor([float(bool(unit.supports)) for unit in known])
    return torch.nn.functional.binary_cross_entropy_with_logits(means, targets)


def _mean(parts: Sequence[torch.Tensor], count: int) -> torch.Tensor:
    import torch

    return torch.stack(list(parts)).sum() / count if parts else torch.zeros(())

"""A model becomes like another of its shape: each layer's outputs and the answers, without labels.

What a pruned model has lost it gets back so (hidden states and distribution: Jiao et al. 2020,
arXiv:1909.10351; the layers being the same, each is compared with its own): every token of every layer
is something to learn from, where a label is one of an example. Texts of a kind that the other never saw
are learnt from their labels (``Example.labelled``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evals.train.model.batches import Batch
from evals.train.model.trainer import TEMPERATURE, Loss, accepted, loss_of, place, tensors

if TYPE_CHECKING:
    import torch


def likeness(other: Any) -> Loss:
    """The divergence of starts and ends from the other's, and the squared differences of its layers.

    The first at ``TEMPERATURE``, times its square; the second as a share of the layer's mean square, summed
    over the layers. Of labelled examples the negative log probability of what is right (``loss_of``). Each
    example counts the same.
    """

    def loss(model: Any, batch: Batch) -> torch.Tensor:
        if batch.labelled is None or not batch.labelled.any():
            return alike(model, batch)
        if batch.labelled.all():
            return loss_of(model, batch)
        share = float(batch.labelled.mean())
        ours, theirs = batch.only(batch.labelled), batch.only(~batch.labelled)
        return share * loss_of(model, ours) + (1 - share) * alike(model, theirs)

    def alike(model: Any, batch: Batch) -> torch.Tensor:
        import torch

        device = place(model)
        given = tensors(batch.inputs, device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            out = model(**accepted(model, given), output_hidden_states=True)
            with torch.no_grad():
                wanted = other(**accepted(other, given), output_hidden_states=True)
        real = given["attention_mask"].bool()
        total = torch.zeros((), device=device)
        for ours, theirs in zip(out.hidden_states[1:], wanted.hidden_states[1:], strict=True):
            want = theirs[real].float()
            total = total + ((ours[real].float() - want) ** 2).mean() / (want**2).mean()
        for name in ("start_logits", "end_logits"):
            said, want = (_softened(found[name], real) for found in (out, wanted))
            total = total + (want.exp() * (want - said)).sum(1).mean() * TEMPERATURE**2
        return total

    other.eval()
    return loss


def _softened(logits: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    return (logits.float().masked_fill(~real, -1e4) / TEMPERATURE).log_softmax(1)

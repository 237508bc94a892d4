"""The loss of span prediction.

Cross entropy of start and end token, where "no answer" is the first token (Rajpurkar et al. 2018; Devlin et
al. 2019, arXiv:1810.04805). Where only the answer's sentence is known, it is the negative log of the
probability summed over the sentence's tokens (Clark and Gardner 2018, arXiv:1710.10723). With soft labels it
is a weighted mean of the label's loss and the cross entropy to the teacher's distribution, both softened by a
temperature (Hinton et al. 2015, arXiv:1503.02531).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evals.train.model.batches import Batch
from evals.train.model.loading import device_of, model_inputs, to_tensors

if TYPE_CHECKING:
    import torch

SOFT_LABEL_WEIGHT = 0.7  # of the loss, where an example has soft labels
TEMPERATURE = 2.0  # of both distributions where a student is compared with a teacher
MASKED_LOGIT = -1e4

Loss = Callable[[Any, Batch], "torch.Tensor"]  # of a model on a batch: a scalar


def span_loss(model: Any, batch: Batch) -> torch.Tensor:
    """The mean over the examples, and over start and end, as a scalar."""
    import torch

    device = device_of(model)
    inputs = to_tensors(batch.inputs, device)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        output = model(**model_inputs(model, inputs))
    padding = inputs["attention_mask"] == 0
    losses = []
    for i, (logits, targets) in enumerate(
        ((output.start_logits, batch.starts), (output.end_logits, batch.ends))
    ):
        logits = logits.float().masked_fill(padding, MASKED_LOGIT)
        target_logits = logits.masked_fill(~torch.from_numpy(targets).to(device), MASKED_LOGIT)
        loss = logits.logsumexp(1) - target_logits.logsumexp(1)
        if batch.soft_labels is not None:
            probabilities = torch.from_numpy(batch.soft_labels[i]).to(device)
            soft_loss = soft_label_loss(logits, probabilities)
            mixed = (1 - SOFT_LABEL_WEIGHT) * loss + SOFT_LABEL_WEIGHT * soft_loss
            loss = torch.where(probabilities.sum(1) > 0, mixed, loss)
        losses.append(loss.mean())
    return (losses[0] + losses[1]) / 2


def soft_label_loss(logits: torch.Tensor, probabilities: torch.Tensor) -> torch.Tensor:
    """Cross entropy to a teacher's probabilities, both at ``TEMPERATURE``, times its square.

    The factor keeps the size of the gradients independent of the temperature.

    Args:
        logits: ``[examples, tokens]``; ``probabilities`` alike.

    Returns:
        ``[examples]``.
    """
    softened = probabilities ** (1 / TEMPERATURE)  # softmax(z) ** (1 / T) is softmax(z / T), unnormalised
    softened = softened / softened.sum(1, keepdim=True).clamp(min=1e-9)
    return -(softened * (logits / TEMPERATURE).log_softmax(1)).sum(1) * TEMPERATURE**2

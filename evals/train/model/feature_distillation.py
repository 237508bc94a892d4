"""Feature distillation: a student learns a teacher's hidden states and span distributions, without labels.

For a pruned model whose teacher is the unpruned one: the layers correspond one to one (hidden states and
distributions: Jiao et al. 2020, arXiv:1909.10351). Every token of every layer is a target, where a label is
one per example. Examples of a kind that the teacher never saw are learnt from their labels
(``Example.label_only``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evals.train.model.batches import Batch
from evals.train.model.loading import device_of, model_inputs, to_tensors
from evals.train.model.losses import MASKED_LOGIT, TEMPERATURE, Loss, span_loss

if TYPE_CHECKING:
    import torch


def feature_distillation_loss(teacher: Any) -> Loss:
    """The loss of a student that has the teacher's shape.

    The sum of two terms: over the layers, the mean squared difference of the hidden states divided by the
    teacher's mean square; and the Kullback-Leibler divergence of the start and of the end distribution from
    the teacher's at ``TEMPERATURE``, times its square. For ``label_only`` examples it is ``span_loss``. Each
    example counts the same. Sets the teacher to evaluation mode.
    """

    def loss(model: Any, batch: Batch) -> torch.Tensor:
        if batch.label_only is None or not batch.label_only.any():
            return distance(model, batch)
        if batch.label_only.all():
            return span_loss(model, batch)
        share = float(batch.label_only.mean())
        labelled, unlabelled = batch.select(batch.label_only), batch.select(~batch.label_only)
        return share * span_loss(model, labelled) + (1 - share) * distance(model, unlabelled)

    def distance(model: Any, batch: Batch) -> torch.Tensor:
        import torch

        device = device_of(model)
        inputs = to_tensors(batch.inputs, device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            student_output = model(**model_inputs(model, inputs), output_hidden_states=True)
            with torch.no_grad():
                teacher_output = teacher(**model_inputs(teacher, inputs), output_hidden_states=True)
        mask = inputs["attention_mask"].bool()
        total = torch.zeros((), device=device)
        layers = zip(student_output.hidden_states[1:], teacher_output.hidden_states[1:], strict=True)
        for student_states, teacher_states in layers:
            target = teacher_states[mask].float()
            total = total + ((student_states[mask].float() - target) ** 2).mean() / (target**2).mean()
        for name in ("start_logits", "end_logits"):
            predicted, target = (
                _softened_log_probabilities(output[name], mask) for output in (student_output, teacher_output)
            )
            total = total + (target.exp() * (target - predicted)).sum(1).mean() * TEMPERATURE**2
        return total

    teacher.eval()
    return loss


def _softened_log_probabilities(logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """``[examples, tokens]``, at ``TEMPERATURE``; padding has a probability of 0."""
    return (logits.float().masked_fill(~mask, MASKED_LOGIT) / TEMPERATURE).log_softmax(1)

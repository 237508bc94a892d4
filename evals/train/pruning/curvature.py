"""The loss's curvature at each prunable layer, as Kronecker factors estimated on examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.train.data.examples import Example
from evals.train.model.batches import encode
from evals.train.model.loading import device_of, model_inputs, to_tensors
from evals.train.pruning.layers import PrunableLayer

if TYPE_CHECKING:
    import torch

_BATCH_SIZE = 16
_MASKED_LOGIT = -1e9


@dataclass(slots=True)
class KroneckerFactors:
    """Second moments at a layer's consumer, summed over tokens (Martens and Grosse 2015, arXiv:1503.05671).

    Attributes:
        inputs: ``[inputs + 1, inputs + 1]``, products of its inputs and a constant 1 for the bias.
        gradients: ``[outputs, outputs]``, products of the loss's gradients at its outputs.
        tokens: how many tokens the sums are over.
        examples: how many examples.
    """

    inputs: torch.Tensor
    gradients: torch.Tensor
    tokens: int = 0
    examples: int = 0


def estimate_curvature(
    model: Any,
    layers: Sequence[PrunableLayer],
    examples: Sequence[Example],
    tokenizer: Any,
    *,
    seed: int,
) -> list[KroneckerFactors]:
    """The factors of each layer over the examples; padding is left out."""
    import torch

    observed: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}

    def observe(name: str) -> Any:
        def hook(_module: Any, inputs: Any, output: Any) -> None:
            output.retain_grad()
            observed[name] = (inputs[0].detach(), output)

        return hook

    hooks = [layer.consumer.register_forward_hook(observe(layer.name)) for layer in layers]
    curvature = [KroneckerFactors(torch.zeros(()).double(), torch.zeros(()).double()) for _ in layers]
    random = torch.Generator().manual_seed(seed)
    model.eval()
    by_length = sorted(examples, key=lambda example: len(example.context))  # little padding
    for first in range(0, len(by_length), _BATCH_SIZE):
        batch = encode(by_length[first : first + _BATCH_SIZE], tokenizer)
        tensors = to_tensors(batch.inputs, device_of(model))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = model(**model_inputs(model, tensors))
        model.zero_grad()
        _sampled_answer_loss(output, tensors, random).backward()
        mask = tensors["attention_mask"].bool()
        for layer, factors in zip(layers, curvature, strict=True):
            layer_inputs, layer_output = observed[layer.name]
            with_constant = torch.nn.functional.pad(layer_inputs[mask], (0, 1), value=1.0)
            factors.inputs = factors.inputs + _second_moments(with_constant)
            factors.gradients = factors.gradients + _second_moments(layer_output.grad[mask])
            factors.tokens += int(mask.sum())
            factors.examples += len(mask)
    model.zero_grad()
    for hook in hooks:
        hook.remove()
    return curvature


def _second_moments(rows: torch.Tensor) -> torch.Tensor:
    """``[columns, columns]`` of ``[rows, columns]``, summed over the rows."""
    return (rows.float().T @ rows.float()).double()


def _sampled_answer_loss(
    output: Any, inputs: Mapping[str, torch.Tensor], random: torch.Generator
) -> torch.Tensor:
    """The negative log probability of starts and ends sampled from the model itself.

    The second moments of its gradients are the Fisher information of the model's distribution.
    """
    import torch

    allowed = inputs["token_type_ids"] == 1
    allowed[:, 0] = True
    loss = torch.zeros(())
    for logits in (output.start_logits, output.end_logits):
        log_probabilities = logits.float().masked_fill(~allowed, _MASKED_LOGIT).log_softmax(1)
        sampled = torch.multinomial(log_probabilities.detach().exp(), 1, generator=random)
        loss = loss - log_probabilities.gather(1, sampled).sum()
    return loss

"""The optimal brain surgeon: the groups that each layer keeps, and weights that compensate for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.train.data.examples import Example
from evals.train.pruning.curvature import KroneckerFactors, estimate_curvature
from evals.train.pruning.layers import PrunableLayer, prunable_layers

if TYPE_CHECKING:
    import torch

_RIDGE = 1e-4  # added to the diagonal, as a share of its mean


@dataclass(frozen=True, slots=True)
class PrunedLayer:
    """A layer with so many groups left: its consumer's weights, and the estimated loss increase.

    Attributes:
        weight: ``[outputs, inputs + 1]``, the bias in the last column.
        loss_increase: of an example, in nats.
    """

    groups: int
    weight: torch.Tensor
    loss_increase: float


def prune_stepwise(layer: PrunableLayer, factors: KroneckerFactors) -> Iterator[PrunedLayer]:
    """The layer with fewer and fewer groups, from all of them to one; each time the cheapest is removed."""
    import torch

    inputs, gradients = factors.inputs / factors.tokens, factors.gradients / factors.tokens
    original, width, groups = layer.weight, layer.group_width, layer.groups
    weight = original.clone()
    ridge = _RIDGE * inputs.diagonal()[:-1].mean()
    inverse = torch.linalg.inv(inputs + ridge * torch.eye(len(inputs)).double())
    removed = torch.zeros(groups, dtype=torch.bool)
    yield PrunedLayer(groups, original.float(), 0.0)
    for left in range(groups - 1, 0, -1):
        costs = _removal_costs(weight[:, :-1], inverse[:-1, :-1], gradients, width)
        costs[removed] = torch.inf
        cheapest = int(costs.argmin())
        group = slice(cheapest * width, (cheapest + 1) * width)
        compensation = torch.linalg.solve(inverse[group, group], inverse[group])
        weight -= weight[:, group] @ compensation
        inverse -= inverse[:, group] @ compensation
        # What is left of the group is rounding error, and must not come back.
        weight[:, group] = inverse[group] = inverse[:, group] = 0
        inverse[group, group] = torch.eye(width).double()
        removed[cheapest] = True
        if left % layer.groups_per_choice == 0:
            change = weight - original
            per_token = ((gradients @ change) * (change @ inputs)).sum() / 2
            yield PrunedLayer(left, weight.float(), float(factors.tokens / factors.examples * per_token))


def _removal_costs(
    weight: torch.Tensor, inverse: torch.Tensor, gradients: torch.Tensor, width: int
) -> torch.Tensor:
    """``[groups]``: the loss increase, up to a factor, if a group is removed and the rest compensates."""
    import torch

    groups = weight.shape[1] // width
    own_inverse = inverse.reshape(groups, width, groups, width).diagonal(dim1=0, dim2=2).permute(2, 0, 1)
    by_group = weight.reshape(-1, groups, width)
    sloped = (gradients @ weight).reshape(-1, groups, width)
    curvature = torch.einsum("ogi,ogj->gij", by_group, sloped)
    return torch.linalg.solve(own_inverse, curvature).diagonal(dim1=1, dim2=2).sum(1)


def choose_groups(choices: Sequence[tuple[int, Sequence[PrunedLayer]]], keep: float) -> list[PrunedLayer]:
    """One choice for each layer: the least total loss increase within a share of the time.

    A dynamic program over the total cost.

    Args:
        choices: for each layer the cost of one group, and the choices, all groups first.
        keep: share of the cost of all groups, in (0, 1].

    Raises:
        ValueError: the share isn't in that range, or even the smallest choices cost more.
    """
    if not 0 < keep <= 1:
        raise ValueError(f"a share of the time is over 0 and at most 1, not {keep}")
    budget = keep * sum(cost * options[0].groups for cost, options in choices)
    best: dict[int, tuple[float, list[PrunedLayer]]] = {0: (0.0, [])}  # by total cost
    for cost, options in choices:
        extended: dict[int, tuple[float, list[PrunedLayer]]] = {}
        for spent, (loss, chosen) in best.items():
            for option in options:
                total, total_loss = spent + cost * option.groups, loss + option.loss_increase
                if total <= budget and total_loss < extended.get(total, (float("inf"), []))[0]:
                    extended[total] = (total_loss, [*chosen, option])
        best = extended
    if not best:
        raise ValueError(f"a share of {keep} is less than the least that can be kept")
    return min(best.values(), key=lambda candidate: candidate[0])[1]


def prune(
    model: Any, examples: Sequence[Example], tokenizer: Any, *, keep: float, seed: int
) -> dict[str, PrunedLayer]:
    """Prune a model in place to a share of its layers' time; returns what is kept, by layer name.

    Raises:
        ValueError: see ``choose_groups``.
    """
    layers = prunable_layers(model)
    curvature = estimate_curvature(model, layers, examples, tokenizer, seed=seed)
    choices = [
        (layer.group_cost, list(prune_stepwise(layer, factors)))
        for layer, factors in zip(layers, curvature, strict=True)
    ]
    remaining = choose_groups(choices, keep)
    for layer, pruned in zip(layers, remaining, strict=True):
        layer.apply(pruned.weight)
    return {layer.name: pruned for layer, pruned in zip(layers, remaining, strict=True)}

"""What can be removed of a model: the attention heads and the feed-forward neurons of each layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

NEURONS_PER_CHOICE = 32
# Relative times: in a passage of 150 tokens a head takes 0.112 ms, 128 neurons take 0.12 ms (int8, one
# thread, ONNX Runtime 1.32).
HEAD_COST, NEURON_COST = 120, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PrunableLayer:
    """The heads of a layer, or its neurons, as groups of inputs of one linear module.

    Attributes:
        producers: linear modules whose outputs, one for one, the consumer's inputs are made of.
        consumer: the linear module whose inputs are removed.
        group_width: how many inputs are removed together.
        group_cost: the relative time of one group.
        groups_per_choice: how many groups are between two choices of what to keep.
    """

    name: str
    producers: Sequence[Any]
    consumer: Any
    group_width: int
    group_cost: int
    groups_per_choice: int

    @property
    def groups(self) -> int:
        return int(self.consumer.in_features) // self.group_width

    @property
    def weight(self) -> torch.Tensor:
        """The consumer's ``[outputs, inputs + 1]`` in double precision, the bias in the last column."""
        import torch

        return torch.cat([self.consumer.weight, self.consumer.bias[:, None]], 1).detach().double()

    def apply(self, weight: torch.Tensor) -> None:
        """Set the consumer's weights, ``[outputs, inputs + 1]``; zero the producers of inputs it ignores."""
        import torch

        unused = (weight[:, :-1] == 0).all(0)
        with torch.no_grad():
            self.consumer.weight.copy_(weight[:, :-1])
            self.consumer.bias.copy_(weight[:, -1])
            for producer in self.producers:
                producer.weight[unused] = 0
                producer.bias[unused] = 0


def prunable_layers(model: Any) -> list[PrunableLayer]:
    """Heads, then neurons, of each encoder layer of a BERT, from the first layer on."""
    layers = []
    for number, layer in enumerate(model.base_model.encoder.layer):
        attention = layer.attention.self
        heads = PrunableLayer(
            name=f"layer {number}: heads",
            producers=(attention.query, attention.key, attention.value),
            consumer=layer.attention.output.dense,
            group_width=attention.attention_head_size,
            group_cost=HEAD_COST,
            groups_per_choice=1,
        )
        neurons = PrunableLayer(
            name=f"layer {number}: neurons",
            producers=(layer.intermediate.dense,),
            consumer=layer.output.dense,
            group_width=1,
            group_cost=NEURON_COST,
            groups_per_choice=NEURONS_PER_CHOICE,
        )
        layers += [heads, neurons]
    return layers

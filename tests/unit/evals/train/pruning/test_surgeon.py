"""The optimal brain surgeon: heads and neurons that the others compensate for go first."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evals.train.model.batches import encode
from evals.train.model.feature_distillation import feature_distillation_loss
from evals.train.model.trainer import Hyperparameters, Trainer
from evals.train.prune import main
from evals.train.pruning.curvature import KroneckerFactors
from evals.train.pruning.layers import prunable_layers
from evals.train.pruning.surgeon import PrunedLayer, choose_groups, prune, prune_stepwise
from tests.unit.evals.train.pruning.sample_examples import EXAMPLES, IDLE_NEURONS, TOKENIZER

if TYPE_CHECKING:
    import torch


def start_logits(model: Any) -> Any:
    import torch

    batch = encode(EXAMPLES, TOKENIZER)
    with torch.inference_mode():
        return model(**{name: torch.from_numpy(array) for name, array in batch.inputs.items()}).start_logits


def pruned(model: Any, keep: float) -> dict[str, PrunedLayer]:
    return prune(model, EXAMPLES, TOKENIZER, keep=keep, seed=1)


def unused_inputs(model: Any) -> list[list[int]]:
    """The inputs that each layer's consumer ignores."""
    return [(layer.consumer.weight == 0).all(0).nonzero()[:, 0].tolist() for layer in prunable_layers(model)]


def test_idle_groups_are_removed_without_a_change(model: Any) -> None:
    """Two heads and eight neurons of each layer are kept, and the logits are the same."""
    import torch

    before = start_logits(model)
    layers = pruned(model, 12 / 18)
    assert [layer.groups for layer in layers.values()] == [2, 8, 2, 8]
    assert max(layer.loss_increase for layer in layers.values()) < 1e-9
    assert unused_inputs(model) == [list(range(8, 16)), list(IDLE_NEURONS)] * 2
    assert torch.allclose(start_logits(model), before, atol=1e-4)


def test_other_neurons_compensate_for_a_removed_one(model: Any) -> None:
    """A duplicate of another neuron, and a constant one, can go at no loss."""
    import torch

    with torch.no_grad():
        for layer in model.base_model.encoder.layer:
            dense = layer.intermediate.dense
            dense.weight[5], dense.bias[5] = dense.weight[2], dense.bias[2]
            dense.weight[7], dense.bias[7] = 0, 1
    before = start_logits(model)
    layers = pruned(model, 10 / 18)
    assert [layer.groups for layer in layers.values()] == [2, 6, 2, 6]
    assert torch.allclose(start_logits(model), before, atol=1e-2)


def test_a_duplicate_head_is_removed(model: Any) -> None:
    """The other head gets its output weights."""
    import torch

    with torch.no_grad():
        for heads in prunable_layers(model)[::2]:
            for producer in heads.producers:
                producer.weight[16:], producer.bias[16:] = producer.weight[:8], producer.bias[:8]
    before = start_logits(model)
    layers = pruned(model, 10 / 18)
    assert [layer.groups for layer in layers.values()] == [1, 8, 1, 8]
    assert torch.allclose(start_logits(model), before, atol=1e-2)


def test_removed_weights_stay_zero_in_training(model: Any, tmp_path: Path) -> None:
    """They have no gradient; the others are trained."""
    import torch

    pruned(model, 9 / 18)
    teacher, unused = type(model)(model.config), unused_inputs(model)
    before = model.base_model.encoder.layer[0].output.dense.weight.detach().clone()
    parameters = Hyperparameters(steps=3, batch_size=2, learning_rate=1e-2, threads=1)
    Trainer(model, tmp_path, parameters, print, feature_distillation_loss(teacher)).run(EXAMPLES, TOKENIZER)
    assert unused_inputs(model) == unused
    for layer, columns in zip(prunable_layers(model), unused, strict=True):
        assert not any(producer.weight[columns].any() for producer in layer.producers)
    assert not torch.allclose(model.base_model.encoder.layer[0].output.dense.weight, before, atol=1e-3)


@pytest.mark.parametrize("width", [1, 2])
def test_a_step_is_the_best_by_least_squares(model: Any, width: int) -> None:
    """Each group is removed in turn and the rest is fitted anew: none costs less than the one chosen."""
    import torch

    torch.manual_seed(3)
    inputs = torch.cat([torch.randn(200, 6) @ torch.randn(6, 6), torch.ones(200, 1)], 1).double()
    consumer = torch.nn.Linear(6, 4)
    layer = replace(prunable_layers(model)[1], producers=(), consumer=consumer, group_width=width)
    gradients = torch.randn(9, 4).double()
    factors = KroneckerFactors(inputs.T @ inputs, gradients.T @ gradients, 200, 50)
    outputs = inputs @ layer.weight.T

    def fitted_without(group: int) -> tuple[float, torch.Tensor]:
        rest = [n for n in range(7) if n // width != group or n == 6]
        solution = torch.zeros(7, 4).double()
        solution[rest] = torch.linalg.lstsq(inputs[:, rest], outputs).solution
        change = inputs @ solution - outputs
        # Half the curvature along the change, over an example's tokens.
        loss_increase = float(((change @ (gradients.T @ gradients) / 200) * change).sum()) / 50 / 2
        return loss_increase, solution.T

    candidates = [fitted_without(group) for group in range(6 // width)]
    loss_increase, weight = min(candidates, key=lambda candidate: candidate[0])
    all_groups, one_less = list(prune_stepwise(layer, factors))[:2]
    assert (all_groups.groups, all_groups.loss_increase, one_less.groups) == (6 // width, 0.0, 6 // width - 1)
    assert torch.allclose(one_less.weight.double(), weight, atol=1e-2)
    assert one_less.loss_increase == pytest.approx(loss_increase, rel=0.05)


def test_the_least_loss_within_the_time_is_chosen() -> None:
    """No other combination within the share loses less."""
    import torch

    weight = torch.zeros(0)
    choices = [
        (cost, [PrunedLayer(groups, weight, loss) for groups, loss in zip((3, 2, 1), losses, strict=True)])
        for cost, losses in ((2, (0, 1, 5)), (1, (0, 2, 3)), (3, (0, 0.5, 2)))
    ]
    costs = [cost for cost, _ in choices]
    for keep in (1, 0.9, 0.7, 0.5, 1 / 3):
        losses = [
            sum(option.loss_increase for option in combination)
            for combination in product(*(options for _, options in choices))
            if sum(c * option.groups for c, option in zip(costs, combination, strict=True)) <= keep * 18
        ]
        assert sum(option.loss_increase for option in choose_groups(choices, keep)) == min(losses)


@pytest.mark.parametrize(
    ("keep", "message"), [(0, "over 0"), (1.1, "at most 1"), (0.1, "less than the least")]
)
def test_an_impossible_share_is_refused(model: Any, keep: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pruned(model, keep)


def test_missing_files_are_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is written."""
    out = tmp_path / "out"
    assert main([str(tmp_path), str(out), "--keep", "0.5", "--data", str(tmp_path / "none")]) == 2
    error = capsys.readouterr().err
    assert "none" in error
    assert error.count("\n") == 1
    assert not out.exists()

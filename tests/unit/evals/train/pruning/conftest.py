"""A tiny reader with idle heads and neurons."""

from __future__ import annotations

from typing import Any

import pytest

from evals.train.pruning import layers
from tests.unit.evals.train.model.tiny_model import tiny_model
from tests.unit.evals.train.pruning.sample_examples import IDLE_NEURONS


@pytest.fixture
def model() -> Any:
    """Two layers with three heads of width 8, the second of them idle, and twelve neurons, four idle."""
    import torch

    reader = tiny_model(
        layers=2, hidden_size=24, num_attention_heads=3, intermediate_size=12, initializer_range=0.3
    ).eval()
    with torch.no_grad():
        for layer in reader.base_model.encoder.layer:
            layer.intermediate.dense.weight[list(IDLE_NEURONS)] = 0
            layer.intermediate.dense.bias[list(IDLE_NEURONS)] = 0
            layer.attention.self.value.weight[8:16] = 0
            layer.attention.self.value.bias[8:16] = 0
    return reader


@pytest.fixture(autouse=True)
def _small_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a choice after each neuron, and a head costs as much as two neurons."""
    monkeypatch.setattr(layers, "NEURONS_PER_CHOICE", 1)
    monkeypatch.setattr(layers, "HEAD_COST", 2)

"""The curvature's Kronecker factors: sums over tokens, without padding."""

from __future__ import annotations

from typing import Any

import pytest

from evals.train.pruning.curvature import estimate_curvature
from evals.train.pruning.layers import prunable_layers
from tests.unit.evals.train.pruning.sample_examples import EXAMPLES, TOKENIZER


def test_factors_are_sums_over_tokens(model: Any) -> None:
    """Examples one by one have the sums of all together: padding doesn't count."""
    import torch

    layers = prunable_layers(model)
    examples = EXAMPLES[:12]
    together = estimate_curvature(model, layers, examples, TOKENIZER, seed=1)
    apart = [estimate_curvature(model, layers, [example], TOKENIZER, seed=1) for example in examples]
    assert len({one.tokens for one, *_ in apart}) > 2
    for n, factors in enumerate(together):
        assert factors.tokens == sum(each[n].tokens for each in apart)
        assert factors.examples == len(examples)
        total = sum(each[n].inputs for each in apart)
        assert torch.allclose(factors.inputs, total, rtol=0.02, atol=1e-3)
        assert float(factors.inputs[-1, -1]) == pytest.approx(factors.tokens)
        assert factors.gradients.shape == (24, 24)
        assert float(factors.gradients.diagonal().min()) > 0

"""The shipped int8 graph as weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evals.train.data.examples import Example, ExampleKind
from evals.train.dequantize import dequantize
from evals.train.model.batches import encode, load_tokenizer
from evals.train.model.loading import load_model
from evals.train.model.predictions import onnx_logits
from tests.unit.evals.train.model.tiny_model import READER


def test_dequantized_weights_give_the_graphs_logits(tmp_path: Path) -> None:
    """But for the rounding of the graph's activations."""
    import torch

    dequantize(READER, tmp_path)
    model = load_model(tmp_path).eval()
    example = Example(
        question="When was the rink built?",
        context="The rink was built in 1897. Ann Lee skated there until 1901.",
        span=None,
        kind=ExampleKind.ANSWER,
    )
    inputs = encode([example], load_tokenizer(READER, 96)).inputs
    of_graph, _ = onnx_logits(READER / "reader.onnx")(inputs)
    with torch.no_grad():
        of_model = model(**{name: torch.from_numpy(array) for name, array in inputs.items()}).start_logits
    assert np.corrcoef(of_graph[0], of_model[0].numpy())[0, 1] > 0.98

"""Pruning a reader: neurons that do nothing go first, and what is left reads as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.train.batches import encode, load_tokenizer
from evals.train.data import Example
from evals.train.prune import importance, main, prune
from rag.types import Span

MODEL = Path(__file__).parents[2] / "rag" / "models" / "reader"
DEAD = (1, 4, 6, 11)
EXAMPLES = [
    Example(question="When was it built?", context=text, span=span, kind="span")
    for text, span in (("The rink was built in 1897.", Span(22, 26)), ("Visitors liked the soup.", None))
]


@pytest.fixture
def model() -> Any:
    """A tiny reader of two layers, twelve neurons each, four of which give nothing."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12
    )
    config._attn_implementation = "eager"
    found = BertForQuestionAnswering(config).eval()
    with torch.no_grad():
        for layer in found.base_model.encoder.layer:
            layer.intermediate.dense.weight[list(DEAD)] = 0
            layer.intermediate.dense.bias[list(DEAD)] = 0
    return found


def starts(model: Any) -> Any:
    import torch

    batch = encode(EXAMPLES, load_tokenizer(MODEL, 64))
    with torch.inference_mode():
        return model(**{name: torch.from_numpy(array) for name, array in batch.inputs.items()}).start_logits


def test_neurons_that_give_nothing_go_and_nothing_changes(model: Any) -> None:
    """A neuron whose output is always 0 matters 0; without those the same numbers come out."""
    import torch

    scores = importance(model, EXAMPLES, load_tokenizer(MODEL, 64))
    for score in scores:
        assert {n for n, value in enumerate(score.tolist()) if value == 0} == set(DEAD)
    before = starts(model)
    prune(model, scores, 8)
    assert model.config.intermediate_size == 8
    assert [
        tuple(p.shape) for n, p in model.named_parameters() if n.endswith("intermediate.dense.weight")
    ] == [(8, 16)] * 2
    assert torch.allclose(starts(model), before, atol=1e-6)


def test_a_pruned_reader_is_saved_and_opened_again(model: Any, tmp_path: Path) -> None:
    """Its shape is in its config."""
    import torch
    from transformers import AutoModelForQuestionAnswering

    prune(model, importance(model, EXAMPLES, load_tokenizer(MODEL, 64)), 5)
    model.save_pretrained(tmp_path)
    again = AutoModelForQuestionAnswering.from_pretrained(tmp_path).eval()
    assert torch.allclose(starts(again), starts(model), atol=1e-6)


@pytest.mark.parametrize("neurons", [0, 13])
def test_more_neurons_than_there_are_cant_be_kept(model: Any, neurons: int) -> None:
    with pytest.raises(ValueError, match="has 12 neurons"):
        prune(model, [], neurons)


def test_missing_files_are_said_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is written."""
    out = tmp_path / "out"
    assert main([str(tmp_path), str(out), "--neurons", "8", "--data", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err
    assert not out.exists()

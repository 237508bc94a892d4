"""Pruning a reader: neurons that the others can stand in for go first, and what is left reads as before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evals.train.batches import encode, load_tokenizer
from evals.train.data import Example
from evals.train.prune import main, moments, prune, surgery
from rag.types import Span

if TYPE_CHECKING:
    import torch

MODEL = Path(__file__).parents[2] / "rag" / "models" / "reader"
DEAD = (1, 4, 6, 11)
TOKENIZER = load_tokenizer(MODEL, 64)
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

    batch = encode(EXAMPLES, TOKENIZER)
    with torch.inference_mode():
        return model(**{name: torch.from_numpy(array) for name, array in batch.inputs.items()}).start_logits


def test_neurons_that_give_nothing_go_and_nothing_changes(model: Any) -> None:
    """Without those whose output is always 0 the same numbers come out."""
    import torch

    before = starts(model)
    lost = prune(model, moments(model, EXAMPLES, TOKENIZER), 8)
    assert max(lost) < 1e-6
    assert model.config.intermediate_size == 8
    assert [
        tuple(p.shape) for n, p in model.named_parameters() if n.endswith("intermediate.dense.weight")
    ] == [(8, 16)] * 2
    assert torch.allclose(starts(model), before, atol=1e-5)


def test_the_others_take_over_what_a_neuron_gave(model: Any) -> None:
    """One that is another's twin, and one that always gives the same, can go at no loss."""
    import torch

    with torch.no_grad():
        for layer in model.base_model.encoder.layer:
            up = layer.intermediate.dense
            up.weight[5], up.bias[5] = up.weight[2], up.bias[2]
            up.weight[7], up.bias[7] = 0, 1
    before = starts(model)
    lost = prune(model, moments(model, EXAMPLES, TOKENIZER), 6)
    assert max(lost) < 1e-5
    assert torch.allclose(starts(model), before, atol=1e-3)


def test_moments_are_means_of_products_over_tokens_alone(model: Any) -> None:
    """Padding doesn't count: the examples one by one say the same as together."""
    import torch

    together = moments(model, EXAMPLES, TOKENIZER)
    counts = [sum(encode([e], TOKENIZER).inputs["attention_mask"].ravel()) for e in EXAMPLES]
    apart = [moments(model, [e], TOKENIZER) for e in EXAMPLES]
    assert len(set(counts)) == 2
    for n, moment in enumerate(together):
        mean = sum(c * m[n] for c, m in zip(counts, apart, strict=True)) / sum(counts)
        assert torch.allclose(moment, mean, atol=1e-6)
        assert float(moment[-1, -1]) == pytest.approx(1)


def test_what_stays_is_the_best_by_least_squares() -> None:
    """Of one neuron less every choice is tried with weights fitted anew: none loses less."""
    import torch

    torch.manual_seed(3)
    outputs = torch.cat([torch.randn(200, 5) @ torch.randn(5, 5), torch.ones(200, 1)], 1).double()
    weight = torch.randn(4, 6).double()
    moment = outputs.T @ outputs / 200
    wanted = outputs @ weight.T

    def fitted(stay: list[int]) -> tuple[float, torch.Tensor]:
        found = torch.linalg.lstsq(outputs[:, stay], wanted).solution
        return float(((outputs[:, stay] @ found - wanted) ** 2).sum()), found.T

    tried = {n: fitted([m for m in range(6) if m != n]) for n in range(5)}
    best = min(tried, key=lambda n: tried[n][0])
    stay, after = surgery(weight, moment, 4)
    assert stay.tolist() == [n for n in range(5) if n != best]
    assert torch.allclose(after.double(), tried[best][1], atol=1e-2)


def test_a_pruned_reader_is_saved_and_opened_again(model: Any, tmp_path: Path) -> None:
    """Its shape is in its config."""
    import torch
    from transformers import AutoModelForQuestionAnswering

    prune(model, moments(model, EXAMPLES, TOKENIZER), 5)
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

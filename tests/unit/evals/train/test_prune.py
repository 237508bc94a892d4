"""Pruning a reader: heads and neurons that the others can stand in for go first; the rest reads as before."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from evals.train import prune as pruning
from evals.train.data.examples import Example
from evals.train.model.batches import encode, load_tokenizer
from evals.train.model.feature_distillation import likeness
from evals.train.model.trainer import Recipe, Trainer
from evals.train.prune import Choice, Moments, choose, main, measure, parts, prune, surgery
from rag.types import Span

if TYPE_CHECKING:
    import torch

MODEL = Path(__file__).parents[4] / "rag" / "models" / "reader"
IDLE = (1, 4, 6, 11)
TOKENIZER = load_tokenizer(MODEL, 64)
WORDS = "rink soup visitors liked built warm old year blue seven river north paper green door music".split()
RANDOM = Random(1)
EXAMPLES = [
    Example(
        question=f"When was the {RANDOM.choice(WORDS)} built?",
        context=" ".join(RANDOM.choices(WORDS, k=8 + n % 9)),
        span=Span(0, 4) if n % 2 else None,
        kind="span",
    )
    for n in range(40)
]


@pytest.fixture
def model() -> Any:
    """A tiny reader of two layers: three heads, one of which gives nothing, twelve neurons, four of which."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=12,
        initializer_range=0.3,
    )
    config._attn_implementation = "eager"
    found = BertForQuestionAnswering(config).eval()
    with torch.no_grad():
        for layer in found.base_model.encoder.layer:
            layer.intermediate.dense.weight[list(IDLE)] = 0
            layer.intermediate.dense.bias[list(IDLE)] = 0
            layer.attention.self.value.weight[8:16] = 0
            layer.attention.self.value.bias[8:16] = 0
    return found


@pytest.fixture(autouse=True)
def _every_neuron(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a choice after each neuron, and a head costs as much as two."""
    monkeypatch.setattr(pruning, "_NEURONS", 1)
    monkeypatch.setattr(pruning, "_HEAD_COSTS", 2)


def starts(model: Any) -> Any:
    import torch

    batch = encode(EXAMPLES, TOKENIZER)
    with torch.inference_mode():
        return model(**{name: torch.from_numpy(array) for name, array in batch.inputs.items()}).start_logits


def pruned(model: Any, keep: float) -> dict[str, Choice]:
    return prune(model, EXAMPLES, TOKENIZER, keep=keep, seed=1)


def idle(model: Any) -> list[list[int]]:
    """The inputs that nothing is made of, of each part."""
    return [(part.taker.weight == 0).all(0).nonzero()[:, 0].tolist() for part in parts(model)]


def test_what_gives_nothing_goes_and_nothing_changes(model: Any) -> None:
    """Two heads and eight neurons of each layer stay, and the same numbers come out."""
    import torch

    before = starts(model)
    stays = pruned(model, 12 / 18)
    assert [choice.groups for choice in stays.values()] == [2, 8, 2, 8]
    assert max(choice.loss for choice in stays.values()) < 1e-9
    assert idle(model) == [list(range(8, 16)), list(IDLE)] * 2
    assert torch.allclose(starts(model), before, atol=1e-4)


def test_the_others_take_over_what_a_neuron_gave(model: Any) -> None:
    """One that is another's twin, and one that always gives the same, can go at no loss."""
    import torch

    with torch.no_grad():
        for layer in model.base_model.encoder.layer:
            up = layer.intermediate.dense
            up.weight[5], up.bias[5] = up.weight[2], up.bias[2]
            up.weight[7], up.bias[7] = 0, 1
    before = starts(model)
    stays = pruned(model, 10 / 18)
    assert [choice.groups for choice in stays.values()] == [2, 6, 2, 6]
    assert torch.allclose(starts(model), before, atol=1e-2)


def test_a_head_that_is_anothers_twin_goes(model: Any) -> None:
    """What mixed its values is given to the twin."""
    import torch

    with torch.no_grad():
        for part in parts(model)[::2]:
            for maker in part.makers:
                maker.weight[16:], maker.bias[16:] = maker.weight[:8], maker.bias[:8]
    before = starts(model)
    stays = pruned(model, 10 / 18)
    assert [choice.groups for choice in stays.values()] == [1, 8, 1, 8]
    assert torch.allclose(starts(model), before, atol=1e-2)


def test_what_is_gone_stays_gone_in_training(model: Any, tmp_path: Path) -> None:
    """It has no gradient; the rest learns."""
    import torch

    pruned(model, 9 / 18)
    other, gone = type(model)(model.config), idle(model)
    before = model.base_model.encoder.layer[0].output.dense.weight.detach().clone()
    recipe = Recipe(steps=3, batch=2, rate=1e-2, threads=1)
    Trainer(model, tmp_path, recipe, print, likeness(other)).run(EXAMPLES, TOKENIZER)
    assert idle(model) == gone
    for part, columns in zip(parts(model), gone, strict=True):
        assert not any(maker.weight[columns].any() for maker in part.makers)
    assert not torch.allclose(model.base_model.encoder.layer[0].output.dense.weight, before, atol=1e-3)


def test_moments_are_over_tokens_alone(model: Any) -> None:
    """Padding doesn't count: the examples one by one say the same as together."""
    import torch

    found = parts(model)
    together = measure(model, found, EXAMPLES, TOKENIZER, seed=1)
    apart = [measure(model, found, [example], TOKENIZER, seed=1) for example in EXAMPLES]
    assert len({one.tokens for one, *_ in apart}) > 2
    for n, moments in enumerate(together):
        assert moments.tokens == sum(each[n].tokens for each in apart)
        assert moments.examples == 40
        summed = sum(each[n].inputs for each in apart)
        assert torch.allclose(moments.inputs, summed, rtol=0.02, atol=1e-3)
        assert float(moments.inputs[-1, -1]) == pytest.approx(moments.tokens)
        assert moments.gradients.shape == (24, 24)
        assert float(moments.gradients.diagonal().min()) > 0


@pytest.mark.parametrize("width", [1, 2])
def test_what_stays_is_the_best_by_least_squares(model: Any, width: int) -> None:
    """Of one group less every choice is tried with weights fitted anew: none costs less."""
    import torch

    torch.manual_seed(3)
    outputs = torch.cat([torch.randn(200, 6) @ torch.randn(6, 6), torch.ones(200, 1)], 1).double()
    taker = torch.nn.Linear(6, 4)
    part = replace(parts(model)[1], makers=(), taker=taker, width=width)
    slopes = torch.randn(9, 4).double()
    moments = Moments(outputs.T @ outputs, slopes.T @ slopes, 200, 50)
    wanted = outputs @ part.weight.T

    def fitted(group: int) -> tuple[float, torch.Tensor]:
        stay = [n for n in range(7) if n // width != group or n == 6]
        found = torch.zeros(7, 4).double()
        found[stay] = torch.linalg.lstsq(outputs[:, stay], wanted).solution
        change = outputs @ found - wanted
        # Half the curvature along the change, over an example's tokens.
        return float(((change @ (slopes.T @ slopes) / 200) * change).sum()) / 50 / 2, found.T

    tried = [fitted(group) for group in range(6 // width)]
    loss, weight = min(tried, key=lambda found: found[0])
    whole, one_less = list(surgery(part, moments))[:2]
    assert (whole.groups, whole.loss, one_less.groups) == (6 // width, 0.0, 6 // width - 1)
    assert torch.allclose(one_less.weight.double(), weight, atol=1e-2)
    assert one_less.loss == pytest.approx(loss, rel=0.05)


def test_the_least_loss_in_the_time_is_chosen() -> None:
    """No other combination that fits loses less."""
    import torch

    nothing = torch.zeros(0)
    paths = [
        (cost, [Choice(groups, nothing, loss) for groups, loss in zip((3, 2, 1), losses, strict=True)])
        for cost, losses in ((2, (0, 1, 5)), (1, (0, 2, 3)), (3, (0, 0.5, 2)))
    ]
    for keep in (1, 0.9, 0.7, 0.5, 1 / 3):
        fit = [
            sum(choice.loss for choice in chosen)
            for chosen in product(*(choices for _, choices in paths))
            if sum(c * choice.groups for (c, _), choice in zip(paths, chosen, strict=True)) <= keep * 18
        ]
        assert sum(choice.loss for choice in choose(paths, keep)) == min(fit)


@pytest.mark.parametrize(("keep", "said"), [(0, "over 0"), (1.1, "at most 1"), (0.1, "less than the least")])
def test_a_share_that_cant_be_had_is_told(model: Any, keep: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pruned(model, keep)


def test_missing_files_are_said_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is written."""
    out = tmp_path / "out"
    assert main([str(tmp_path), str(out), "--keep", "0.5", "--data", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err
    assert not out.exists()

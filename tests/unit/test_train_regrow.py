"""What a pruned reader learnt, given back to the whole one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.train.prune import prune
from evals.train.regrow import main, regrow

KEPT = [0, 2, 3, 7]


@pytest.fixture
def whole() -> Any:
    """A tiny reader of two layers, eight neurons each."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(1)
    return BertForQuestionAnswering(
        BertConfig(
            vocab_size=40, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8
        )
    )


def pruned_of(whole: Any) -> Any:
    import torch
    from transformers import BertForQuestionAnswering

    pruned = BertForQuestionAnswering(whole.config.__class__(**whole.config.to_dict()))
    pruned.load_state_dict(whole.state_dict())
    prune(pruned, [torch.tensor([float(n in KEPT) for n in range(8)])] * 2, len(KEPT))
    return pruned


def test_kept_neurons_learn_by_their_share_and_the_others_stay(whole: Any) -> None:
    """Everything the smaller reader has moves by the share; what it lost is untouched."""
    pruned = pruned_of(whole).state_dict()
    trained = {name: value + 1 if value.is_floating_point() else value for name, value in pruned.items()}
    before = {name: value.clone() for name, value in whole.state_dict().items()}
    grown = regrow(before, pruned, trained, 0.25)
    moved = {name: value - before[name] for name, value in grown.items() if value.is_floating_point()}
    for layer in range(2):
        up = moved.pop(f"bert.encoder.layer.{layer}.intermediate.dense.weight")
        bias = moved.pop(f"bert.encoder.layer.{layer}.intermediate.dense.bias")
        down = moved.pop(f"bert.encoder.layer.{layer}.output.dense.weight")
        expected = pytest.approx([0.25 if n in KEPT else 0.0 for n in range(8)], abs=1e-6)
        assert [up[:, 0].tolist(), bias.tolist(), down[0].tolist()] == [expected] * 3
    assert all(value.allclose(value.new_full(value.shape, 0.25), atol=1e-6) for value in moved.values())
    assert all(value.equal(whole.state_dict()[name]) for name, value in before.items())


def test_a_reader_of_another_origin_is_refused(whole: Any) -> None:
    """Its neurons are in no row of the whole one's."""
    pruned = pruned_of(whole).state_dict()
    other = {name: value + 1 if value.is_floating_point() else value for name, value in pruned.items()}
    with pytest.raises(ValueError, match="not pruned from"):
        regrow(whole.state_dict(), other, other, 1.0)


def test_from_the_command_line(whole: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Folders in, a folder out; a missing one is said in a line."""
    from transformers import AutoModelForQuestionAnswering

    whole.save_pretrained(tmp_path / "whole")
    pruned_of(whole).save_pretrained(tmp_path / "pruned")
    folders = [str(tmp_path / name) for name in ("whole", "pruned", "pruned")]
    assert main([str(tmp_path / "out"), *folders]) == 0
    again = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "out").state_dict()
    assert all(value.equal(again[name]) for name, value in whole.state_dict().items())
    capsys.readouterr()
    assert main([str(tmp_path / "none"), *folders[:2], str(tmp_path / "absent")]) == 2
    assert not (tmp_path / "none").exists()
    assert "absent" in capsys.readouterr().err

"""Weight averaging: the weighted mean of each parameter, of models of one shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.train.weight_averaging import average_models, main


def save_model(folder: Path, value: float, *, width: int = 8) -> Path:
    """A tiny reader whose every parameter has this value."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    config = BertConfig(
        vocab_size=10, hidden_size=width, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    model = BertForQuestionAnswering(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)
    model.save_pretrained(folder)
    return folder


def load_state(folder: Path) -> Any:
    from transformers import BertForQuestionAnswering

    return BertForQuestionAnswering.from_pretrained(folder).state_dict()


def test_models_are_averaged_by_weight(tmp_path: Path) -> None:
    """2 with weight 3 and 6 with weight 1 have the mean 3."""
    models = [save_model(tmp_path / "a", 2.0), save_model(tmp_path / "b", 6.0)]
    average_models(models, [3, 1], tmp_path / "out")
    state = load_state(tmp_path / "out")
    assert all(float(value.float().min()) == 3.0 for value in state.values())


@pytest.mark.parametrize("weights", [["1"], ["1", "0"], ["1", "2", "3"]])
def test_weights_that_do_not_fit_are_refused(
    tmp_path: Path, weights: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and status 2, nothing written."""
    models = [str(save_model(tmp_path / name, 1.0)) for name in "ab"]
    capsys.readouterr()  # what writing them printed
    assert main([str(tmp_path / "out"), *models, "--weights", *weights]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_models_of_different_shapes_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = [str(save_model(tmp_path / "a", 1.0)), str(save_model(tmp_path / "b", 1.0, width=16))]
    assert main([str(tmp_path / "out"), *models, "--weights", "1", "1"]) == 2
    assert "shape" in capsys.readouterr().err


def test_a_missing_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a traceback."""
    assert main([str(tmp_path / "out"), str(tmp_path / "none"), "--weights", "1"]) == 2
    assert "none" in capsys.readouterr().err

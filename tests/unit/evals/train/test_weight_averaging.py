"""Averaging readers: weight for weight, by parts, and only where that means something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.train.weight_averaging import average, main


def save(folder: Path, weight: float, *, hidden: int = 8) -> Path:
    """A tiny reader whose every weight is ``weight``."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    config = BertConfig(
        vocab_size=10, hidden_size=hidden, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    model = BertForQuestionAnswering(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(weight)
    model.save_pretrained(folder)
    return folder


def weights(folder: Path) -> Any:
    from transformers import BertForQuestionAnswering

    return BertForQuestionAnswering.from_pretrained(folder).state_dict()


def test_each_model_counts_by_its_part(tmp_path: Path) -> None:
    """Three parts of 2 and one of 6 are 3, in every weight."""
    models = [save(tmp_path / "a", 2.0), save(tmp_path / "b", 6.0)]
    average(models, [3, 1], tmp_path / "out")
    assert all(float(value.float().min()) == 3.0 for value in weights(tmp_path / "out").values())


@pytest.mark.parametrize("parts", [["1"], ["1", "0"], ["1", "2", "3"]])
def test_parts_that_do_not_fit_are_refused(
    tmp_path: Path, parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and status 2, nothing written."""
    models = [str(save(tmp_path / name, 1.0)) for name in "ab"]
    capsys.readouterr()  # what writing them printed
    assert main([str(tmp_path / "out"), *models, "--parts", *parts]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_models_of_other_shapes_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights of different layers can't be averaged."""
    models = [str(save(tmp_path / "a", 1.0)), str(save(tmp_path / "b", 1.0, hidden=16))]
    assert main([str(tmp_path / "out"), *models, "--parts", "1", "1"]) == 2
    assert "shape" in capsys.readouterr().err


def test_a_missing_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a traceback."""
    assert main([str(tmp_path / "out"), str(tmp_path / "none"), "--parts", "1"]) == 2
    assert "none" in capsys.readouterr().err

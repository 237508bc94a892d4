"""The benchmark of reading: passages alone and in a batch, and the ratio of their times."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench import reading


def test_both_ways_are_timed_on_the_reader_that_ships() -> None:
    """The graph takes a batch, and a single passage."""
    assert min(*reading.alone([reading.READER], rounds=1), reading.together(reading.READER, rounds=1)) > 0


@pytest.mark.parametrize(
    ("models", "output"),
    [
        ([], "each alone 50.0 ms, one batch 100.0 ms, x2.00\n"),
        (["a.onnx", "b.onnx"], "a.onnx: 50.0 ms, x1.000\nb.onnx: 45.0 ms, x0.900\n"),
    ],
)
def test_the_ratio_is_to_one_batch_or_to_the_first_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], models: list[str], output: str
) -> None:
    """Over 1 where a batch takes longer than reading alone; under 1 where a model is faster."""
    monkeypatch.setattr("sys.argv", ["reading", *models])
    monkeypatch.setattr(reading, "alone", lambda paths: [50.0, 45.0][: len(paths)])
    monkeypatch.setattr(reading, "together", lambda _: 100.0)
    assert reading.main() == 0
    assert capsys.readouterr().out == output


def test_a_file_that_is_no_model_gives_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 for a wrong name on the command line."""
    assert reading.main([str(tmp_path / "none.onnx")]) == 2
    assert capsys.readouterr().err.splitlines()[0].startswith(f"model file {tmp_path / 'none.onnx'}")

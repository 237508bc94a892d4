"""The command that fits both probabilities, with decisions in the place of its long collection."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evals.train import calibrate
from evals.train.calibration.collect_readings import JudgedDecision
from rag.answering.calibration import Calibration
from tests.unit.evals.train.calibration.test_fit import decision


def collected(*_: Any) -> Iterator[JudgedDecision]:
    """Decisions that relevance and margin tell apart; the packaged calibration is neutral meanwhile."""
    neutral = Calibration.load(json.loads((calibrate._FOLDER / "calibration.json").read_text()))
    assert neutral.threshold_for(1.0) == 1.0
    rng = random.Random(4)
    for n in range(120):
        right = rng.random() < 0.5
        logit = rng.gauss(2.0 if right else -2.0, 2.0)
        yield decision(("one", "other")[n % 2], n, right=right, relevance=logit, margin=logit, short=right)


def test_the_calibration_and_its_picture_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It loads, its scores are printed."""
    monkeypatch.setattr(calibrate, "_FOLDER", tmp_path)
    monkeypatch.setattr(calibrate, "_collect", collected)
    calibrate.main(["--data", "unused"])
    written = json.loads((tmp_path / "calibration.json").read_text())
    loaded = Calibration.load(written)
    assert 0.0 < loaded.threshold_for(0.1) < 1.0
    assert (tmp_path / "confidence.svg").read_text().startswith("<svg")
    assert json.loads(capsys.readouterr().out) == written["fitted"]


def test_collections_are_named_by_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those the reader wasn't trained on, by default."""
    asked: list[tuple[Path, tuple[str, ...]]] = []

    def record(data: Path, collections: Any, *_: Any) -> Iterator[JudgedDecision]:
        asked.append((data, tuple(collections)))
        return collected()

    monkeypatch.setattr(calibrate, "_FOLDER", tmp_path)
    monkeypatch.setattr(calibrate, "_collect", record)
    calibrate.main(["--data", "D", "--collections", "a", "b"])
    calibrate.main(["--data", "D"])
    assert asked == [(Path("D"), ("a", "b")), (Path("D"), calibrate.COLLECTIONS)]

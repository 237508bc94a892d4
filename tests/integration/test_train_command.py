"""The training commands, on a small sample of the training files and a tiny model."""

from __future__ import annotations

import gzip
import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from evals.train.__main__ import main
from evals.train.data.example_cache import load_examples
from evals.train.model.loading import load_model
from evals.train.prune import main as prune
from tests.unit.evals.train.model.tiny_model import READER, tiny_model


@pytest.fixture
def data(shared: Path, tmp_path: Path) -> Path:
    """Every n-th line of each training file, so that every source is there."""
    folder = tmp_path / "train"
    folder.mkdir()
    for name, step in (("spans", 200), ("squad2", 10), ("policyqa", 40), ("sentence-pairs", 100)):
        source = shared / "data" / "train" / f"{name}.jsonl.gz"
        with gzip.open(source, "rb") as lines, gzip.open(folder / source.name, "wb", 1) as sample:
            sample.writelines(islice(lines, 0, None, step))
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The model to start from, which is a teacher, too."""
    folder = tmp_path_factory.mktemp("start")
    tiny_model().save_pretrained(folder)
    shutil.copy(READER / "tokenizer.json", folder)
    return str(folder)


def test_a_resumed_run_has_the_examples_of_its_start(
    data: Path, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are drawn once and saved; the run ends with averaged weights."""
    run = tmp_path / "run"
    command = ["--data", str(data), "--start", start, "--out", str(run), "--steps", "4", "--batch-size", "8"]
    assert main(command) == 0
    path = run / "examples.jsonl.gz"
    examples, modified = load_examples(path), path.stat().st_mtime_ns
    assert len(examples) == pytest.approx(32, abs=4)
    assert main([*command, "--resume"]) == 0
    assert (load_examples(path), path.stat().st_mtime_ns) == (examples, modified)
    assert "resuming from the checkpoint" in capsys.readouterr().out
    assert (run / "average" / "model.safetensors").exists()


def test_missing_files_are_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Training files, a model, or SQuAD 1.1's training set: status 2, and nothing written."""
    command = ["--data", str(tmp_path), "--start", "none", "--out", str(tmp_path / "run")]
    assert main(command) == 2
    assert "spans.jsonl.gz is missing" in capsys.readouterr().err
    for name in ("spans", "squad2", "policyqa", "sentence-pairs"):
        gzip.open(tmp_path / f"{name}.jsonl.gz", "wt").close()
    (tmp_path / "dev.json").write_text("{}")
    assert main([*command, "--squad", str(tmp_path / "dev.json")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "is not SQuAD 1.1's training set" in line
    assert main([*command, "--feature-teacher", str(tmp_path / "other")]) == 2
    assert capsys.readouterr().err == "No model in none: config.json is missing.\n"
    assert not (tmp_path / "run").exists()


def test_synthetic_pages_make_up_their_share(
    data: Path, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are learnt from labels, the other examples by feature distillation."""
    run = tmp_path / "run"
    command = ["--data", str(data), "--start", start, "--feature-teacher", start, "--out", str(run)]
    command += ["--examples", "24", "--steps", "4", "--batch-size", "8", "--max-tokens", "96"]
    assert main([*command, "--synthetic-share", "1"]) == 2
    assert capsys.readouterr().err.endswith("--synthetic-share is between 0 and 1, not 1.0.\n")
    assert main([*command, "--dropout", "0", "--synthetic-share", "0.5"]) == 0
    examples = load_examples(run / "examples.jsonl.gz")
    assert sum(example.label_only for example in examples) == len(examples) / 2
    assert "Training is done: 4 steps" in capsys.readouterr().out


def test_soft_labels_are_made_once_for_each_example(
    data: Path, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However many epochs there are; a new run doesn't use another run's."""
    run = tmp_path / "run"
    command = ["--data", str(data), "--start", start, "--out", str(run), "--teacher", start]
    command += ["--examples", "24", "--steps", "8", "--batch-size", "8", "--device", "cpu"]
    command += ["--freeze-embeddings", "--dropout", "0.05", "--ema-decay", "0.9", "--learning-rate", "1e-3"]
    run.mkdir()
    (run / "soft_labels.npz").write_bytes(b"of another run")
    assert main(command) == 0
    assert "Training is done: 8 steps" in capsys.readouterr().out
    with np.load(run / "soft_labels.npz") as cache:
        assert len(cache["numbers"]) == len(load_examples(run / "examples.jsonl.gz"))


def test_a_pruned_model_is_trained_by_feature_distillation(
    data: Path, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A head is removed, the folder loads as before, and its weights stay 0 in training."""
    pruned, run = str(tmp_path / "pruned"), str(tmp_path / "run")
    assert prune([start, pruned, "--keep", "0.6", "--data", str(data), "--examples", "100"]) == 0
    assert "layer 0: heads 1, loss +" in capsys.readouterr().out
    command = ["--data", str(data), "--start", pruned, "--feature-teacher", start, "--out", run]
    assert main([*command, "--steps", "4", "--batch-size", "8", "--dropout", "0"]) == 0
    before, after = (
        load_model(Path(folder)).base_model.encoder.layer[0].attention.self.value.weight
        for folder in (pruned, f"{run}/average")
    )
    removed = (before == 0).all(1)
    assert int(removed.sum()) == 8
    assert not after[removed].any()
    assert not after.equal(before)


def test_there_is_one_kind_of_teacher(capsys: pytest.CaptureFixture[str]) -> None:
    """Soft labels and feature distillation exclude each other."""
    command = ["--data", "none", "--start", "none", "--out", "none"]
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--feature-teacher", "a", "--teacher", "b"])
    assert stopped.value.code == 2
    assert "not allowed with" in capsys.readouterr().err

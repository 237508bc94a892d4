"""The training command, on a small cut of the training files and a tiny model."""

from __future__ import annotations

import gzip
import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from evals.train.__main__ import main
from evals.train.data.example_cache import kept
from evals.train.model.trainer import load_model
from evals.train.prune import main as prune
from tests.unit.evals.train.model.test_trainer import MODEL, tiny_model


@pytest.fixture
def data(shared: Path, tmp_path: Path) -> Path:
    """The files, of the biggest every hundredth line, so that each source is there."""
    folder = tmp_path / "train"
    folder.mkdir()
    for path in sorted((shared / "data" / "train").glob("*.jsonl.gz")):
        step = 100 if path.name.startswith("spans") else 1
        with gzip.open(path, "rb") as lines, gzip.open(folder / path.name, "wb") as cut:
            cut.writelines(islice(lines, 0, None, step))
    return folder


def test_a_resumed_run_has_the_examples_it_began_with(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are drawn once and kept; the run ends with weights to use, and says how it goes on."""
    tiny_model().save_pretrained(tmp_path / "start")
    command = ["--data", str(data), "--start", str(tmp_path / "start"), "--out", str(tmp_path / "run")]
    command += ["--steps", "4", "--batch", "8"]
    assert main(command) == 0
    path = tmp_path / "run" / "examples.jsonl.gz"
    first, stamp = kept(path), path.stat().st_mtime_ns
    assert len(first) == pytest.approx(32, abs=4)
    assert main([*command, "--resume"]) == 0
    assert (kept(path), path.stat().st_mtime_ns) == (first, stamp)
    assert "going on from the checkpoint" in capsys.readouterr().out
    assert (tmp_path / "run" / "average" / "model.safetensors").exists()


def test_what_is_missing_is_said_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Training files, a model, or another SQuAD file than the one to learn from: status 2, and nothing
    written.
    """
    command = ["--data", str(tmp_path), "--start", "none", "--out", str(tmp_path / "run")]
    assert main(command) == 2
    assert "spans.jsonl.gz is missing" in capsys.readouterr().err
    for name in ("spans", "squad2", "policyqa", "sentence-pairs"):
        gzip.open(tmp_path / f"{name}.jsonl.gz", "wt").close()
    (tmp_path / "dev.json").write_text("{}")
    assert main([*command, "--squad", str(tmp_path / "dev.json")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "is not SQuAD 1.1's training set" in line
    assert main([*command, "--like", str(tmp_path / "other")]) == 2
    assert capsys.readouterr().err == "No model in none: config.json is missing.\n"
    assert not (tmp_path / "run").exists()


def test_invented_pages_are_learnt_beside_the_rest(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their share of the examples is kept with the run; they have labels, the rest a model to be like."""
    start, run = str(tmp_path / "start"), tmp_path / "run"
    tiny_model().save_pretrained(start)
    command = ["--data", str(data), "--start", start, "--like", start, "--out", str(run)]
    command += ["--examples", "24", "--steps", "4", "--batch", "8", "--tokens", "96", "--dropout", "0"]
    assert main([*command, "--pages", "1"]) == 2
    assert capsys.readouterr().err.endswith("--pages is a share between 0 and 1, not 1.0.\n")
    assert main([*command, "--pages", "0.5"]) == 0
    drawn = kept(run / "examples.jsonl.gz")
    assert sum(example.labelled for example in drawn) == len(drawn) / 2
    assert "Training is done: 4 steps" in capsys.readouterr().out


def test_lessons_of_a_bigger_model_are_learnt_from(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked about each example once, however many passes are made over them."""
    tiny_model().save_pretrained(tmp_path / "start")
    tiny_model().save_pretrained(tmp_path / "teacher")
    shutil.copy(MODEL / "tokenizer.json", tmp_path / "teacher")
    command = ["--data", str(data), "--start", str(tmp_path / "start"), "--out", str(tmp_path / "run")]
    command += ["--teacher", str(tmp_path / "teacher"), "--examples", "40", "--steps", "12", "--batch", "8"]
    command += ["--keep-words", "--dropout", "0.05", "--average", "0.9", "--device", "cpu"]
    assert main(command) == 0
    assert "Training is done: 12 steps" in capsys.readouterr().out
    with np.load(tmp_path / "run" / "taught.npz") as lessons:
        assert len(lessons["numbers"]) == len(kept(tmp_path / "run" / "examples.jsonl.gz"))
    (tmp_path / "run" / "taught.npz").write_bytes(b"of another run")
    assert main(command) == 0


def test_a_pruned_model_is_made_like_the_one_before(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A head goes, the folder opens as before, and training leaves out what went."""
    start, pruned, run = (str(tmp_path / name) for name in ("start", "pruned", "run"))
    tiny_model().save_pretrained(start)
    assert prune([start, pruned, "--keep", "0.6", "--data", str(data)]) == 0
    assert "layer 0: heads 1, loss +" in capsys.readouterr().out
    command = ["--data", str(data), "--start", pruned, "--like", start, "--out", run]
    assert main([*command, "--steps", "4", "--batch", "8", "--dropout", "0"]) == 0
    values = [
        load_model(Path(folder)).base_model.encoder.layer[0].attention.self.value.weight
        for folder in (pruned, f"{run}/average")
    ]
    idle = (values[0] == 0).all(1)
    assert int(idle.sum()) == 8
    assert not values[1][idle].any()
    assert not values[1].equal(values[0])


def test_labels_and_likeness_are_one_or_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", "none", "--start", "none", "--out", "none", "--like", "a", "--teacher", "b"]
    with pytest.raises(SystemExit) as stopped:
        main(command)
    assert stopped.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
